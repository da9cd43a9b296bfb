"""Tables of the ledger; none holds a personal value: ids, codes, counts and hashes only."""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import BrinIndex, GinIndex
from django.db import models
from django.db.models import F, Func, Q
from django.db.models.lookups import LessThanOrEqual

MAX_PAYLOAD = 65_000
"""Bytes that an entry's payload and subjects may take together, so that its leaf fits into 65,535."""
SUBJECT_BYTES = 39

_CODE = r"^[A-Za-z0-9][A-Za-z0-9.:_@-]*$"
_CODE_OR_EMPTY = r"^([A-Za-z0-9][A-Za-z0-9.:_@-]*)?$"


class IsJsonObject(Func):
    """Whether a text is one JSON object."""

    template = "%(expressions)s IS JSON OBJECT WITH UNIQUE KEYS"
    output_field = models.BooleanField()


class CurrentTransaction(Func):
    """The number of the transaction that inserts the row; savepoints share that of their transaction."""

    template = "(pg_current_xact_id()::text::bigint)"
    output_field = models.BigIntegerField()


class RoomTaken(Func):
    """How many bytes of an entry's leaf the payload and the subjects take."""

    template = "octet_length(%(expressions)s)"
    arg_joiner = f") + {SUBJECT_BYTES} * cardinality("
    output_field = models.IntegerField()


class Entry(models.Model):
    """One recorded fact. Inserted with the change it proves; never updated, never deleted.

    Its leaf in the tree is made of every column, so that none can be edited unseen. A further column, ``hash``, made
    by the database, keeps the hash of that leaf for the sequencer.
    """

    id = models.BigAutoField(primary_key=True)
    tx = models.BigIntegerField(db_default=CurrentTransaction(), editable=False)
    at = models.DateTimeField()
    kind = models.CharField(max_length=80)
    actor = models.CharField(max_length=80)
    subjects = ArrayField(models.UUIDField(), default=list)
    purpose = models.CharField(max_length=40, blank=True)
    outcome = models.CharField(max_length=16)
    payload = models.TextField(default="{}")

    class Personal:
        none = "References, ids, codes, counts and hashes; events hold nothing else."

    class Meta:
        indexes = [
            models.Index("tx", "id", name="ledger_entry_order"),
            models.Index(F("kind"), F("id").desc(), name="ledger_entry_kind"),
            models.Index(F("actor"), F("id").desc(), name="ledger_entry_actor"),
            BrinIndex("at", name="ledger_entry_at"),
            GinIndex("subjects", name="ledger_entry_subjects"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(kind__regex=_CODE), name="ledger_entry_kind_is_a_code"),
            models.CheckConstraint(condition=Q(actor__regex=_CODE), name="ledger_entry_actor_is_a_code"),
            models.CheckConstraint(condition=Q(purpose__regex=_CODE_OR_EMPTY), name="ledger_entry_purpose_is_a_code"),
            models.CheckConstraint(condition=Q(outcome__regex=_CODE), name="ledger_entry_outcome_is_a_code"),
            models.CheckConstraint(
                condition=Q(at__gte="1970-01-01T00:00:00Z", at__lt="9999-12-31T00:00:00Z"),
                name="ledger_entry_at_is_a_moment",
            ),
            models.CheckConstraint(
                condition=Q(payload__regex=r"^\{[^\n\r\t]*\}$") & Q(IsJsonObject("payload")),
                name="ledger_entry_payload_is_one_line_of_json",
            ),
            models.CheckConstraint(
                condition=Q(LessThanOrEqual(RoomTaken("payload", "subjects"), MAX_PAYLOAD)),
                name="ledger_entry_fits_a_leaf",
            ),
        ]


class Tile(models.Model):
    """Up to 256 hashes of one level of the tree, laid end to end (C2SP tlog-tiles)."""

    pk = models.CompositePrimaryKey("level", "index")
    level = models.SmallIntegerField()
    index = models.BigIntegerField()
    hashes = models.BinaryField()

    class Personal:
        none = "Hashes of entries that hold no value of a customer."


class Span(models.Model):
    """Which entries are the leaves of one tile of the lowest level, in leaf order."""

    index = models.BigIntegerField(primary_key=True)
    low = models.BigIntegerField()
    high = models.BigIntegerField()
    ids = ArrayField(models.BigIntegerField())

    class Personal:
        none = "Numbers of entries."


class Checkpoint(models.Model):
    """What the ledger vouched for at a size: the root and the signed note. Never updated, never deleted."""

    size = models.BigIntegerField(primary_key=True)
    root = models.BinaryField()
    note = models.TextField()
    at = models.DateTimeField()

    class Personal:
        none = "A size, a hash and signatures."


class SequencerState(models.Model):
    """How far the sequencer has come: one row.

    ``done`` is the PostgreSQL snapshot whose entries are all sealed. ``target`` and the cursor are set while a newer
    snapshot is taken in several rounds. ``cluster`` names the server the transaction numbers belong to; after a move
    to another one, entries up to ``floor`` are looked up before they are taken.
    """

    id = models.SmallIntegerField(primary_key=True)
    size = models.BigIntegerField(default=0)
    cluster = models.TextField(blank=True)
    done = models.TextField()
    target = models.TextField(blank=True)
    cursor_tx = models.BigIntegerField(default=0)
    cursor_id = models.BigIntegerField(default=0)
    floor = models.BigIntegerField(default=0)
    beat_at = models.DateTimeField(null=True)

    class Personal:
        none = "How far the sequencer has come, in numbers."
