"""A record is found by its id within reach, and held as it is when the wait for it ends."""

import threading
from uuid import UUID, uuid4

import pytest
from django.db import connections, transaction

from guiju.access.models import Person, Unit
from guiju.access.permissions import Permission
from guiju.access.tests.cast import NOON
from guiju.kit.errors import NotFound
from guiju.records import actions, reaching
from guiju.records.models import Customer
from guiju.records.tests.conftest import as_actor

pytestmark = pytest.mark.django_db(databases=["default", "keyring"], transaction=True)
UPDATE = Permission.CUSTOMER_UPDATE


def test_a_record_is_the_same_however_it_is_found(bo: Person, li_na: Customer) -> None:
    actor = as_actor(bo)
    expected = Customer.objects.select_related("unit", "owner").get(pk=li_na.pk)
    with transaction.atomic():
        found = [
            reaching.find(customer=li_na.pk, actor=actor),
            reaching.find_with_sealed(customer=li_na.pk, actor=actor, permission=UPDATE).record,
            reaching.find_and_lock(customer=li_na.pk, actor=actor, permission=UPDATE),
        ]
    for one in found:
        for field in Customer._meta.concrete_fields:
            assert getattr(one, field.attname) == getattr(expected, field.attname), field.name
        assert (one.unit.name, one.owner and one.owner.name) == ("Shanghai", "Bo")
        assert one.unit == expected.unit


def test_what_is_absent_and_what_is_out_of_reach_look_alike(ada: Person, li_na: Customer) -> None:
    def told(customer: UUID) -> str:
        with pytest.raises(NotFound) as refused:
            reaching.find(customer=customer, actor=as_actor(ada))
        return str(refused.value)

    assert told(li_na.pk) == told(uuid4())


@pytest.mark.parametrize("owned", [True, False])
def test_a_record_that_moved_during_the_wait_is_held_where_it_is_now(
    kai: Person, li_na: Customer, berlin: Unit, owned: bool
) -> None:
    owner = kai if owned else None
    held: list[Customer] = []

    def hold() -> None:
        with transaction.atomic():
            held.append(reaching.find_and_lock(customer=li_na.pk, actor=as_actor(kai), permission=UPDATE))
        connections.close_all()

    thread = threading.Thread(target=hold)
    with transaction.atomic():
        actions.update(
            customer=li_na.pk, changes={}, version=1, purpose="account-management", by=as_actor(kai), at=NOON,
            columns={"unit_id": berlin.pk, "owner_id": owner and owner.pk},
        )  # fmt: skip
        thread.start()
        thread.join(timeout=0.5)
        assert thread.is_alive(), "it waits for the change"
    thread.join(timeout=20)
    (record,) = held
    assert (record.version, record.unit_id, record.unit.name) == (2, berlin.pk, "Berlin")
    assert record.owner == owner
    assert record.owner is None or record.owner.name == "Kai"
