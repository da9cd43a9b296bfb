"""Nobody finds out, value by value, whom other units know."""

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from pytest_django import Settings

from guiju.access.door import together
from guiju.access.models import Person, Unit
from guiju.access.tests.cast import NOON, add, sign_in
from guiju.kit.errors import Refused
from guiju.ledger.models import Entry
from guiju.records import actions, taken, writing
from guiju.records.gate import actions as gate
from guiju.records.models import Customer, Duplicates, ImportState, QuarantinedRow
from guiju.records.tests.browsing import PLAIN_STATIC, text_of
from guiju.records.tests.conftest import as_actor, open_record
from guiju.records.tests.program import program_of
from guiju.records.tests.test_gate import imported

WORK = "account-management"
LI_NAS = "11010519491231002X"
FREE = ["110105194912310038", "110105194912310011"]
pytestmark = pytest.mark.django_db(databases=["default", "keyring"], transaction=True)


def probes() -> list[dict[str, Any]]:
    found = Entry.objects.filter(kind="records.value.taken").order_by("id")
    assert LI_NAS not in "".join(entry.payload for entry in found)
    assert not any(entry.subjects for entry in found), "it leads to no record"
    return [json.loads(entry.payload) | {"outcome": entry.outcome} for entry in found]


def test_a_value_of_a_customer_out_of_reach_is_refused_without_telling_whose_and_on_record(
    ada: Person, berlin: Unit, li_na: Customer
) -> None:
    with pytest.raises(taken.NotAccepted) as refusal:
        open_record(as_actor(ada), berlin)
    said = [str(refusal.value), *(f"{one.field} {one.message} {one.remedy}" for one in refusal.value.problems)]
    assert "resident-id" in said[1]
    assert not any(word in text for text in said for word in ("customer", str(li_na.pk), "Shanghai", LI_NAS))
    assert Customer.objects.count() == 1
    (probe,) = probes()
    assert (probe["fields"], probe["count"], probe["outcome"]) == (["resident-id"], 1, "refused")


def test_one_door_inside_another_records_a_refusal_once(ada: Person, berlin: Unit, li_na: Customer) -> None:
    by = as_actor(ada)
    outer = together(by=by, at=NOON, purpose=WORK)
    with CaptureQueriesContext(connection) as asked, pytest.raises(taken.NotAccepted), outer:
        open_record(by, berlin)
    assert len(probes()) == 1
    assert len([one for one in asked.captured_queries if "INSERT INTO ledger_entry" in one["sql"]]) == 1
    with pytest.raises(taken.NotAccepted):
        open_record(by, berlin)
    assert len(probes()) == 2, "the next one stands by itself"


def test_within_reach_the_refusal_still_helps(bo: Person, shanghai: Unit, li_na: Customer) -> None:
    with pytest.raises(writing.Duplicate):
        open_record(as_actor(bo), shanghai)
    assert probes() == []


def test_changing_a_record_is_no_way_around(ada: Person, berlin: Unit, li_na: Customer) -> None:
    own = open_record(as_actor(add("Kim", "records-admin", unit=berlin)), berlin, **{"resident-id": None})
    kim = Person.objects.get(name="Kim")
    own.refresh_from_db()
    with pytest.raises(taken.NotAccepted):
        actions.update(
            customer=own.pk,
            changes={"resident-id": LI_NAS},
            version=1,
            purpose="legal",
            by=as_actor(kim),
            at=NOON,
        )
    assert len(probes()) == 1


def test_neither_the_page_nor_a_program_changes_a_record_without_a_trace(
    berlin: Unit, li_na: Customer, settings: Settings
) -> None:
    settings.STORAGES = PLAIN_STATIC
    kim = add("Kim", "records-admin", unit=berlin)
    own = open_record(as_actor(kim), berlin, **{"resident-id": None})
    form = {"version": "1", "f-resident-id-here": "1", "f-resident-id": LI_NAS}
    desk = sign_in(kim)
    desk.post(reverse("access:purpose"), {"purpose": "legal", "next": "/"})

    page = desk.post(reverse("records:customer_edit_field", args=[own.pk, "resident-id"]), form)
    assert page.status_code == 422
    assert "This value cannot be kept here" in text_of(page)
    change = {"values": {"resident-id": LI_NAS}}
    answer = program_of(kim, "legal").patch(f"/customers/{own.pk}", change, If_Match='"1"')
    assert answer.status_code == 409

    assert [(one["fields"], one["count"]) for one in probes()] == [(["resident-id"], 1)] * 2


def tried(by: Person, unit: Unit, at: Any = None) -> Iterator[type[Refused]]:
    """Try Li Na's number again and again, and say how each try was refused."""
    for _number in range(taken.MOST + 2):
        with pytest.raises(Refused) as refusal:
            open_record(as_actor(by), unit)
        yield type(refusal.value)


def test_after_five_refusals_no_identifier_at_all_is_taken_for_a_day(
    ada: Person, berlin: Unit, li_na: Customer, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert list(tried(ada, berlin)) == [taken.NotAccepted] * taken.MOST + [taken.TooOften] * 2
    with pytest.raises(taken.TooOften):
        open_record(as_actor(ada), berlin, **{"resident-id": FREE[0]})
    assert open_record(as_actor(ada), berlin, **{"resident-id": None})
    taken.check(by=as_actor(ada), at=NOON + taken.WITHIN + timedelta(seconds=1))
    assert len(probes()) == taken.MOST


def test_another_token_begins_no_new_count_and_a_repeated_call_hides_none(
    ada: Person, berlin: Unit, li_na: Customer
) -> None:
    body = {
        "kind": "person",
        "values": {"person-name": {"full": "李娜"}, "resident-id": LI_NAS},
        "basis": "contract",
        "purposes": [WORK],
        "source": "counter",
        "unit": berlin.pk,
    }
    answers = []
    for number in range(taken.MOST + 1):
        answer = program_of(ada, WORK).post("/customers", body, Idempotency_Key=f"n{number}")
        answers.append((answer.status_code, answer.json()["type"].rpartition("/")[2]))
    assert answers == [(409, "not-accepted")] * taken.MOST + [(429, "too-many-refusals")]
    assert len(probes()) == taken.MOST


def test_the_page_says_no_more(ada: Person, berlin: Unit, li_na: Customer, settings: Settings) -> None:
    settings.STORAGES = PLAIN_STATIC
    with pytest.raises(taken.NotAccepted):
        open_record(as_actor(ada), berlin)
    today = text_of(sign_in(add("Max", "compliance-officer", unit=berlin.parent)).get("/ledger/"))
    assert "brought values of customers out of reach, 1 in all" in today


CONTENT = "姓名,身份证号\n李娜,11010519491231002X\n王芳,110105194912310038\n".encode()


@pytest.mark.parametrize("duplicates", list(Duplicates))
def test_an_import_refuses_such_a_row_the_same_way_and_counts(
    duplicates: Duplicates, berlin: Unit, li_na: Customer
) -> None:
    shop = add("Shop", "service-account", unit=berlin)
    done = imported(shop, berlin, CONTENT, duplicates=duplicates)
    row = QuarantinedRow.objects.get(batch=done)
    assert [one["rule"] for one in row.problems] == ["identifier-refused"]
    assert row.customer_id == li_na.pk, "known to the product, so that erasing her reaches the row"
    (probe,) = probes()
    assert (probe["fields"], probe["count"], probe["batch"]) == (["resident-id"], 1, str(done.pk))


def test_an_import_of_guesses_goes_no_further(berlin: Unit, li_na: Customer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gate, "MOST_MET", 0)
    monkeypatch.setattr("guiju.records.gate.running.STRETCH", 1)
    done = imported(add("Shop", "service-account", unit=berlin), berlin, CONTENT)
    assert (done.state, done.report["failure"], done.rows_done) == (ImportState.FAILED, "too-many-refusals", 1)
