"""Turns a chunk of raw rows into sealed, insertable ones: the expensive part, pure, run in other processes.

What comes back holds no clear value of a person: ciphertexts, wrapped keys, digests and codes.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from uuid import UUID

from guiju.kit.errors import Problem
from guiju.kit.ids import uuid7
from guiju.records import filing
from guiju.records.gate import binary
from guiju.records.gate.checking import Draft, check_row
from guiju.records.gate.mapping import Mapping
from guiju.records.standard import Standard
from guiju.vault import making
from guiju.vault.digests import LookupKeys
from guiju.vault.making import Wrapped
from guiju.vault.providers import KeyProvider

type Row = tuple[int, list[str]]


@dataclass(frozen=True, slots=True)
class Party:
    """One customer to insert, as encoded rows.

    ``strong`` digests mark a duplicate, the surest first; nobody may share an ``exclusive`` one. ``unit`` and
    ``owner`` are what the row says of its place, in words; the writing process finds out whom they name.
    """

    id: UUID
    unit: str
    owner: str
    reference: str
    strong: list[bytes]
    exclusive: list[bytes]
    customer: bytes = b""
    sealed: bytes = b""
    lookups: bytes = b""
    keys: list[Wrapped] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Flaw:
    """What is wrong with one cell, in codes: the words are made for the reader."""

    column: str
    field: str
    rule: str


@dataclass(frozen=True, slots=True)
class Prepared:
    """One row after the check: its parties, the first being the one the row is about, and what was wrong.

    ``place`` is the unit and the owner that the row names; a flawed row has it too, but no parties.
    """

    number: int
    place: tuple[str, str] = ("", "")
    parties: list[Party] = field(default_factory=list)
    ties: list[tuple[int, int, str]] = field(default_factory=list)
    flaws: list[Flaw] = field(default_factory=list)
    warnings: list[Flaw] = field(default_factory=list)


@dataclass(frozen=True)
class Desk:
    """What a preparing process needs; holds keys, so it is handed over in memory only."""

    mapping: Mapping
    standard: Standard
    region: str
    source: str
    keys: LookupKeys
    provider: KeyProvider

    @cached_property
    def words(self) -> filing.Words:
        """Return the words of this run, each worked out once; they stay in this process."""
        return filing.Words(self.keys)

    def prepare(self, rows: Sequence[Row], *, dry: bool) -> list[Prepared]:
        """Check each row and, unless ``dry``, seal its parties under new keys."""
        return [self._row(number, cells, dry=dry) for number, cells in rows]

    def _row(self, number: int, cells: list[str], *, dry: bool) -> Prepared:
        checked = check_row(cells, self.mapping, self.standard, self.region)
        warnings = [self._flaw(one) for one in checked.warnings]
        flaws = [self._flaw(one) for one in checked.problems]
        place = _place(checked.parties[0]) if checked.parties else ("", "")
        if flaws:
            return Prepared(number, place, flaws=flaws, warnings=warnings)
        parties = [self._party(draft, dry=dry) for draft in checked.parties]
        return Prepared(number, place, parties=parties, ties=list(checked.relationships), warnings=warnings)

    def _flaw(self, problem: Problem) -> Flaw:
        return Flaw(column=self.mapping.column_of(problem.field), field=problem.field, rule=problem.rule)

    def _party(self, draft: Draft, *, dry: bool) -> Party:
        customer = uuid7()
        unit, owner = _place(draft)
        pairs = [] if dry else [(customer, one) for one in filing.retention_classes(draft.values, self.standard)]
        deks, wrapped = making.make(pairs, provider=self.provider)
        if dry:
            return self._sketch(customer, draft)
        filed = filing.file_values(
            customer=customer,
            version=1,
            values=draft.values,
            standard=self.standard,
            dek_of=lambda retention: deks[customer, retention],
            keys=self.keys,
            words=self.words,
        )
        return Party(
            id=customer,
            unit=unit,
            owner=owner,
            reference=str(draft.envelope.get("reference") or ""),
            strong=_strong(filed.digests),
            exclusive=_exclusive(filed.digests),
            customer=self._customer(customer, draft, filed),
            sealed=b"".join(_sealed(customer, *one) for one in filed.packed().items()),
            lookups=b"".join(_lookup(customer, one) for one in filed.digests),
            keys=wrapped,
        )

    def _customer(self, customer: UUID, draft: Draft, filed: filing.Filed) -> bytes:
        """Return the first columns of the customer's row, those of ``OWN``."""
        said = draft.envelope
        return b"".join((
            binary.uuid(customer),
            binary.text(draft.kind),
            binary.text(filed.name),
            binary.jsonb(filed.public),
            binary.text(filed.initial),
            binary.bigints(filed.names),
            binary.text(said.get("jurisdiction") or self.region),
            binary.text(said.get("source") or self.source),
            binary.text(said.get("reference") or ""),
            binary.texts(said.get("tags") or ()),
        ))  # fmt: skip

    def _sketch(self, customer: UUID, draft: Draft) -> Party:
        unit, owner = _place(draft)
        digests = [
            one
            for key, value in draft.values.items()
            for one in filing.digests_of(self.standard.field(key), value, self.keys)
        ]
        return Party(
            id=customer,
            unit=unit,
            owner=owner,
            reference=str(draft.envelope.get("reference") or ""),
            strong=_strong(digests),
            exclusive=_exclusive(digests),
        )


def _place(draft: Draft) -> tuple[str, str]:
    return str(draft.envelope.get("unit") or ""), str(draft.envelope.get("owner") or "")


OWN = "id, kind, name, public, initial, names, jurisdiction, source, reference, tags"
"""The columns of a customer that its own row of the file decides, in the order of ``Party.customer``."""


def _strong(digests: list[filing.Digest]) -> list[bytes]:
    """Return digests with that of an organisation's name last."""
    return [one.digest for one in sorted(digests, key=lambda one: one.field == filing.WHOLE_NAME)]


def _exclusive(digests: list[filing.Digest]) -> list[bytes]:
    return [one.digest for one in digests if one.exclusive]


def _sealed(customer: UUID, retention: str, packed: bytes) -> bytes:
    return binary.row((binary.uuid(customer), binary.text(retention), binary.raw(packed)))


def _lookup(customer: UUID, one: filing.Digest) -> bytes:
    return binary.row(
        (binary.raw(one.digest), binary.uuid(customer), binary.text(one.field), binary.boolean(one.exclusive))
    )


_desks: list[tuple[Desk, bool]] = []


def settle(desk: Desk, dry: bool) -> None:  # noqa: FBT001
    """Set a preparing process up; it never talks to a database."""
    _desks[:] = [(desk, dry)]


def prepare(rows: Sequence[Row]) -> list[Prepared]:
    """Prepare a chunk in a process that was settled."""
    desk, dry = _desks[0]
    return desk.prepare(rows, dry=dry)
