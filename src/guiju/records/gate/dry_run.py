"""What a dry run finds: counts by rule, examples by row number, duplicates; it writes no customer."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

from guiju.access.actors import Actor
from guiju.records.gate import matching
from guiju.records.gate.matching import Known
from guiju.records.gate.placing import Places
from guiju.records.gate.preparing import Flaw, Party, Prepared, Row
from guiju.records.models import Duplicates, ImportBatch

EXAMPLES = 5
MOST_EXAMPLES = 200
TWINS = 50

type Mark = bytes | str


def _marks(party: Party, *, primary: bool) -> list[Mark]:
    """Return what makes a later party a duplicate of this one, the surest first; ``matching`` compares the same."""
    return [party.reference, *party.strong] if primary and party.reference else [*party.strong]


class Summary:
    """Adds up the chunks of a dry run."""

    def __init__(self, batch: ImportBatch, by: Actor) -> None:
        self.batch = batch
        self.places = Places(batch, by)
        self.rows = self.good = self.quarantined = self.duplicates = self.creates = 0
        self.flaws: Counter[tuple[str, str, str]] = Counter()
        self.warnings: Counter[tuple[str, str, str]] = Counter()
        self.examples: list[dict[str, Any]] = []
        self.twins: list[dict[str, Any]] = []
        self._seen: dict[Mark, int] = {}

    def add(self, rows: Sequence[Row], prepared: Sequence[Prepared]) -> None:
        """Add one chunk."""
        known = matching.known(prepared, self.batch, self.places.by)
        for (number, _cells), row in zip(rows, prepared, strict=True):
            self.rows += 1
            self.warnings.update(_key(one) for one in row.warnings)
            flaws = [*row.flaws, *self.places.flaws(row)] or self._double(row, known)
            if flaws:
                self.quarantined += 1
                self._complain(number, flaws)
            else:
                self.good += 1
                self._weigh(number, row, known)

    def _double(self, row: Prepared, known: Known) -> list[Flaw]:
        """Return what forbids a second record; of customers out of reach a check tells nothing."""
        return known.shared(row) if self.batch.duplicates == Duplicates.CREATE else []

    def _weigh(self, number: int, row: Prepared, known: Known) -> None:
        """Say of one good row whether it is a duplicate, and how many records it would make."""
        if not row.parties:
            return
        first = row.parties[0]
        twin, like = known.match(first), self._like(first, primary=True)
        is_double = twin is not None or like is not None
        if is_double:
            self.duplicates += 1
            if len(self.twins) < TWINS:
                self.twins.append({"row": number, "customer": str(twin or ""), "like": like})
        creating = self.batch.duplicates == Duplicates.CREATE
        if is_double and not creating:
            return
        for index, party in enumerate(row.parties):
            there = known.match(party) is not None or self._like(party, primary=False) is not None
            self.creates += not there or creating or index == 0
            for mark in _marks(party, primary=index == 0):
                self._seen.setdefault(mark, number)

    def _like(self, party: Party, *, primary: bool) -> int | None:
        """Return the earlier row of this file that is about the same."""
        found = (self._seen[mark] for mark in _marks(party, primary=primary) if mark in self._seen)
        return next(found, None)

    def _complain(self, number: int, flaws: Sequence[Flaw]) -> None:
        for one in flaws:
            self.flaws[_key(one)] += 1
            if self.flaws[_key(one)] <= EXAMPLES and len(self.examples) < MOST_EXAMPLES:
                self.examples.append({"row": number, "column": one.column, "field": one.field, "rule": one.rule})

    def report(self) -> dict[str, Any]:
        """Return what the import's page shows."""
        return {
            "check": {
                "rows": self.rows,
                "good": self.good,
                "quarantined": self.quarantined,
                "duplicates": self.duplicates,
            },
            "creates": self.creates,
            "flaws": _told(self.flaws),
            "warnings": _told(self.warnings),
            "examples": self.examples,
            "twins": self.twins,
        }


def _key(flaw: Flaw) -> tuple[str, str, str]:
    return flaw.column, flaw.field, flaw.rule


def _told(counter: Counter[tuple[str, str, str]]) -> list[dict[str, Any]]:
    return [
        {"column": column, "field": field, "rule": rule, "count": count}
        for (column, field, rule), count in counter.most_common(100)
    ]
