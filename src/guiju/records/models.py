"""Tables of the customer records: a plain envelope, sealed contents, keyed lookups, and what happened to them."""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Upper

from guiju.access.models import Person, Unit
from guiju.kit.ids import uuid7
from guiju.kit.privacy import Erase, Export, kept

CODE = 40
LONGEST_PARAMS = 1000
UNSORTED = 256
"""Kilobytes that an index may keep unsorted: a search reads all of them, so few, even right after an import."""
RECORD = "account-management"


def sealed(retention: str = "by class") -> object:
    """Declare a column of ciphertexts: exported in clear to the customer, erased by destroying the key."""
    return kept(purpose=RECORD, retention=retention, export=Export.CLEAR, erase=Erase.SHRED)


class Kind(models.TextChoices):
    """What a customer is."""

    PERSON = "person"
    ORGANISATION = "organisation"


class State(models.TextChoices):
    """Where a record stands in its life."""

    ACTIVE = "active"
    RESTRICTED = "restricted"
    ERASED = "erased"


class Customer(models.Model):
    """The envelope of one customer: what may be filtered and sorted in clear. Contents are in ``Sealed``.

    ``names`` holds keyed digests (64 bits each) of the words of the names, for search by word, pinyin and initials.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    kind = models.CharField(max_length=16, choices=Kind)
    state = models.CharField(max_length=16, choices=State, default=State.ACTIVE)
    name = models.CharField(max_length=300, blank=True)
    public = models.JSONField(default=dict)
    initial = models.CharField(max_length=1, blank=True)
    names = ArrayField(models.BigIntegerField(), default=list)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    owner = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    jurisdiction = models.CharField(max_length=2, blank=True)
    basis = models.CharField(max_length=CODE)
    purposes = ArrayField(models.CharField(max_length=CODE))
    source = models.CharField(max_length=200)
    reference = models.CharField(max_length=120, blank=True)
    tags = ArrayField(models.CharField(max_length=CODE), default=list)
    standard = models.CharField(max_length=CODE)
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    batch = models.ForeignKey("ImportBatch", null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        indexes = [
            models.Index(fields=["unit", "-id"], name="records_customer_unit"),
            models.Index(fields=["owner", "-id"], name="records_customer_owner"),
            models.Index(fields=["batch", "id"], name="records_customer_batch"),
            models.Index(fields=["-updated_at", "-id"], name="records_customer_updated"),
            models.Index(fields=["name", "id"], name="records_customer_name"),
            models.Index(fields=["reference"], name="records_customer_reference", condition=~Q(reference="")),
            GinIndex(fields=["tags"], name="records_customer_tags"),
            GinIndex(fields=["names"], name="records_customer_names", gin_pending_list_limit=UNSORTED),
            GinIndex(
                OpClass(Upper("name"), "gin_trgm_ops"),
                name="records_customer_name_part",
                gin_pending_list_limit=UNSORTED,
            ),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(purposes__len__gt=0), name="records_customer_has_a_purpose"),
            models.CheckConstraint(
                condition=~Q(basis="") & ~Q(source=""), name="records_customer_has_a_basis_and_a_source"
            ),
            models.CheckConstraint(
                condition=Q(kind=Kind.ORGANISATION) | Q(name="", public={}), name="records_customer_person_is_sealed"
            ),
            models.CheckConstraint(
                condition=Q(updated_at__gte=F("created_at")), name="records_customer_updated_later"
            ),
        ]

    class Personal:
        name = kept(purpose=RECORD, retention="core", export=Export.CLEAR, erase=Erase.REPLACE, field_class="public")
        public = kept(purpose=RECORD, retention="core", export=Export.CLEAR, erase=Erase.REPLACE, field_class="public")
        initial = kept(purpose=RECORD, retention="core", export=Export.CLEAR, erase=Erase.REPLACE)
        names = kept(purpose=RECORD, retention="core", export=Export.NEVER, erase=Erase.REPLACE)
        source = kept(purpose=RECORD, retention="core", export=Export.CLEAR, erase=Erase.KEEP, field_class="internal")
        reference = kept(
            purpose=RECORD, retention="core", export=Export.CLEAR, erase=Erase.REPLACE, field_class="internal"
        )
        tags = kept(purpose=RECORD, retention="core", export=Export.CLEAR, erase=Erase.REPLACE, field_class="internal")
        plain = ("jurisdiction", "basis", "purposes", "standard")


class Sealed(models.Model):
    """The sealed values of one customer in one retention class, each its own ciphertext, packed in one column."""

    pk = models.CompositePrimaryKey("customer_id", "retention_class")
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="sealed")
    retention_class = models.CharField(max_length=CODE)
    packed = models.BinaryField()

    class Personal:
        packed = sealed()
        plain = ("retention_class",)


class Lookup(models.Model):
    """A keyed digest of one value of a customer: exact search, uniqueness and duplicates without the value."""

    pk = models.CompositePrimaryKey("digest", "customer_id", "field")
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="lookups")
    field = models.CharField(max_length=CODE)
    digest = models.BinaryField()
    exclusive = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["digest"], condition=Q(exclusive=True), name="records_lookup_exclusive"),
        ]

    class Personal:
        digest = kept(purpose=RECORD, retention="core", export=Export.NEVER, erase=Erase.DELETE)
        plain = ("field",)


class Relationship(models.Model):
    """One customer's tie to another: a person who is the contact of an organisation, for instance."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    subject = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="ties")
    related = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="ties_to")
    kind = models.CharField(max_length=CODE)
    created_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    batch = models.ForeignKey("ImportBatch", null=True, on_delete=models.PROTECT, related_name="+", db_index=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["subject", "related", "kind"], condition=Q(ended_at=None), name="records_relationship_once"
            ),
            models.CheckConstraint(condition=~Q(subject=F("related")), name="records_relationship_between_two"),
        ]

    class Personal:
        plain = ("kind",)


class Revision(models.Model):
    """What a customer's changed fields held before a change: the old ciphertexts, moved as they are."""

    id = models.BigAutoField(primary_key=True)
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="revisions", db_index=False)
    version = models.PositiveIntegerField()
    at = models.DateTimeField()
    actor = models.CharField(max_length=80)
    purpose = models.CharField(max_length=CODE)
    fields = ArrayField(models.CharField(max_length=CODE))
    packed = models.BinaryField()
    public = models.JSONField(default=dict)
    batch = models.ForeignKey("ImportBatch", null=True, on_delete=models.PROTECT, related_name="+")
    bulk = models.UUIDField(null=True)

    class Meta:
        indexes = [models.Index(fields=["bulk"], name="records_revision_bulk", condition=Q(bulk__isnull=False))]
        constraints = [
            models.UniqueConstraint(fields=["customer", "version"], name="records_revision_once_a_version"),
        ]

    class Personal:
        packed = sealed()
        public = kept(purpose=RECORD, retention="core", export=Export.CLEAR, erase=Erase.DELETE, field_class="public")
        plain = ("actor", "purpose", "fields")


class Note(models.Model):
    """What somebody wrote about a customer; sealed under the customer's own key."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="notes")
    author = models.CharField(max_length=80)
    at = models.DateTimeField()
    sealed = models.BinaryField()

    class Personal:
        sealed = sealed("core")
        plain = ("author",)


class ImportState(models.TextChoices):
    """Where an import stands."""

    UPLOADED = "uploaded"
    CHECKING = "checking"
    CHECKED = "checked"
    RUNNING = "running"
    DONE = "done"
    CANCELLED = "cancelled"
    FAILED = "failed"
    REVERTING = "reverting"
    REVERTED = "reverted"


class Duplicates(models.TextChoices):
    """What an import does with a row whose customer is there already."""

    BLOCK = "block"
    MERGE = "merge"
    CREATE = "create"


class ImportBatch(models.Model):
    """One file on its way through the import gate: its declaration, its progress, its report."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    state = models.CharField(max_length=16, choices=ImportState, default=ImportState.UPLOADED)
    filename = models.CharField(max_length=200)
    sha256 = models.CharField(max_length=64)
    size = models.PositiveBigIntegerField()
    mapping = models.JSONField(default=dict)
    basis = models.CharField(max_length=CODE, blank=True)
    purposes = ArrayField(models.CharField(max_length=CODE), default=list)
    source = models.CharField(max_length=200, blank=True)
    region = models.CharField(max_length=2, blank=True)
    duplicates = models.CharField(max_length=16, choices=Duplicates, default=Duplicates.BLOCK)
    unit = models.ForeignKey(Unit, null=True, on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    actor = models.CharField(max_length=80)
    standard = models.CharField(max_length=CODE)
    rows = models.PositiveIntegerField(null=True)
    rows_done = models.PositiveIntegerField(default=0)
    created = models.PositiveIntegerField(default=0)
    merged = models.PositiveIntegerField(default=0)
    quarantined = models.PositiveIntegerField(default=0)
    duplicate_rows = models.PositiveIntegerField(default=0)
    related = models.PositiveIntegerField(default=0)
    report = models.JSONField(default=dict)
    cancel_asked = models.BooleanField(default=False)
    uploaded_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["uploaded", "checking", "checked", "cancelled", "failed"])
                | (~Q(basis="") & ~Q(source="") & Q(purposes__len__gt=0) & Q(unit__isnull=False)),
                name="records_import_runs_only_when_declared",
            ),
        ]

    @property
    def sheet(self) -> str:
        """Return the sheet of a workbook that is read, empty for a text file."""
        return str(self.report.get("sheet", ""))

    @property
    def other_sheets(self) -> list[str]:
        """Return the visible sheets of the workbook that are not read."""
        return [one for one in self.report.get("sheets", ()) if one != self.sheet]

    class Personal:
        filename = kept(
            purpose=RECORD, retention="core", export=Export.NEVER, erase=Erase.KEEP, field_class="internal"
        )
        source = kept(purpose=RECORD, retention="core", export=Export.NEVER, erase=Erase.KEEP, field_class="internal")
        plain = ("sha256", "mapping", "basis", "purposes", "region", "actor", "standard", "report")


class QuarantinedRow(models.Model):
    """A row the gate did not let in: where it stands in the file and what is wrong; its cells are sealed.

    ``customer`` is whom it is about, where the gate knows that: one who is there already.
    """

    id = models.BigAutoField(primary_key=True)
    batch = models.ForeignKey(ImportBatch, on_delete=models.CASCADE, related_name="quarantine")
    customer = models.ForeignKey(Customer, null=True, on_delete=models.SET_NULL, related_name="+")
    row = models.PositiveIntegerField()
    problems = models.JSONField()
    sealed = models.BinaryField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["batch", "row"], name="records_quarantine_row_once")]

    class Personal:
        sealed = kept(purpose=RECORD, retention="import", export=Export.NEVER, erase=Erase.SHRED)
        plain = ("problems",)


class ExportState(models.TextChoices):
    """Where an export stands."""

    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"
    WITHDRAWN = "withdrawn"


class ExportBatch(models.Model):
    """One list of customers that left through the export gate.

    ``reason`` is why it was asked for in clear, ``seen`` how far each field shows at most, ``ending`` why its file
    was withdrawn.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    state = models.CharField(max_length=16, choices=ExportState, default=ExportState.RUNNING)
    format = models.CharField(max_length=8)
    purpose = models.CharField(max_length=CODE)
    columns = ArrayField(models.CharField(max_length=CODE))
    filters = models.JSONField(default=dict)
    clear = models.BooleanField(default=False)
    person = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    actor = models.CharField(max_length=80)
    rows = models.PositiveIntegerField(null=True)
    rows_done = models.PositiveIntegerField(default=0)
    size = models.PositiveBigIntegerField(default=0)
    sha256 = models.CharField(max_length=64, blank=True)
    cancel_asked = models.BooleanField(default=False)
    reason = models.CharField(max_length=CODE, blank=True)
    seen = models.JSONField(default=dict)
    ending = models.CharField(max_length=CODE, blank=True)
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField()

    class Personal:
        plain = ("purpose", "columns", "filters", "actor", "sha256", "format", "reason", "seen", "ending")


class ExportedCustomer(models.Model):
    """That a customer is in the file of an export, for as long as there is the file."""

    class Personal:
        none = "Which record lies in which file; no value of a customer."

    pk = models.CompositePrimaryKey("customer_id", "export_id")
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="exports", db_index=False)
    export = models.ForeignKey(ExportBatch, on_delete=models.CASCADE, related_name="customers")


class SavedView(models.Model):
    """Filters and order of the list under a name, for one person or for everybody; never what was searched for."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    name = models.CharField(max_length=80)
    shared = models.BooleanField(default=False)
    params = models.CharField(max_length=LONGEST_PARAMS)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "name"], name="records_view_once_a_name")]

    class Personal:
        name = kept(purpose=RECORD, retention="staff", export=Export.CLEAR, erase=Erase.DELETE, field_class="internal")
        plain = ("params",)


class StandardVersion(models.Model):
    """One version of the collection standard that was in force: its content as it was."""

    class Personal:
        none = "Rules about fields; no value of a customer."

    id = models.BigAutoField(primary_key=True)
    template = models.CharField(max_length=CODE)
    version = models.CharField(max_length=CODE)
    sha256 = models.CharField(max_length=64, unique=True)
    content = models.JSONField()
    adopted_at = models.DateTimeField()
