"""Recording: in the writer's transaction, with its subscribers, and nothing that a leaf cannot hold."""

import json
from collections.abc import Iterator
from uuid import UUID, uuid4

import pytest
from django.db import IntegrityError, transaction

from guiju.ledger import journal, subscriptions
from guiju.ledger.models import Entry
from guiju.ledger.tests.cast import BO, LI_NA, NOON, WANG_WEI, CustomerMet, CustomersListed, Person

pytestmark = pytest.mark.django_db


def test_what_bo_did_is_recorded_with_customer_purpose_and_outcome() -> None:
    event = CustomersListed(customers=(LI_NA, WANG_WEI), fields=("phone", "姓名"), note='a "b"\nc')
    with journal.counting() as count:
        entry = journal.record(event, by=BO, at=NOON, purpose="service", outcome=journal.Outcome.REFUSED)
    assert count.entries == 1
    stored = Entry.objects.get()
    assert stored == entry
    for name in ("at", "kind", "actor", "subjects", "purpose", "outcome", "payload", "tx"):
        assert getattr(stored, name) == getattr(entry, name)
    assert (stored.actor, stored.subjects, stored.outcome) == ("person:bo", [LI_NA, WANG_WEI], "refused")
    assert stored.payload == '{"fields":["phone","姓名"],"note":"a \\"b\\"\\nc"}'
    assert json.loads(stored.payload)["note"] == 'a "b"\nc'


@pytest.mark.parametrize("number", [3, 50])
def test_many_events_are_recorded_at_once_in_their_order(number: int) -> None:
    events = [(CustomerMet(customer=uuid4(), times=times), "service") for times in range(number)]
    with journal.counting() as outer, journal.counting():
        ids = journal.record_many(events, by=BO, at=NOON)
    assert outer.entries == number
    stored = list(Entry.objects.order_by("id"))
    assert [entry.id for entry in stored] == ids
    assert [json.loads(entry.payload)["times"] for entry in stored] == list(range(number))
    assert stored[0].subjects == [events[0][0].customer]
    assert {entry.tx for entry in stored} == {stored[0].tx}


def test_nothing_is_recorded_where_there_is_nothing_to_record() -> None:
    assert journal.record_many([], by=BO, at=NOON) == []


@pytest.fixture
def told() -> Iterator[list[tuple[UUID, int]]]:
    heard: list[tuple[UUID, int]] = []

    @subscriptions.subscribe(CustomerMet)
    def hear(*, event: CustomerMet, entry: Entry, by: Person, at: object) -> None:
        assert (by, at) == (BO, NOON)
        if event.times < 0:
            raise RuntimeError("nobody meets that often")
        heard.append((event.customer, entry.id))

    yield heard
    subscriptions._subscribers[CustomerMet].remove(hear)


def test_subscribers_hear_of_each_event_in_its_transaction(told: list[tuple[UUID, int]]) -> None:
    entry = journal.record(CustomerMet(customer=LI_NA), by=BO, at=NOON)
    ids = journal.record_many([(CustomerMet(customer=WANG_WEI), "")] * 30, by=BO, at=NOON)
    journal.record(CustomersListed(customers=()), by=BO, at=NOON)
    assert told == [(LI_NA, entry.id), *((WANG_WEI, identifier) for identifier in ids)]


@pytest.mark.django_db(transaction=True)
def test_a_subscriber_that_fails_undoes_the_entry(told: list[tuple[UUID, int]]) -> None:
    with pytest.raises(RuntimeError):
        journal.record(CustomerMet(customer=LI_NA, times=-1), by=BO, at=NOON)
    assert not told
    assert not Entry.objects.exists()


def test_an_event_that_no_leaf_can_hold_is_refused() -> None:
    for event in (
        CustomersListed(customers=(), note="x" * 65_000),
        CustomersListed(customers=(), note="姓" * 22_000),
        CustomersListed(customers=(LI_NA,) * 1_700),
    ):
        with pytest.raises(journal.TooLarge, match="65000"):
            journal.record(event, by=BO, at=NOON)


@pytest.mark.parametrize("columns", [
    {"kind": 'a","actor":"b'}, {"kind": ""}, {"actor": "a b"}, {"actor": "a\n"}, {"purpose": "a'b"}, {"outcome": "完"},
    {"payload": "[]"}, {"payload": "{"}, {"payload": '{"a":\n1}'}, {"payload": '{"a":1,"a":2}'}, {"payload": "{}x"},
    {"payload": '{"a":"' + "x" * 65_000 + '"}'}, {"at": "1969-12-31T00:00:00Z"}, {"at": "infinity"},
])  # fmt: skip
def test_the_database_itself_refuses_columns_that_would_spoil_a_leaf(columns: dict[str, str]) -> None:
    from django.db import connection  # noqa: PLC0415

    row = {"at": "2026-11-23T12:00:00Z", "kind": "a.b", "actor": "person:bo", "purpose": "", "outcome": "done",
           "payload": "{}", "subjects": "{}"} | columns  # fmt: skip
    names = ", ".join(row)
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO ledger_entry ({names}) VALUES ({', '.join(['%s'] * len(row))})",
            list(row.values()),
        )
