"""What the import gate costs: rows a second against bulk_create and COPY of the same rows into ordinary tables.

Run it with ``python bench/import.py [rows]`` in the project folder; it starts a PostgreSQL of its own and removes it.
"""

import sys
from functools import partial
from typing import Any

import harness
import people
from harness import Organisation, say

ROWS = 20_000
ROUNDS = 3
TARGET = 0.5


def governed(content: bytes, organisation: Organisation) -> None:
    """Bring a file in through the gate: upload, declare, start, run."""
    from guiju.kit import clock
    from guiju.records.declaring import Declaration
    from guiju.records.gate import actions, running
    from guiju.records.gate.mapping import Mapping
    from guiju.records.models import Duplicates, ImportState

    by = organisation.actor(organisation.clerk)
    batch = actions.upload(content=content, filename="export.csv", by=by, at=clock.now())
    declaration = Declaration(
        unit_id=organisation.unit.pk, basis="contract", purposes=("account-management",), source="old CRM"
    )
    actions.declare(
        batch=batch.pk, declaration=declaration, mapping=Mapping.from_json(batch.mapping), region="CN",
        duplicates=Duplicates.BLOCK, by=by, at=clock.now(),
    )  # fmt: skip
    actions.start(batch=batch.pk, by=by, at=clock.now(), inline=True)
    done = running.run(batch.pk)
    if (done.state, done.quarantined) != (ImportState.DONE, 0):
        raise SystemExit(f"The import ended as {done.state} with {done.quarantined} rows refused: {done.report}")


def emptied(work: Any) -> None:
    """Do ``work`` on empty tables."""
    from django.db import connections

    with connections["default"].cursor() as cursor:
        cursor.execute("TRUNCATE records_customer, plain_relationship, plain_person, plain_organisation CASCADE")
    with connections["keyring"].cursor() as cursor:
        cursor.execute("TRUNCATE vault_datakey")
    work.seconds = harness.timed(work.run)


class Work:
    """One way of bringing the rows in; keeps the time of its last turn, without the emptying before."""

    def __init__(self, run: Any) -> None:
        self.run = run
        self.seconds = 0.0


def main(rows: int) -> None:
    """Import the same rows in three ways, in turns, and print the ratios."""
    content = people.as_csv(people.rows(rows))
    with harness.installation():
        from plain import loading

        from guiju.kit import clock

        organisation = harness.found()
        plain = {"unit": organisation.unit, "owner": organisation.clerk, "at": clock.now()}
        works = {
            "governed": Work(partial(governed, content, organisation)),
            "bulk_create": Work(partial(loading.bulk_create, content, **plain)),
            "COPY": Work(partial(loading.copy, content, **plain)),
        }
        times: dict[str, list[float]] = {name: [] for name in works}
        for _turn in range(ROUNDS):
            for name, work in works.items():
                emptied(work)
                times[name].append(work.seconds)
    say(f"import of {rows:,} rows (an organisation with its contact person each), {ROUNDS} turns")
    for name, taken in times.items():
        say(f"  {name:<12}{rows / harness.percentile(taken, 0.5):>10,.0f} rows/s")
    against = harness.ratio(times["bulk_create"], times["governed"])
    say(f"  governed is {against:.2f} of bulk_create   (target {TARGET})")
    say(f"  governed is {harness.ratio(times['COPY'], times['governed']):.2f} of COPY")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else ROWS)
