"""Operations on the ledger: checkpoints, entries and the proofs that a stranger checks offline."""

import base64
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from django.utils.translation import gettext_lazy as _
from ninja import Query, Router
from pydantic import BaseModel, ConfigDict, Field

from guiju.access import queries as access
from guiju.access.calls import Call, operation
from guiju.access.permissions import Permission
from guiju.access.shapes import BIGGEST, Id, Limit, Moment, Number
from guiju.kit.errors import NotFound
from guiju.ledger import queries
from guiju.ledger.models import Checkpoint, Entry
from guiju.ledger.queries import Filters, Position

router = Router(tags=["ledger"])


class CheckpointOut(BaseModel):
    """What the ledger vouches for: size, root, and the signed note (C2SP tlog-checkpoint) that holds both."""

    size: int
    root: str = Field(description="Base64.")
    at: datetime
    note: str
    vkeys: list[str] = Field(description="The public keys to check the note with.")


def _checkpoint(found: Checkpoint) -> CheckpointOut:
    root = base64.b64encode(bytes(found.root)).decode()
    return CheckpointOut(size=found.size, root=root, at=found.at, note=found.note, vkeys=queries.vkeys())


@operation(
    router,
    "GET",
    "/ledger/checkpoint",
    needs=Permission.LEDGER_READ,
    name="readCheckpoint",
    summary="Read the latest checkpoint",
    answers={200: CheckpointOut},
    refuses=(404,),
)
def read_checkpoint(request: Call) -> CheckpointOut:
    """Read what the ledger vouches for now; 404 before the first checkpoint."""
    found = queries.latest_checkpoint()
    if found is None:
        raise NotFound(_("There is no checkpoint yet."))
    return _checkpoint(found)


class EntryOut(BaseModel):
    """One entry: ids, codes, counts and hashes, never a personal value."""

    id: int
    at: datetime
    kind: str
    actor: str
    actor_name: str
    subjects: list[UUID]
    purpose: str
    outcome: str
    payload: dict[str, Any]
    sentence: str
    index: int | None = Field(description="Its place among the leaves; null while it is pending.")


class EntryPage(BaseModel):
    """Entries, the newest first; `next` is the `before` of the next page."""

    items: list[EntryOut]
    next: int | None


class EntryFilters(BaseModel):
    """Which entries; `kind` may be the beginning of kinds."""

    model_config = ConfigDict(extra="forbid")

    kind: str = Field(default="", max_length=80)
    actor: str = Field(default="", max_length=80)
    subject: Id | None = None
    purpose: str = Field(default="", max_length=40)
    outcome: Literal["", "done", "refused"] = ""
    since: Moment | None = None
    until: Moment | None = None


def _entries(found: list[Entry]) -> list[EntryOut]:
    names = access.labels(entry.actor for entry in found)
    places = queries.positions(found)
    return [_entry(entry, names[entry.actor], places.get(entry.pk)) for entry in found]


def _entry(entry: Entry, name: str, place: Position | None) -> EntryOut:
    return EntryOut(
        id=entry.pk,
        at=entry.at,
        kind=entry.kind,
        actor=entry.actor,
        actor_name=name,
        subjects=entry.subjects,
        purpose=entry.purpose,
        outcome=entry.outcome,
        payload=queries.facts(entry),
        sentence=queries.sentence(entry, actor=name),
        index=place.index if place else None,
    )


@operation(
    router,
    "GET",
    "/ledger/entries",
    needs=Permission.LEDGER_READ,
    name="listEntries",
    summary="List entries",
    answers={200: EntryPage},
)
def list_entries(
    request: Call, narrowing: Query[EntryFilters], before: Number | None = None, limit: Limit = 50
) -> EntryPage:
    """List entries of the ledger, the newest first."""
    page = queries.entries(Filters(**dict(narrowing)), before=before, limit=limit)
    return EntryPage(items=_entries(page.entries), next=page.before)


class ProofOut(BaseModel):
    """The proof that an entry is in the ledger (RFC 9162); `file` is the same as a C2SP tlog-proof file."""

    index: int
    size: int
    leaf: str = Field(description="The entry as it was hashed; base64.")
    hashes: list[str] = Field(description="From the leaf up; base64.")
    root: str
    checkpoint: str
    file: str


class EntryProven(BaseModel):
    """An entry, with its proof once it is sealed."""

    entry: EntryOut
    proof: ProofOut | None


@operation(
    router,
    "GET",
    "/ledger/entries/{int:entry}",
    needs=Permission.LEDGER_READ,
    name="readEntry",
    summary="Read an entry with its proof",
    answers={200: EntryProven},
)
def read_entry(request: Call, entry: int) -> EntryProven:
    """Read one entry and the proof that it is in the ledger as of the latest checkpoint."""
    found = queries.entry(entry) if 0 < entry <= BIGGEST else None
    if found is None:
        raise NotFound(_("There is no such entry."))
    return EntryProven(entry=_entries([found])[0], proof=_proof(found))


def _proof(found: Entry) -> ProofOut | None:
    proof = queries.proof(found)
    if proof is None:
        return None
    return ProofOut(
        index=proof.index,
        size=proof.size,
        leaf=base64.b64encode(proof.leaf).decode(),
        hashes=[base64.b64encode(one).decode() for one in proof.hashes],
        root=base64.b64encode(proof.root).decode(),
        checkpoint=proof.note,
        file=proof.text,
    )


class Consistency(BaseModel):
    """The proof that the tree of `size2` leaves continues that of `size1` (RFC 9162)."""

    size1: int
    size2: int
    hashes: list[str]


@operation(
    router,
    "GET",
    "/ledger/consistency",
    needs=Permission.LEDGER_READ,
    name="proveConsistency",
    summary="Prove that nothing was rewritten",
    answers={200: Consistency},
    refuses=(404,),
)
def prove_consistency(request: Call, size1: Number, size2: Number) -> Consistency:
    """Prove that a later state of the ledger continues an earlier one; 404 beyond the latest checkpoint."""
    hashes = queries.consistency(size1=size1, size2=size2)
    if hashes is None:
        raise NotFound(_("The ledger has no such pair of sizes yet."))
    return Consistency(size1=size1, size2=size2, hashes=[base64.b64encode(one).decode() for one in hashes])
