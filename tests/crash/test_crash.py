"""Processes are killed while an import runs: what was acknowledged stays, nothing is half written, and it goes on.

Nobody asks for that: whatever is killed, the import goes on by itself.

A short run by default. ``GUIJU_TEST_CRASH=full`` (``make crash``) imports 20,000 rows and kills ten times;
``GUIJU_TEST_CRASH_SEED`` repeats the instants of an earlier run.
"""

import csv
import io
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg
import pytest

from guiju.config.tests.outside import Caller
from guiju.config.tests.product import NAMES, Product, finish, installed

pytestmark = pytest.mark.xdist_group("crash")  # one import serves all of these tests
FULL = os.environ.get("GUIJU_TEST_CRASH") == "full"
ROWS = 20_000 if FULL else 4_000
KILLS = ["postgres", "worker", "sequencer", "web", "worker", "postgres", "web", "sequencer", "worker", "postgres"]
KILLS = KILLS if FULL else ["worker", "postgres", "sequencer"]
SEED = int(os.environ.get("GUIJU_TEST_CRASH_SEED") or random.SystemRandom().randrange(10**6))
BAD_EVERY = 400
UNIT, WORK = "My organisation", "account-management"
DECLARED = {"basis": "contract", "purposes": [WORK], "source": "old CRM", "region": "CN"}
SWEEP = """
import django; django.setup()
from datetime import timedelta
from guiju.access import actors
from guiju.kit import clock
from guiju.records.jobs import _existing
from guiju.vault import actions
event = actions.sweep_orphans(by=actors.system("keeper"), at=clock.now() + timedelta(hours=2), exists=_existing)
print(event.orphans)
"""


def phone(number: int, prefix: str = "139") -> str:
    """Return the phone of a row; nobody else has it."""
    return f"+86{prefix}{number:08}"


def table(rows: int, *, prefix: str = "139", host: str = "example.com") -> bytes:
    """Return a file of people, one row in 400 of whom has no readable e-mail address."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(["姓名", "手机", "邮箱", "职务", "备注"])
    for number in range(rows):
        mail = "no address" if number % BAD_EVERY == 7 else f"person{number}@{host}"
        writer.writerow(
            [
                f"{'赵钱孙李周吴郑王'[number % 8]}{'明华丽强'[number % 4]}{number}",
                phone(number),
                mail,
                "采购",
                f"第{number}行",
            ]
        )
    return out.getvalue().encode()


@dataclass
class Run:
    """One import in a product whose processes are killed."""

    product: Product
    batch: str
    acknowledged: int = 0
    killed: list[tuple[str, int]] = field(default_factory=list)

    def stands(self) -> tuple[str, int] | None:
        """Return the import's state and how many rows it acknowledged; None while the database does not answer."""
        try:
            state, done = self.product.rows(
                "SELECT state, rows_done FROM records_importbatch WHERE id = %s", self.batch
            )[0]
        except psycopg.OperationalError:
            return None
        assert done >= self.acknowledged, f"{self.acknowledged} rows were acknowledged, {done} are left; seed {SEED}"
        self.acknowledged = done
        return str(state), int(done)

    def kill_when(self, name: str, rows: int, chance: random.Random) -> None:
        """Kill a process some instant after ``rows`` rows were acknowledged; the next may be killed meanwhile."""
        self.carry_on(until=rows)
        self.product.wait_until(lambda: self.product.pid_of(name) is not None)
        time.sleep(chance.random() * 0.2)
        self.product.kill(name)
        self.killed.append((name, self.acknowledged))

    def carry_on(self, *, until: int) -> None:
        """Wait until so many rows are acknowledged or the import is over."""
        deadline = time.monotonic() + 600
        while time.monotonic() < deadline:
            now = self.stands()
            if now is not None and (now[1] >= until or now[0] == "done"):
                return
            time.sleep(0.02)
        raise AssertionError(f"the import stands still at {self.stands()}; seed {SEED}; {self.product.words()}")


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Run]:
    """Import a file while processes are killed, until it is done."""
    chance = random.Random(SEED)
    with installed(GUIJU_API_CALLS="100000") as product:
        product.up()
        product.tell("person", "add", "kai@example.org", "--role", "records-admin", "--unit", UNIT, "--name", "Kai")
        secret = product.tell("token", "create", "--person", "kai@example.org", "--purpose", WORK)["token"]
        program = Caller(product.address, secret)
        batch = program.upload("/imports", "people.csv", table(ROWS)).json["id"]
        assert program.call("PUT", f"/imports/{batch}/declaration", DECLARED).status == 200
        assert program.call("POST", f"/imports/{batch}/start").status == 202
        running = Run(product, batch)
        moments = sorted(chance.randrange(0, ROWS * 6 // 10) for _kill in KILLS)
        for name, rows in zip(KILLS, moments, strict=True):
            running.kill_when(name, rows, chance)
            product.wait_until(lambda: running.stands() is not None)
        running.carry_on(until=ROWS + 1)
        product.wait_until(lambda: None not in [product.pid_of(name) for name in NAMES])
        product.wait_until(product.serving)
        print(f"seed {SEED}: {running.killed}")  # noqa: T201 - shown when a test fails
        yield running


def test_the_import_went_on_to_its_end(run: Run) -> None:
    question = "SELECT state, rows, rows_done, created, quarantined FROM records_importbatch WHERE id = %s"
    refused = len(range(7, ROWS, BAD_EVERY))
    assert run.product.rows(question, run.batch) == [("done", ROWS, ROWS, ROWS - refused, refused)]
    assert len(run.killed) == len(KILLS)


def test_the_kills_fell_into_the_import(run: Run) -> None:
    assert [rows for _name, rows in run.killed if rows >= ROWS] == [], run.killed
    assert len({rows for _name, rows in run.killed}) > 1, run.killed


def test_every_row_became_one_customer_or_one_quarantined_row(run: Run) -> None:
    refused = set(range(7, ROWS, BAD_EVERY))
    count = "SELECT count(*) FROM records_customer WHERE batch_id = %s"
    assert run.product.rows(count, run.batch) == [(ROWS - len(refused),)]
    quarantined = run.product.rows(
        "SELECT row FROM records_quarantinedrow WHERE batch_id = %s ORDER BY row", run.batch
    )
    assert len(quarantined) == len(set(quarantined)) == len(refused)


def test_every_customer_has_its_contents_its_lookups_and_its_keys(run: Run) -> None:
    sealed = set(run.product.rows("SELECT customer_id, retention_class FROM records_sealed"))
    customers = {one for (one,) in run.product.rows("SELECT id FROM records_customer")}
    assert {customer for customer, _retention in sealed} == customers
    keys = set(
        run.product.rows(
            "SELECT customer_id, retention_class FROM vault_datakey WHERE wrapped IS NOT NULL", keyring=True
        )
    )
    assert sealed <= keys
    looked_up = run.product.rows(
        "SELECT count(*) FROM (SELECT customer_id FROM records_lookup GROUP BY 1 HAVING count(*) = 2) AS whole"
    )
    assert looked_up == [(len(customers),)]


def test_every_value_opens_and_is_there_once(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "all.csv"
    run.product.tell("export", str(file), "--purpose", WORK, "--clear", "--column", "phones")
    with file.open(encoding="utf-8-sig", newline="") as opened:
        cells = [row[-1] for row in csv.reader(opened)][1:]
    digits = sorted("".join(sign for sign in cell if sign.isdigit())[-11:] for cell in cells)
    refused = set(range(7, ROWS, BAD_EVERY))
    assert digits == sorted(phone(number)[3:] for number in range(ROWS) if number not in refused)


def test_the_ledger_says_of_every_customer_once_that_it_was_imported(run: Run) -> None:
    told = run.product.rows(
        "SELECT unnest(subjects), count(*) FROM ledger_entry WHERE kind = 'records.customers.imported' GROUP BY 1"
    )
    customers = {one for (one,) in run.product.rows("SELECT id FROM records_customer")}
    assert {customer for customer, _times in told} == customers
    assert [customer for customer, times in told if times != 1] == []


def test_the_ledger_verifies(run: Run) -> None:
    said: dict[str, Any] = {}

    def sealed() -> bool:
        said.update(run.product.tell("ledger", "verify"))
        return bool(said["pending"] == 0)

    run.product.wait_until(sealed)
    assert said["ok"], said


def test_the_keys_of_customers_that_never_came_to_be_are_swept(run: Run) -> None:
    live = "SELECT count(*) FROM vault_datakey WHERE wrapped IS NOT NULL AND retention_class <> 'import'"
    (before,) = run.product.rows(live, keyring=True)[0]
    (needed,) = run.product.rows("SELECT count(*) FROM records_sealed")[0]
    variables = run.product.variables | {"DJANGO_SETTINGS_MODULE": "guiju.config.settings"}
    done = subprocess.run([sys.executable, "-c", SWEEP], env=variables, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) == before - needed
    assert run.product.rows(live, keyring=True) == [(needed,)]


def test_an_import_killed_at_the_command_line_is_resumed_there(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "more.csv"
    file.write_bytes(table(ROWS, prefix="137", host="example.net"))
    command = run.product.begin(
        "import", str(file), "--basis", "contract", "--purpose", WORK, "--source", "old CRM", "--region", "CN"
    )
    newest = "SELECT id, rows_done FROM records_importbatch WHERE actor LIKE 'operator:%%' ORDER BY id DESC LIMIT 1"
    run.product.wait_until(lambda: bool(run.product.rows(newest)) and run.product.rows(newest)[0][1] > 0)
    os.killpg(command.pid, signal.SIGKILL)
    assert finish(command).code == -signal.SIGKILL
    batch, done = run.product.rows(newest)[0]

    said = run.product.tell("imports", "resume", str(batch))

    assert said["state"] == "done"
    assert said["rows"] == said["created"] + said["quarantined"] > done
    assert run.product.tell("ledger", "verify")["ok"]
