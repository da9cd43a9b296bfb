"""Writes one stretch of prepared rows with COPY: customers, contents, lookups, relationships and quarantine."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from django.db.backends.base.base import BaseDatabaseWrapper

from guiju.access.actors import Actor
from guiju.kit.ids import uuid7
from guiju.records import filing
from guiju.records.gate import binary, matching, merging
from guiju.records.gate.placing import Places
from guiju.records.gate.preparing import OWN, Flaw, Party, Prepared, Row
from guiju.records.models import Duplicates, ImportBatch
from guiju.vault.sealing import Dek

QUARANTINE = "import"
"""Retention class of the key under which an import's quarantined cells are sealed; its customer is the import."""


@dataclass(frozen=True)
class Stretch:
    """Some rows of one file, prepared, to be written together. ``after`` rows were written before."""

    batch: UUID
    after: int
    rows: Sequence[Row]
    prepared: Sequence[Prepared]
    quarantine_key: Dek
    merger: merging.Merger

    @property
    def last(self) -> int:
        """Return how many rows are written once this stretch is."""
        return self.after + len(self.rows)


@dataclass
class Loaded:
    """What became of a stretch."""

    created: list[UUID] = field(default_factory=list)
    merged: list[UUID] = field(default_factory=list)
    quarantined: int = 0
    duplicate_rows: int = 0
    related: int = 0
    met: list[str] = field(default_factory=list)


class Held(NamedTuple):
    """A row for quarantine: what is wrong with it, and whom it is about where that is somebody already there."""

    row: Row
    flaws: list[Flaw]
    customer: UUID | None


@dataclass
class _Plan:
    parties: list[tuple[Party, bool]] = field(default_factory=list)
    ties: list[tuple[UUID, UUID, str]] = field(default_factory=list)
    merges: list[tuple[UUID, Row]] = field(default_factory=list)
    quarantine: list[Held] = field(default_factory=list)
    duplicate_rows: int = 0
    met: list[str] = field(default_factory=list)


def load(stretch: Stretch, batch: ImportBatch, *, connection: BaseDatabaseWrapper, by: Actor, at: datetime) -> Loaded:
    """Write ``stretch`` inside the caller's transaction."""
    places = Places(batch, by)
    plan = _plan(stretch, batch, places, matching.known(stretch.prepared, batch, by))
    _copy_parties(connection, [party for party, _primary in plan.parties], places, at)
    _copy_ties(connection, plan.ties, batch=batch.pk, at=at)
    _copy_quarantine(connection, plan.quarantine, stretch)
    loaded = Loaded(
        created=[party.id for party, _primary in plan.parties],
        quarantined=len(plan.quarantine),
        duplicate_rows=plan.duplicate_rows,
        related=len(plan.ties),
        met=plan.met,
    )
    for customer, row in plan.merges:
        if stretch.merger.merge(customer, row, batch=batch, by=by, at=at):
            loaded.merged.append(customer)
        else:
            loaded.quarantined += 1
            flaw = Flaw(column="", field="", rule="duplicate-out-of-reach")
            _copy_quarantine(connection, [Held(row, [flaw], customer)], stretch)
    return loaded


def _plan(stretch: Stretch, batch: ImportBatch, places: Places, known: matching.Known) -> _Plan:
    plan = _Plan()
    for row, prepared in zip(stretch.rows, stretch.prepared, strict=True):
        flaws = [*prepared.flaws, *places.flaws(prepared)] or _foreign(prepared, plan, batch, known)
        if flaws:
            plan.quarantine.append(Held(row, flaws, known.holder(prepared)))
            continue
        twin = known.match(prepared.parties[0]) if prepared.parties else None
        if twin is not None:
            plan.duplicate_rows += 1
            if batch.duplicates == Duplicates.BLOCK:
                plan.quarantine.append(Held(row, [Flaw(column="", field="", rule="duplicate")], twin))
                continue
            if batch.duplicates == Duplicates.MERGE:
                plan.merges.append((twin, row))
                continue
        _admit(prepared, plan, known, batch)
    return plan


def _foreign(prepared: Prepared, plan: _Plan, batch: ImportBatch, known: matching.Known) -> list[Flaw]:
    met = known.met(prepared)
    plan.met += met
    if met:
        return [Flaw(column="", field="", rule="identifier-refused")]
    return known.shared(prepared) if batch.duplicates == Duplicates.CREATE else []


def _admit(prepared: Prepared, plan: _Plan, known: matching.Known, batch: ImportBatch) -> None:
    ids: list[UUID] = []
    for index, party in enumerate(prepared.parties):
        twin = known.match(party) if index and batch.duplicates != Duplicates.CREATE else None
        if twin is None:
            plan.parties.append((party, index == 0))
            known.learn(party, primary=index == 0)
        ids.append(twin or party.id)
    plan.ties += [(ids[other], ids[one], kind) for one, other, kind in prepared.ties if ids[one] != ids[other]]


GIVEN = "state, unit_id, owner_id, basis, purposes, standard, version, created_at, updated_at, batch_id"
"""The columns of a customer that the batch decides, after those its own row decides (``preparing.OWN``)."""
COLUMNS = 20


def _copy_parties(connection: BaseDatabaseWrapper, parties: Sequence[Party], places: Places, at: datetime) -> None:
    given: dict[tuple[str, str], bytes] = {}
    head, rows = binary.head(COLUMNS), []
    for one in parties:
        place = (one.unit, one.owner)
        if place not in given:
            given[place] = _given(places, *place, at=at)
        rows.append(head + one.customer + given[place])
    _copy(connection, f"records_customer ({OWN}, {GIVEN})", rows)
    _copy(connection, "records_sealed (customer_id, retention_class, packed)", (one.sealed for one in parties))
    _copy(connection, "records_lookup (digest, customer_id, field, exclusive)", (one.lookups for one in parties))


def _given(places: Places, unit: str, owner: str, *, at: datetime) -> bytes:
    batch, lies_in = places.batch, places.unit(unit)
    if lies_in is None:
        raise ValueError("A row of an unknown unit belongs into quarantine")
    return b"".join((
        binary.text("active"),
        binary.bigint(lies_in),
        binary.uuid(places.owner(owner)),
        binary.text(batch.basis),
        binary.texts(batch.purposes),
        binary.text(batch.standard),
        binary.integer(1),
        binary.moment(at),
        binary.moment(at),
        binary.uuid(batch.pk),
    ))  # fmt: skip


def _copy_ties(
    connection: BaseDatabaseWrapper, ties: Iterable[tuple[UUID, UUID, str]], *, batch: UUID, at: datetime
) -> None:
    given = (binary.moment(at), binary.uuid(batch))
    rows = (
        binary.row((binary.uuid(uuid7()), binary.uuid(subject), binary.uuid(related), binary.text(kind), *given))
        for subject, related, kind in dict.fromkeys(ties)
    )
    _copy(connection, "records_relationship (id, subject_id, related_id, kind, created_at, batch_id)", rows)


def _copy_quarantine(connection: BaseDatabaseWrapper, rows: Iterable[Held], stretch: Stretch) -> None:
    encoded = (_quarantined(held, stretch) for held in rows)
    _copy(connection, "records_quarantinedrow (batch_id, row, customer_id, problems, sealed)", encoded)


def _quarantined(held: Held, stretch: Stretch) -> bytes:
    number, cells = held.row
    sealed = seal_cells(stretch.quarantine_key, batch=stretch.batch, number=number, cells=cells)
    problems = [asdict(flaw) for flaw in held.flaws]
    return binary.row((
        binary.uuid(stretch.batch),
        binary.integer(number),
        binary.uuid(held.customer),
        binary.jsonb(problems),
        binary.raw(sealed),
    ))  # fmt: skip


def seal_cells(key: Dek, *, batch: UUID, number: int, cells: Sequence[str]) -> bytes:
    """Return the cells of a quarantined row as one ciphertext bound to its import and row number."""
    return filing.seal(key, customer=batch, field="row", version=number, value=list(cells))


def open_cells(key: Dek, *, batch: UUID, number: int, sealed: bytes) -> list[str]:
    """Return the cells of a quarantined row; raises Tampered where the ciphertext is another row's."""
    return [str(cell) for cell in filing.unseal(key, customer=batch, field="row", part=(number, sealed))]


def _copy(connection: BaseDatabaseWrapper, target: str, rows: Iterable[bytes]) -> None:
    content = b"".join(rows)
    if not content:
        return
    with connection.cursor() as cursor, cursor.cursor.copy(f"COPY {target} FROM STDIN (FORMAT BINARY)") as copy:
        copy.write(binary.SIGNATURE + content + binary.TRAILER)
