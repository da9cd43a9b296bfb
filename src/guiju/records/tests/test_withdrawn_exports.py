"""A file that left somebody's reach: it stops, is held back or is destroyed, and the ledger says why."""

import threading
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import connections, transaction
from pytest_django import Settings

from guiju.access import actions as access
from guiju.access import actors
from guiju.access.models import Grant, Person, Token, Unit
from guiju.access.tests.cast import NOON, OPERATOR, add, sign_in
from guiju.kit import clock
from guiju.kit.errors import Invalid, NotPermitted
from guiju.ledger.models import Entry
from guiju.records import actions as records
from guiju.records import alone, storing
from guiju.records.exports import actions, running
from guiju.records.finding import Filters
from guiju.records.models import Customer, ExportBatch, ExportedCustomer, ExportState
from guiju.records.tests.browsing import PLAIN_STATIC, text_of
from guiju.records.tests.conftest import as_actor, open_record
from guiju.records.tests.program import program_of
from guiju.vault import files

WORK = "account-management"
pytestmark = [
    pytest.mark.django_db(databases=["default", "keyring"], transaction=True),
    pytest.mark.usefixtures("own_files"),
]
KEEPER = actors.system("keeper")


@pytest.fixture(autouse=True)
def _plain_assets(settings: Settings) -> None:
    settings.STORAGES = PLAIN_STATIC


def asked(by: Person, *, clear: bool = False, purpose: str = WORK, **how: Any) -> ExportBatch:
    columns = how.pop("columns", ["person-name", "phones"])
    now = clock.now()
    return actions.start(
        format="csv", columns=columns, filters=Filters(), clear=clear, purpose=purpose, by=as_actor(by), at=now, **how
    )


def finished(by: Person, **how: Any) -> ExportBatch:
    done = running.run(asked(by, **how).pk)
    assert done.state == ExportState.DONE
    assert files.exists(done.pk)
    return done


def erase(customer: Customer, by: Person) -> None:
    records.erase(customer=customer.pk, reason="request", purpose=WORK, by=as_actor(by), at=NOON)


def demote(person: Person, *roles: str, unit: Unit | None = None) -> None:
    """Take all roles and give others."""
    for grant in Grant.objects.filter(person=person, revoked_at=None):
        access.revoke_role(grant=grant, by=OPERATOR, at=NOON)
    for role in roles:
        access.grant_role(person=person, role=role, unit=unit or person.unit, by=OPERATOR, at=NOON)


def withdrawn(one: ExportBatch) -> str:
    """Say why an export was withdrawn; its file and its list of customers are gone."""
    one.refresh_from_db()
    assert one.state == ExportState.WITHDRAWN
    assert not files.exists(one.pk)
    assert not ExportedCustomer.objects.filter(export=one).exists()
    entry = Entry.objects.get(kind="records.export.withdrawn", payload__contains=str(one.pk))
    assert f'"reason":"{one.ending}"' in entry.payload
    return one.ending


def test_erasing_a_customer_destroys_every_file_that_holds_them(
    bo: Person, mei: Person, kai: Person, li_na: Customer, shanghai: Unit
) -> None:
    other = open_record(as_actor(bo), shanghai, **{"resident-id": None})
    bos, meis = finished(bo), finished(mei)
    ended = running.run(asked(bo, columns=["phones"]).pk)
    actions.expire(export=ended.pk, by=KEEPER, at=ended.expires_at)
    erase(li_na, kai)
    assert withdrawn(bos) == withdrawn(meis) == "customer-erased"
    assert Entry.objects.filter(kind="records.export.withdrawn", subjects=[li_na.pk]).count() == 2
    desk = sign_in(bo)
    page = text_of(desk.get(f"/exports/{bos.pk}/"))
    assert "The export was withdrawn and its file is destroyed" in page
    assert "a customer in it was erased" in page
    assert desk.post(f"/exports/{bos.pk}/take/").status_code == 410
    assert Customer.objects.get(pk=other.pk).state == "active"
    assert finished(bo).rows == 1


def test_a_file_without_the_customer_stays(
    bo: Person, ada: Person, kai: Person, li_na: Customer, berlin: Unit
) -> None:
    open_record(as_actor(ada), berlin, **{"resident-id": None})
    adas = finished(ada)
    erase(li_na, kai)
    adas.refresh_from_db()
    assert (adas.state, files.exists(adas.pk)) == (ExportState.DONE, True)


def test_erasing_stops_an_export_that_is_being_written(bo: Person, kai: Person, li_na: Customer) -> None:
    one = asked(bo)
    ended = running.run(one.pk, tell=lambda _batch: erase(li_na, kai))
    assert ended.state == ExportState.WITHDRAWN
    assert withdrawn(one) == "customer-erased"


def test_an_export_waits_for_an_erasure_under_way_and_then_holds_nothing_of_the_customer(
    bo: Person, kai: Person, li_na: Customer
) -> None:
    one = asked(bo, clear=True)
    ended: list[ExportBatch] = []

    def export() -> None:
        ended.append(running.run(one.pk))
        connections.close_all()

    thread = threading.Thread(target=export)
    with transaction.atomic():
        erase(li_na, kai)
        thread.start()
        thread.join(timeout=1)
        assert thread.is_alive(), "it waits before it opens a value"
    thread.join(timeout=20)
    (done,) = ended
    if done.state == ExportState.DONE:
        with files.reader(done.pk) as file:
            content = file.read().decode("utf-8-sig")
        assert str(li_na.pk) not in content


def test_a_restricted_customer_holds_the_file_back_until_the_restriction_ends(bo: Person, li_na: Customer) -> None:
    one = finished(bo)
    restricted = {"state": "restricted"}
    records.update(
        customer=li_na.pk, changes={}, columns=restricted, version=1, purpose=WORK, by=as_actor(bo), at=NOON
    )
    with pytest.raises(actions.NoLonger):
        actions.take(export=one.pk, by=as_actor(bo), at=NOON)
    page = text_of(sign_in(bo).get(f"/exports/{one.pk}/"))
    assert "The file is held back" in page
    assert "Download" not in page
    Customer.objects.filter(pk=li_na.pk).update(state="active")
    assert actions.take(export=one.pk, by=as_actor(bo), at=NOON) == one


def test_whoever_lost_the_reach_takes_no_file_of_before(bo: Person, berlin: Unit, li_na: Customer) -> None:
    one = finished(bo)
    demote(bo, "sales", unit=berlin)
    assert sign_in(bo).post(f"/exports/{one.pk}/take/").status_code == 403
    assert not Entry.objects.filter(kind="records.export.taken").exists()


def test_whoever_sees_less_by_now_takes_no_file_of_before(mei: Person, li_na: Customer) -> None:
    one = finished(mei, clear=True, purpose="complaint-handling", columns=["resident-id", "phones"], reason="duty")
    assert one.seen == {"resident-id": "clear", "phones": "clear"}
    assert actions.take(export=one.pk, by=as_actor(mei), at=NOON) == one
    demote(mei, "manager")
    with pytest.raises(actions.NoLonger):
        actions.take(export=one.pk, by=as_actor(mei), at=NOON)


@pytest.mark.parametrize("how", ["deactivated", "role lost"])
def test_an_export_of_somebody_who_may_no_longer_stops_before_it_opens_anything(
    how: str, bo: Person, li_na: Customer
) -> None:
    one = asked(bo)
    if how == "deactivated":
        Person.objects.filter(pk=bo.pk).update(is_active=False)
    else:
        demote(bo, "service")
    assert running.run(one.pk).state == ExportState.WITHDRAWN
    assert withdrawn(one) == "no-longer-allowed"
    assert not Entry.objects.filter(kind="records.customers.exported").exists()


def test_an_export_stops_at_the_page_after_the_right_is_lost(
    bo: Person, shanghai: Unit, li_na: Customer, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_record(as_actor(bo), shanghai, **{"resident-id": None})
    monkeypatch.setattr(running, "PAGE", 1)
    one = asked(bo)
    running.run(one.pk, tell=lambda batch: demote(bo, "service") if batch.rows_done == 1 else None)
    assert withdrawn(one) == "no-longer-allowed"
    assert Entry.objects.filter(kind="records.customers.exported").count() == 1


def test_an_export_whose_first_pages_went_out_of_reach_ends_without_a_file(
    bo: Person, berlin: Unit, li_na: Customer
) -> None:
    one = asked(bo)
    running.run(one.pk, tell=lambda _batch: demote(bo, "sales", unit=berlin))
    assert withdrawn(one) == "no-longer-allowed"


def test_a_program_whose_token_was_revoked_gets_nothing_and_never_the_rights_of_the_operator(
    kai: Person, li_na: Customer
) -> None:
    program = program_of(kai)
    begun = program.post("/exports", {"columns": ["person-name"]})
    one = ExportBatch.objects.get(pk=begun.json()["id"])
    assert one.actor.startswith("token:")
    access.revoke_token(token=Token.objects.get(), by=as_actor(kai), at=clock.now())
    running.run(one.pk)
    assert withdrawn(one) == "no-longer-allowed"


def test_the_files_of_somebody_who_left_are_destroyed_within_the_hour(bo: Person, li_na: Customer) -> None:
    one = finished(bo)
    storing.sweep(by=KEEPER, at=clock.now())
    assert files.exists(one.pk)
    Person.objects.filter(pk=bo.pk).update(is_active=False)
    storing.sweep(by=KEEPER, at=clock.now())
    assert withdrawn(one) == "no-longer-allowed"


def test_a_list_of_customers_is_forgotten_with_the_file(bo: Person, li_na: Customer) -> None:
    one = finished(bo)
    files.delete(one.pk)
    assert ExportedCustomer.objects.filter(export=one).exists()
    storing.sweep(by=KEEPER, at=one.expires_at + timedelta(minutes=1))
    assert not ExportedCustomer.objects.exists()


def test_only_the_role_that_exports_counts(bo: Person, shanghai: Unit, li_na: Customer) -> None:
    """Service reveals and works on complaints, but it is not service that lets Bo export."""
    access.grant_role(person=bo, role="service", unit=shanghai, by=OPERATOR, at=NOON)
    with pytest.raises(Invalid) as refusal:
        asked(bo, purpose="complaint-handling")
    assert [one.field for one in refusal.value.problems] == ["purpose"]
    auditor = add("Ren", "auditor", unit=shanghai)
    with pytest.raises(NotPermitted):
        asked(auditor)


def test_an_export_that_died_is_given_up_after_an_hour_and_says_so(bo: Person, li_na: Customer) -> None:
    waiting, dead = asked(bo), asked(bo, inline=True)
    begun = actions.put_in(export=dead.pk, customers=(li_na.pk,), by=as_actor(bo), at=clock.now())
    assert begun
    storing.sweep(by=KEEPER, at=dead.started_at + storing.DEAD - timedelta(seconds=1))
    dead.refresh_from_db()
    assert dead.state == ExportState.RUNNING
    with alone.alone(dead.pk):
        storing.sweep(by=KEEPER, at=dead.started_at + storing.DEAD)
    dead.refresh_from_db()
    assert dead.state == ExportState.RUNNING, "somebody writes it"
    storing.sweep(by=KEEPER, at=dead.started_at + storing.DEAD)
    assert withdrawn(dead) == "died"
    assert "it broke off while it was written" in text_of(sign_in(bo).get(f"/exports/{dead.pk}/"))
    waiting.refresh_from_db()
    assert waiting.state == ExportState.RUNNING, "a job waits for it"


def test_an_export_that_ends_while_the_dead_are_looked_for_keeps_its_file(
    bo: Person, li_na: Customer, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = asked(bo, inline=True)
    looked = running.is_at_work

    def ends_meanwhile(export: UUID) -> bool:
        running.run(export)
        return looked(export)

    monkeypatch.setattr(running, "is_at_work", ends_meanwhile)
    storing.sweep(by=KEEPER, at=one.started_at + storing.DEAD)
    one.refresh_from_db()
    assert (one.state, files.exists(one.pk)) == (ExportState.DONE, True)
