"""The worker is killed in the middle of each kind of long work: the next one takes it up, and nobody asks for that."""

import csv
import time
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from guiju.config.tests.outside import Caller
from guiju.config.tests.product import Product, installed

pytestmark = pytest.mark.xdist_group("crash-worker")  # the tests follow one file from its check to its end
ROWS, BAD_EVERY = 6_000, 500
SOON = 40.0
"""Within so many seconds the next worker is at it: half a minute, and something for a busy machine."""
UNIT, WORK = "My organisation", "account-management"
DECLARED = {"basis": "contract", "purposes": [WORK], "source": "old CRM", "region": "CN"}
IMPORT = "SELECT state, rows_done FROM records_importbatch WHERE id = %s"
EXPORT = "SELECT state, rows_done FROM records_exportbatch WHERE id = %s"


def table() -> bytes:
    lines = ["姓名,手机,邮箱"]
    for number in range(ROWS):
        mail = "no address" if number % BAD_EVERY == 7 else f"person{number}@example.com"
        lines.append(f"赵明{number},+86136{number:08},{mail}")
    return "\n".join(lines).encode()


@dataclass
class Office:
    """A running product, the program that asks it for work, and the file it works on."""

    product: Product
    program: Caller
    batch: str = ""

    def lose_the_worker(self, question: str, key: str) -> tuple[int, float]:
        """Kill the worker once some rows are done; return how many were, and how soon the work went on."""
        stands = self.product.rows
        self.product.wait_until(lambda: stands(question, key)[0][1] > 0)
        assert self.product.pid_of("worker") is not None
        self.product.kill("worker")
        began = time.monotonic()
        state, done = stands(question, key)[0]
        assert state in {"checking", "running", "reverting"}, "the work was over before the worker died"
        self.product.wait_until(lambda: stands(question, key)[0] != (state, done))
        return done, time.monotonic() - began

    def wait_for(self, question: str, key: str, state: str) -> None:
        """Wait until the work has ended so."""
        self.product.wait_until(lambda: self.product.rows(question, key)[0][0] == state)


@pytest.fixture(scope="module")
def office() -> Iterator[Office]:
    with installed(GUIJU_API_CALLS="100000") as product:
        product.up()
        product.tell("person", "add", "kai@example.org", "--role", "records-admin", "--unit", UNIT, "--name", "Kai")
        secret = product.tell("token", "create", "--person", "kai@example.org", "--purpose", WORK)["token"]
        program = Caller(product.address, secret)
        batch = program.upload("/imports", "people.csv", table()).json["id"]
        assert program.call("PUT", f"/imports/{batch}/declaration", DECLARED).status == 200
        yield Office(product, program, batch)


def test_a_check_begins_anew_and_ends(office: Office) -> None:
    assert office.program.call("POST", f"/imports/{office.batch}/check").status == 202
    _done, seconds = office.lose_the_worker(IMPORT, office.batch)
    office.wait_for(IMPORT, office.batch, "checked")
    assert seconds < SOON
    checked = "SELECT report->'check'->>'rows', report->'check'->>'quarantined' FROM records_importbatch WHERE id = %s"
    assert office.product.rows(checked, office.batch) == [(str(ROWS), str(ROWS // BAD_EVERY))]


def test_an_import_goes_on_and_no_row_is_written_twice(office: Office) -> None:
    assert office.program.call("POST", f"/imports/{office.batch}/start").status == 202
    _done, seconds = office.lose_the_worker(IMPORT, office.batch)
    office.wait_for(IMPORT, office.batch, "done")
    assert seconds < SOON
    refused = ROWS // BAD_EVERY
    counts = "SELECT rows_done, created, quarantined FROM records_importbatch WHERE id = %s"
    assert office.product.rows(counts, office.batch) == [(ROWS, ROWS - refused, refused)]
    assert office.product.rows("SELECT count(*) FROM records_customer") == [(ROWS - refused,)]
    assert office.product.rows("SELECT count(*) FROM records_quarantinedrow") == [(refused,)]


def test_an_export_begins_anew_and_its_file_is_whole(office: Office) -> None:
    asked = office.program.call("POST", "/exports", {"format": "csv", "columns": ["phones"]})
    assert asked.status == 202, asked.text
    export = asked.json["id"]
    _done, seconds = office.lose_the_worker(EXPORT, export)
    office.wait_for(EXPORT, export, "done")
    assert seconds < SOON
    content = office.program.call("GET", f"/exports/{export}/file").content.decode("utf-8-sig")
    ids = [row[0] for row in csv.reader(content.splitlines())][1:]
    assert len(ids) == len(set(ids)) == ROWS - ROWS // BAD_EVERY


def test_a_revert_goes_on_and_takes_everything_back(office: Office) -> None:
    assert office.program.call("POST", f"/imports/{office.batch}/revert").status == 202
    _done, seconds = office.lose_the_worker(IMPORT, office.batch)
    office.wait_for(IMPORT, office.batch, "reverted")
    assert seconds < SOON
    counts = "SELECT report->'revert'->>'removed' FROM records_importbatch WHERE id = %s"
    assert office.product.rows(counts, office.batch) == [(str(ROWS - ROWS // BAD_EVERY),)]


def test_no_job_is_left_and_the_ledger_verifies(office: Office) -> None:
    left = "SELECT task_name, status FROM procrastinate_jobs WHERE queue_name IN ('imports', 'exports')"
    office.product.wait_until(lambda: office.product.rows(left) == [])
    assert office.product.tell("ledger", "verify")["ok"]
