"""Programs may send a write again, and two programs may write at once: nothing is kept twice, nothing is lost."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.db import connections

from guiju.access.models import Person, RepeatableCall
from guiju.ledger.models import Entry
from guiju.records.models import Customer, Note
from guiju.records.tests.program import Program, program_of
from guiju.records.tests.test_api_customers import ZHANG

pytestmark = pytest.mark.django_db(databases=["default", "keyring"], transaction=True)


def at_once(number: int, call: Any) -> list[Any]:
    def alone(which: int) -> Any:
        try:
            return call(which)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(number) as pool:
        return list(pool.map(alone, range(number)))


def fresh(program: Program) -> Program:
    return Program(program.secret)


def test_the_same_key_and_body_get_the_first_answer_again(bo: Person) -> None:
    program = program_of(bo)
    first = program.post("/customers", ZHANG, Idempotency_Key="order-1")
    again = program.post("/customers", ZHANG, Idempotency_Key="order-1")
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json() == again.json()
    assert (first["Idempotency-Replayed"], again["Idempotency-Replayed"]) == ("false", "true")
    assert first["Location"] == again["Location"]
    assert Customer.objects.count() == 1
    assert Entry.objects.filter(kind="access.call.repeated").count() == 1


def test_another_body_under_the_same_key_is_refused(bo: Person) -> None:
    program = program_of(bo)
    program.post("/customers", ZHANG, Idempotency_Key="order-1")
    other = program.post("/customers", {**ZHANG, "source": "fair"}, Idempotency_Key="order-1")
    assert other.status_code == 422
    assert other.json()["code"] == "idempotency-key-reused"
    assert program_of(bo).post("/customers", ZHANG, Idempotency_Key="order-1").status_code == 201
    assert Customer.objects.count() == 2


def test_a_refused_write_leaves_its_key_free(bo: Person) -> None:
    program = program_of(bo)
    assert program.post("/customers", {**ZHANG, "source": " "}, Idempotency_Key="k").status_code == 422
    assert program.post("/customers", ZHANG, Idempotency_Key="k").status_code == 201
    assert program.post("/customers", ZHANG, Idempotency_Key="k" * 256).status_code == 422


def test_nothing_readable_is_kept_of_a_repeatable_write_and_it_is_forgotten_after_a_day(bo: Person) -> None:
    program = program_of(bo)
    made = program.post("/customers", ZHANG, Idempotency_Key="zhang.wei@example.com").json()
    kept = RepeatableCall.objects.get()
    assert str(kept.made) == made["id"]
    assert b"zhang" not in bytes(kept.key) + bytes(kept.body)
    assert len(bytes(kept.key)) == len(bytes(kept.body)) == 32
    RepeatableCall.objects.update(at=kept.at - timedelta(days=2))
    again = program.post("/customers", ZHANG, Idempotency_Key="zhang.wei@example.com")
    assert again.json()["id"] != made["id"]


def test_eight_at_once_with_one_key_keep_one_customer(bo: Person) -> None:
    program = program_of(bo)
    answers = at_once(8, lambda _which: fresh(program).post("/customers", ZHANG, Idempotency_Key="order-1"))
    assert {one.status_code for one in answers} == {201}
    assert len({one.json()["id"] for one in answers}) == 1
    assert Customer.objects.count() == 1


def test_notes_are_repeatable_too(bo: Person) -> None:
    program = program_of(bo)
    path = f"/customers/{program.post('/customers', ZHANG).json()['id']}/notes"
    ids = {program.post(path, {"text": "Call back."}, Idempotency_Key="n").json()["id"] for _time in range(3)}
    assert len(ids) == 1
    assert Note.objects.count() == 1


def test_of_six_changes_to_one_version_one_is_made_and_the_others_hear_that_it_changed(bo: Person) -> None:
    program = program_of(bo)
    path = f"/customers/{program.post('/customers', ZHANG).json()['id']}"

    def change(which: int) -> Any:
        return fresh(program).patch(path, {"values": {"job-title": f"Title {which}"}}, If_Match='"1"')

    statuses = sorted(one.status_code for one in at_once(6, change))
    assert statuses == [200, 412, 412, 412, 412, 412]
    read = program.get(path)
    assert read["ETag"] == '"2"'
    assert len(program.get(f"{path}/history").json()["items"]) == 1
