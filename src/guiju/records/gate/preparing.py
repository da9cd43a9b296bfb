"""Turns a chunk of raw rows into sealed, insertable ones: the expensive part, pure, run in other processes.

What comes back holds no clear value of a person: ciphertexts, wrapped keys, digests and codes.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import UUID

from guiju.kit.errors import Problem
from guiju.kit.ids import uuid7
from guiju.records import filing
from guiju.records.filing import Digest
from guiju.records.gate.checking import Draft, check_row
from guiju.records.gate.mapping import Mapping
from guiju.records.standard import Standard
from guiju.vault import making
from guiju.vault.digests import LookupKeys
from guiju.vault.making import Wrapped
from guiju.vault.providers import KeyProvider

type Row = tuple[int, list[str]]

STRONG = {"phone", "email", "id-number"}
"""Lookup kinds that make two records duplicates; a name alone does not, unless it is an organisation's whole name."""


@dataclass(frozen=True, slots=True)
class Party:
    """One customer to insert. ``strong`` are the digests that mark a duplicate; ``whole_name`` that of the name."""

    id: UUID
    kind: str
    name: str
    public: filing.Values
    initial: str
    names: list[int]
    envelope: dict[str, object]
    sealed: dict[str, bytes]
    digests: list[Digest]
    whole_name: int | None
    keys: list[Wrapped]

    @property
    def strong(self) -> list[bytes]:
        """Return the digests that make another record its duplicate."""
        return [one.digest for one in self.digests]


@dataclass(frozen=True, slots=True)
class Flaw:
    """What is wrong with one cell, in codes: the words are made for the reader."""

    column: str
    field: str
    rule: str


@dataclass(frozen=True, slots=True)
class Prepared:
    """One row after the check: its parties, the first being the one the row is about, and what was wrong."""

    number: int
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
    keys: LookupKeys
    provider: KeyProvider

    def prepare(self, rows: Sequence[Row], *, dry: bool) -> list[Prepared]:
        """Check each row and, unless ``dry``, seal its parties under new keys."""
        return [self._row(number, cells, dry=dry) for number, cells in rows]

    def _row(self, number: int, cells: list[str], *, dry: bool) -> Prepared:
        checked = check_row(cells, self.mapping, self.standard, self.region)
        warnings = [self._flaw(one) for one in checked.warnings]
        flaws = [self._flaw(one) for one in checked.problems]
        if flaws:
            return Prepared(number, flaws=flaws, warnings=warnings)
        parties = [self._party(draft, dry=dry) for draft in checked.parties]
        return Prepared(number, parties=parties, ties=list(checked.relationships), warnings=warnings)

    def _flaw(self, problem: Problem) -> Flaw:
        return Flaw(column=self.mapping.column_of(problem.field), field=problem.field, rule=problem.rule)

    def _party(self, draft: Draft, *, dry: bool) -> Party:
        customer = uuid7()
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
        )
        return Party(
            id=customer,
            kind=draft.kind,
            name=filed.name,
            public=filed.public,
            initial=filed.initial,
            names=filed.names,
            envelope=draft.envelope,
            sealed=filed.packed(),
            digests=filed.digests,
            whole_name=self._whole_name(draft),
            keys=wrapped,
        )

    def _sketch(self, customer: UUID, draft: Draft) -> Party:
        digests = [
            one
            for key, value in draft.values.items()
            for one in filing.digests_of(self.standard.field(key), value, self.keys)
        ]
        return Party(
            id=customer,
            kind=draft.kind,
            name="",
            public={},
            initial="",
            names=[],
            envelope=draft.envelope,
            sealed={},
            digests=digests,
            whole_name=self._whole_name(draft),
            keys=[],
        )

    def _whole_name(self, draft: Draft) -> int | None:
        value = draft.values.get("organisation-name")
        if value is None:
            return None
        return filing.name_words(self.standard.field("organisation-name"), value, self.keys)[0]


_desks: list[tuple[Desk, bool]] = []


def settle(desk: Desk, dry: bool) -> None:  # noqa: FBT001
    """Set a preparing process up; it never talks to a database."""
    _desks[:] = [(desk, dry)]


def prepare(rows: Sequence[Row]) -> list[Prepared]:
    """Prepare a chunk in a process that was settled."""
    desk, dry = _desks[0]
    return desk.prepare(rows, dry=dry)
