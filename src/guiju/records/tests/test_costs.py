"""How many statements a request sends to both databases: the same however many customers there are."""

from collections.abc import Callable
from contextlib import ExitStack

import pytest
from django.db import connections
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from guiju.access.models import Person, Unit
from guiju.access.tests.cast import NOON, sign_in
from guiju.records import queries
from guiju.records.finding import Filters
from guiju.records.models import Customer
from guiju.records.tests.browsing import HTMX, PLAIN_STATIC, page_of
from guiju.records.tests.conftest import as_actor, open_record
from guiju.records.tests.program import program_of

LOOKUP_KEYS = 2
"""Inside the tests' transaction the lookup keys are read again by whoever needs them; else once for each process."""

pytestmark = pytest.mark.django_db(databases=["default", "keyring"])


@pytest.fixture(autouse=True)
def _static(settings: pytest.FixtureRequest) -> None:
    settings.STORAGES = PLAIN_STATIC  # type: ignore[attr-defined]


@pytest.fixture
def bos(bo: Person) -> Client:
    """Bo at his desk."""
    return sign_in(bo)


def statements(work: Callable[[], object]) -> int:
    """Return how many statements ``work`` sends, marks of transactions left out."""
    with ExitStack() as stack:
        captured = [stack.enter_context(CaptureQueriesContext(connections[name])) for name in connections]
        work()
    marks = ("SAVEPOINT", "RELEASE", "BEGIN", "COMMIT")
    return sum(not query["sql"].startswith(marks) for one in captured for query in one.captured_queries)


def more(bo: Person, unit: Unit, count: int) -> None:
    for number in range(count):
        open_record(as_actor(bo), unit, **{"resident-id": None, "emails": [{"address": f"li{number}@example.com"}]})


@pytest.mark.parametrize("text", ["", "李娜", "lina", "13800138000", "li.na@example.com"])
def test_a_page_of_the_list_costs_the_same_for_one_customer_and_for_twenty(
    text: str, bo: Person, shanghai: Unit, li_na: Customer
) -> None:
    def page() -> object:
        filters = Filters(text=text)
        return queries.listing(
            actor=actor, purpose="account-management", at=NOON, filters=filters, columns=["phones", "emails"]
        )

    actor = as_actor(bo)
    few = statements(page)
    assert few == 4 if not text else few <= 4 + LOOKUP_KEYS
    more(bo, shanghai, 20)
    assert statements(page) == few


def test_the_customers_page_costs_six_statements(bos: Client, li_na: Customer) -> None:
    bos.get(page_of(li_na))
    assert statements(lambda: bos.get(page_of(li_na))) == 6


def test_the_list_of_the_browser_costs_the_same_for_one_customer_and_for_twenty(
    bos: Client, bo: Person, shanghai: Unit, li_na: Customer
) -> None:
    bos.get("/customers/")
    few = statements(lambda: bos.get("/customers/"))
    more(bo, shanghai, 20)
    assert statements(lambda: bos.get("/customers/")) == few


def test_saving_a_phone_in_its_place_costs_ten_statements(bos: Client, li_na: Customer) -> None:
    address = reverse("records:customer_edit_field", args=[li_na.pk, "phones"])

    def save(number: str, *, version: int) -> None:
        form = {"f-phones-here": "1", "f-phones-rows": "1", "f-phones-0-value": number, "f-phones-primary": "0"}
        answer = bos.post(address, {**form, "version": version}, headers=HTMX)
        assert answer.status_code == 200

    save("13900139000", version=1)
    assert statements(lambda: save("13900139001", version=2)) == 9 + LOOKUP_KEYS // 2


def test_reading_and_changing_through_the_api_costs_five_and_eight_statements(bo: Person, li_na: Customer) -> None:
    program, path = program_of(bo), f"/customers/{li_na.pk}"

    def change(number: str, *, version: int) -> None:
        answer = program.patch(path, {"values": {"phones": [number]}}, If_Match=f'"{version}"')
        assert answer.status_code == 200, answer.content

    assert program.get(path).status_code == 200
    assert statements(lambda: program.get(path)) == 5
    change("13900139000", version=1)
    assert statements(lambda: change("13900139001", version=2)) == 8 + LOOKUP_KEYS // 2
