"""What a dry run finds: counts by rule, examples by row number, duplicates; it writes no customer."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

from guiju.records.gate import matching
from guiju.records.gate.preparing import Flaw, Prepared, Row
from guiju.records.models import ImportBatch

EXAMPLES = 20


class Summary:
    """Adds up the chunks of a dry run."""

    def __init__(self, batch: ImportBatch) -> None:
        self.batch = batch
        self.rows = self.good = self.quarantined = self.duplicates = self.parties = 0
        self.flaws: Counter[tuple[str, str, str]] = Counter()
        self.warnings: Counter[tuple[str, str, str]] = Counter()
        self.examples: list[dict[str, Any]] = []
        self.twins: list[dict[str, Any]] = []

    def add(self, rows: Sequence[Row], prepared: Sequence[Prepared]) -> None:
        """Add one chunk."""
        known = matching.known(prepared, self.batch)
        for (number, _cells), row in zip(rows, prepared, strict=True):
            self.rows += 1
            self.warnings.update(_key(one) for one in row.warnings)
            if row.flaws:
                self.quarantined += 1
                self.flaws.update(_key(one) for one in row.flaws)
                self._example(number, row.flaws)
                continue
            self.good += 1
            self.parties += len(row.parties)
            twin = known.match(row.parties[0]) if row.parties else None
            if twin is not None:
                self.duplicates += 1
                if len(self.twins) < EXAMPLES:
                    self.twins.append({"row": number, "customer": str(twin)})
            for index, party in enumerate(row.parties):
                known.learn(party, primary=index == 0)

    def _example(self, number: int, flaws: Sequence[Flaw]) -> None:
        if len(self.examples) < EXAMPLES:
            self.examples += [
                {"row": number, "column": one.column, "field": one.field, "rule": one.rule} for one in flaws
            ]

    def report(self) -> dict[str, Any]:
        """Return what the import's page shows."""
        return {
            "check": {
                "rows": self.rows,
                "good": self.good,
                "quarantined": self.quarantined,
                "duplicates": self.duplicates,
            },
            "parties": self.parties,
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
