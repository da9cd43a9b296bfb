"""What the ledger costs: sequencing and checking against a bare SHA-256 loop over the same bytes, and recording.

Run it with ``python bench/ledger.py`` in the project folder; it starts a PostgreSQL of its own and removes it.
"""

import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import harness

ENTRIES = 204_800
RECORDED = 1_000
ROUND = 32_768
"""Entries of one round of the sequencer: half of what it seals at most, for twice as many rounds to compare."""
ROUNDS = 7
TARGET = 0.15


@dataclass(frozen=True, kw_only=True)
class Row:
    """One figure: what was measured, how much of it in a second, and the ratio to the bare loop with its target."""

    name: str
    value: float
    unit: str = "entries/s"
    ratio: float | None = None
    target: float | None = None

    def __str__(self) -> str:
        text = f"{self.name:<42}{self.value:>12,.0f} {self.unit}"
        if self.ratio is not None:
            text += f"   {self.ratio:.3f} of bare SHA-256"
        if self.target is not None:
            text += f"   (target {self.target})"
        return text


def events() -> tuple[Any, Any, Any]:
    """Return an event like those of a page view, who did it and when."""
    from typing import ClassVar
    from uuid import UUID, uuid4

    from guiju.kit import clock
    from guiju.ledger.events import Event

    @dataclass(frozen=True, kw_only=True)
    class CustomerOpened(Event):
        kind: ClassVar[str] = "bench.customer.opened"
        sentence: ClassVar[str] = "{actor} opened customer {customer}"
        subject_fields: ClassVar[tuple[str, ...]] = ("customer",)
        customer: UUID
        request: UUID
        fields: tuple[str, ...] = ("family-name", "given-name", "phone", "email")

    person = SimpleNamespace(ref=f"person:{uuid4()}")
    return (lambda: CustomerOpened(customer=uuid4(), request=uuid4())), person, clock.now


def recording() -> Iterator[Row]:
    """Fill the ledger, in bulk and one by one with a commit each."""
    from guiju.ledger import journal

    event, person, now = events()
    bulk = [[(event(), "account-management") for _ in range(1_024)] for _ in range(ENTRIES // 1_024)]
    seconds = harness.timed(lambda: [journal.record_many(part, by=person, at=now()) for part in bulk])
    yield Row(name="recorded in bulk", value=ENTRIES / seconds)
    single = [event() for _ in range(RECORDED)]
    seconds = harness.timed(lambda: [journal.record(item, by=person, at=now(), purpose="service") for item in single])
    yield Row(name="recorded one by one, each committed", value=RECORDED / seconds)


def sequencing(bare: Callable[[], float]) -> Row:
    """Seal everything round by round, each round beside a bare loop."""
    from guiju.kit import clock
    from guiju.ledger import signing
    from guiju.ledger.connecting import connect
    from guiju.ledger.sequencing import seal

    pairs = []
    with connect(name="guiju-bench") as connection:
        more = True
        while more:
            loop = bare()
            start = time.perf_counter()
            sealed = seal(connection, signer=signing.signer(), at=clock.now(), limit=ROUND)
            if sealed.count >= ROUND:
                pairs.append((loop, (time.perf_counter() - start) / sealed.count))
            more = sealed.more
    return compared("sequenced", pairs)


def compared(name: str, pairs: list[tuple[float, float]]) -> Row:
    """Return the row of work measured beside a bare loop, both in seconds for one entry; the middle ratio counts."""
    ratio = statistics.median(loop / work for loop, work in pairs)
    return Row(name=name, value=1 / min(work for _loop, work in pairs), ratio=ratio, target=TARGET)


def checking(bare: Callable[[], float], folder: Path) -> Iterator[Row]:
    """Check the live ledger and an exported bundle, each beside a bare loop."""
    from guiju.ledger import bundle, exporting, verify

    exported: list[int] = []
    seconds = harness.timed(lambda: exported.append(exporting.export(folder).size))
    (size,) = exported
    yield Row(name="exported", value=size / seconds)
    for name, check in (("checked live", verify.verify_live), ("checked offline", lambda: bundle.verify(folder))):
        pairs = []
        for _ in range(ROUNDS):
            loop = bare()
            start = time.perf_counter()
            report = check()
            pairs.append((loop, (time.perf_counter() - start) / size))
            if not report.ok:
                raise SystemExit(f"{name}: {report.first_bad}")
        yield compared(name, pairs)


def run() -> list[Row]:
    """Measure everything and return the rows, printing each as it comes."""
    rows: list[Row] = []

    def say(row: Row) -> None:
        rows.append(row)
        sys.stdout.write(f"{row}\n")

    with harness.installation(), tempfile.TemporaryDirectory() as folder:
        from django.db import connection

        from guiju.ledger import leaf

        for row in recording():
            say(row)
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE ledger_entry")
            cursor.execute(f"SELECT {leaf.sql()} FROM ledger_entry")
            leaves = [text.encode() for (text,) in cursor.fetchall()]

        def bare() -> float:
            """Return the seconds that a bare loop takes for one entry."""
            return harness.timed(lambda: [sha256(text).digest() for text in leaves]) / len(leaves)

        say(Row(name=f"bare SHA-256, {len(leaves[0])} bytes each", value=1 / min(bare() for _ in range(ROUNDS))))
        say(sequencing(bare))
        for row in checking(bare, Path(folder) / "bundle"):
            say(row)
    return rows


if __name__ == "__main__":
    run()
