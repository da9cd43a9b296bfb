"""Reading the ledger: entries, a customer's trail, an entry's place in the tree and its proof."""

import base64
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import connection

from guiju.ledger import leaf, reading, sequencing, signing
from guiju.ledger.events import CATALOGUE
from guiju.ledger.models import Checkpoint, Entry, SequencerState
from guiju.ledger.sentences import facts, sentence, teach
from guiju.ledger.tiles import TILE_WIDTH, consistency_proof, inclusion_proof

__all__ = [
    "Filters", "Page", "Position", "Proof", "checkpoints", "consistency", "entries", "entry", "facts", "kinds",
    "latest_checkpoint", "pending_count", "position", "positions", "proof", "sentence", "sequencer_seen_at", "teach",
    "trail", "vkeys",
]  # fmt: skip

_POSITIONS = f"""SELECT e.id, s.index * {TILE_WIDTH} + array_position(s.ids, e.id) - 1
    FROM unnest(%s::bigint[]) e(id)
    JOIN ledger_span s ON int8range(s.low, s.high, '[]') @> e.id AND s.ids @> ARRAY[e.id]"""  # noqa: S608


@dataclass(frozen=True, kw_only=True)
class Filters:
    """Which entries to list; what is empty does not filter. ``kind`` may be the beginning of kinds."""

    kind: str = ""
    actor: str = ""
    subject: UUID | None = None
    purpose: str = ""
    outcome: str = ""
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True)
class Page:
    """Entries, newest first, and where the next page begins; None at the end."""

    entries: list[Entry]
    before: int | None


@dataclass(frozen=True)
class Position:
    """The place of a sealed entry: its index among the leaves."""

    index: int


@dataclass(frozen=True, kw_only=True)
class Proof:
    """All that shows an outsider, without the database, that an entry is in the ledger."""

    index: int
    size: int
    leaf: bytes
    hashes: tuple[bytes, ...]
    root: bytes
    note: str

    @property
    def text(self) -> str:
        """Return the proof as a file (C2SP tlog-proof), with the entry itself as its extra data."""
        lines = [
            "c2sp.org/tlog-proof@v1",
            f"extra {base64.b64encode(self.leaf).decode()}",
            f"index {self.index}",
            *(base64.b64encode(item).decode() for item in self.hashes),
        ]
        return "\n".join(lines) + f"\n\n{self.note}"


def entries(filters: Filters | None = None, *, before: int | None = None, limit: int = 50) -> Page:
    """Return a page of entries, newest first; ``before`` is the last page's."""
    chosen = filters or Filters()
    found = Entry.objects.order_by("-id")
    conditions = {
        "kind__startswith": chosen.kind,
        "actor": chosen.actor,
        "subjects__contains": [chosen.subject] if chosen.subject else None,
        "purpose": chosen.purpose,
        "outcome": chosen.outcome,
        "at__gte": chosen.since,
        "at__lt": chosen.until,
        "id__lt": before,
    }
    rows = list(found.filter(**{name: value for name, value in conditions.items() if value})[: limit + 1])
    return Page(rows[:limit], rows[limit - 1].id if len(rows) > limit else None)


def entry(identifier: int) -> Entry | None:
    """Return one entry."""
    return Entry.objects.filter(id=identifier).first()


def trail(customer_id: UUID, *, before: int | None = None, limit: int = 50) -> Page:
    """Return what was recorded about one customer, newest first."""
    return entries(Filters(subject=customer_id), before=before, limit=limit)


def positions(found: Iterable[Entry]) -> dict[int, Position]:
    """Return the places of the sealed ones among ``found``, by entry id; one query for all."""
    with connection.cursor() as cursor:
        cursor.execute(_POSITIONS, [[item.id for item in found]])
        return {identifier: Position(index) for identifier, index in cursor.fetchall()}


def position(found: Entry) -> Position | None:
    """Return the place of an entry, or None while it is pending."""
    return positions([found]).get(found.id)


def proof(found: Entry) -> Proof | None:
    """Return the proof that an entry is in the ledger as of the latest checkpoint, or None while it is pending."""
    place = position(found)
    checkpoint = latest_checkpoint()
    if place is None or checkpoint is None or place.index >= checkpoint.size:
        return None
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {leaf.sql()} FROM ledger_entry WHERE id = %s", [found.id])  # noqa: S608
        (text,) = cursor.fetchone()
        hashes = inclusion_proof(
            index=place.index, size=checkpoint.size, read=lambda wanted: reading.tiles(cursor, wanted)
        )
    return Proof(
        index=place.index, size=checkpoint.size, leaf=text.encode(), hashes=tuple(hashes),
        root=bytes(checkpoint.root), note=checkpoint.note,
    )  # fmt: skip


def consistency(*, size1: int, size2: int) -> list[bytes] | None:
    """Return the proof that the tree of ``size2`` leaves continues that of ``size1``, None where it does not yet."""
    checkpoint = latest_checkpoint()
    if checkpoint is None or not 0 <= size1 <= size2 <= checkpoint.size:
        return None
    with connection.cursor() as cursor:
        return consistency_proof(size1=size1, size2=size2, read=lambda wanted: reading.tiles(cursor, wanted))


def latest_checkpoint() -> Checkpoint | None:
    """Return the newest checkpoint."""
    return Checkpoint.objects.order_by("-size").first()


def checkpoints(*, before: int | None = None, limit: int = 50) -> list[Checkpoint]:
    """Return checkpoints, newest first; ``before`` is a size."""
    found = Checkpoint.objects.order_by("-size")
    return list((found.filter(size__lt=before) if before is not None else found)[:limit])


def pending_count() -> int:
    """Return how many committed entries wait for their place in the tree."""
    with connection.cursor() as cursor:
        return sequencing.pending(cursor)


def sequencer_seen_at() -> datetime | None:
    """Return when the sequencer last said that it is at work."""
    state = SequencerState.objects.filter(id=1).first()
    return state.beat_at if state else None


def kinds() -> list[str]:
    """Return the kinds of entries this version of the product knows."""
    return sorted(CATALOGUE)


def vkeys() -> list[str]:
    """Return the public keys that outsiders check the ledger with."""
    return signing.vkeys()
