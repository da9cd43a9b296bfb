"""What lists cost as customers grow: pages, deep pages, every kind of search and a count, at 1,000 and at 100,000.

Constant cost is the point: each figure stands beside the same one at 1,000 customers and beside a plain Django list.
Run it with ``python bench/lists.py [customers]`` in the project folder; it starts a PostgreSQL of its own.
"""

import importlib
import sys
from collections.abc import Callable
from contextlib import ExitStack
from typing import Any
from uuid import UUID

import harness
import people
from harness import Organisation, say

CUSTOMERS = 100_000
SMALL = 1_000
ROUNDS = 20
DEEP = 500
BATCH = 10_000
"""Rows of one imported file; each makes two customers."""
NEAR = "first page"
"""What a page far down the list is compared with where there is none so far."""

type Works = dict[str, Callable[[], Any]]


def rows_for(customers: int) -> int:
    """Return how many rows of a file make that many customers."""
    return customers // 2


def works(organisation: Organisation, sample: tuple[str, ...], deep: UUID | None) -> Works:
    """Return what is measured: each with one governed call."""
    from guiju.kit import clock
    from guiju.records import queries
    from guiju.records.finding import Filters

    actor = organisation.actor(organisation.clerk)
    purpose = "account-management"

    def listing(*, text: str = "", after: UUID | None = None) -> Any:
        return queries.listing(actor=actor, purpose=purpose, at=clock.now(), filters=Filters(text=text), after=after)

    opened = listing().rows[0].customer.pk
    searches = {
        "exact phone": sample[10],
        "exact e-mail": sample[11],
        "word of a name": "maria",
        "whole name": sample[8],
        "pinyin": "wangfang",
        "part of a name": sample[1][2:6],
        "nothing found": "zzqx nobody",
    }
    return {
        "first page": listing,
        f"page {DEEP}": lambda: listing(after=deep),
        **{f"search: {name}": _searching(listing, text) for name, text in searches.items()},
        "customer": lambda: queries.opened(customer=opened, actor=actor, purpose=purpose, at=clock.now()),
        "count": lambda: queries.count(actor=actor, filters=Filters()),
    }


def _searching(listing: Callable[..., Any], text: str) -> Callable[[], Any]:
    return lambda: listing(text=text)


def plain_works(sample: tuple[str, ...]) -> Works:
    """Return the same lists of an ordinary Django application."""
    from plain.models import Organisation as Firm
    from plain.models import Person

    def some(found: Any) -> Any:
        return list(found.select_related("unit", "owner").order_by("-id")[:51])

    return {
        "first page": lambda: some(Person.objects.all()),
        "search: exact phone": lambda: some(Person.objects.filter(phone=sample[10])),
        "search: part of a name": lambda: some(Firm.objects.filter(name__icontains=sample[1][2:6])),
        "count": Person.objects.count,
    }


def measure(taken: Works) -> dict[str, list[float]]:
    """Time every work in turns."""
    return harness.interleaved(taken, rounds=ROUNDS, warm=2)


def spent(taken: Works) -> dict[str, float]:
    """Return the processor seconds of every work: moments that lie apart cannot be compared by the clock."""
    for work in taken.values():
        work()
    return {name: harness.work_of(work, times=ROUNDS) for name, work in taken.items()}


def statements(work: Callable[[], Any]) -> int:
    """Return how many statements one call sends to both databases."""
    from django.db import connections
    from django.test.utils import CaptureQueriesContext

    with ExitStack() as stack:
        captured = [stack.enter_context(CaptureQueriesContext(connections[name])) for name in connections]
        work()
    return sum(len(one) for one in captured)


def cursor_of(page: int, organisation: Organisation) -> UUID | None:
    """Return the cursor of a page deep in the list, as going through the pages would."""
    from guiju.records.finding import PAGE
    from guiju.records.models import Customer

    place = page * PAGE
    return Customer.objects.order_by("-id").values_list("pk", flat=True)[place : place + 1].first()


def fill(organisation: Organisation, table: list[tuple[str, ...]]) -> float:
    """Bring rows in through the gate and into the plain tables; return the seconds of the gate."""
    from django.db import connections
    from plain import loading

    from guiju.kit import clock

    gate = importlib.import_module("import")
    content = people.as_csv(table)
    seconds = harness.timed(lambda: gate.governed(content, organisation))
    loading.copy(content, unit=organisation.unit, owner=organisation.clerk, at=clock.now())
    for alias in connections:
        with connections[alias].cursor() as cursor:
            cursor.execute("ANALYZE")
    return seconds


def main(customers: int) -> None:
    """Measure at a thousand customers, fill up, measure again, print both."""
    with harness.installation():
        organisation = harness.found()
        table = people.rows(rows_for(customers))
        sample = next(row for row in table if row[10])
        fill(organisation, table[: rows_for(SMALL)])
        small = spent(works(organisation, sample, cursor_of(5, organisation)))
        say(f"lists at {customers:,} customers, beside {SMALL:,}; {ROUNDS} turns")
        for start in range(rows_for(SMALL), len(table), BATCH):
            part = table[start : start + BATCH]
            seconds = fill(organisation, part)
            say(f"  imported up to {2 * (start + len(part)):>9,} customers   {len(part) / seconds:>8,.0f} rows/s")
        taken = works(organisation, sample, cursor_of(DEEP, organisation))
        large, work, plain = measure(taken), spent(taken), measure(plain_works(sample))
        for name, times in large.items():
            middle, twin = harness.percentile(times, 0.5), plain.get(name)
            say(
                f"  {name:<26}p50 {middle * 1000:>8.1f} ms   p95 {harness.percentile(times, 0.95) * 1000:>8.1f} ms   "
                f"{statements(taken[name]):>2} statements   "
                f"{work[name] / small.get(name, small[NEAR]):>5.2f}x the work of {SMALL:,}"
                + (f"   {middle / harness.percentile(twin, 0.5):>5.2f}x of plain" if twin else "")
            )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else CUSTOMERS)
