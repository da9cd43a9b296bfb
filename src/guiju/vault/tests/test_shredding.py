"""Destroying a key destroys the contents; a crash at any instant leaves either nothing done or everything finished."""

import threading
from collections.abc import Callable, Collection
from datetime import datetime, timedelta
from uuid import UUID

import pytest
from django.db import connections, transaction

from guiju.access.actors import GUEST, Actor
from guiju.kit.errors import NotPermitted
from guiju.kit.ids import uuid7
from guiju.ledger.models import Entry
from guiju.vault import actions, database, keyring, orders, sealing
from guiju.vault.events import KeyringSwept, KeysShredded, NothingToShred, ShredOrdered
from guiju.vault.keyring import ERASED
from guiju.vault.models import DataKey
from guiju.vault.sealing import Dek
from guiju.vault.tests.cast import ANA, HOUSEKEEPING, LATER, LI_NA, NOON, OPERATOR

pytestmark = pytest.mark.django_db(databases=["default", "keyring"], transaction=True)

CORE = (LI_NA, "core")
MARKETING = (LI_NA, "marketing")


class PowerCut(BaseException):
    """The process ends here."""


@pytest.fixture(autouse=True)
def li_na_has_two_keys() -> None:
    keyring.create_many([CORE, MARKETING, (ANA, "core")], at=NOON)


def kinds() -> list[str]:
    return list(Entry.objects.order_by("id").values_list("kind", flat=True))


def readable(*pair: object) -> bool:
    customer, retention_class = pair
    assert isinstance(customer, UUID)
    assert isinstance(retention_class, str)
    return keyring.open_many([(customer, retention_class)]).dek(customer, retention_class) is not ERASED


def shred_core() -> tuple[str, ...]:
    return actions.shred(customer=LI_NA, retention_class="core", by=OPERATOR, at=NOON)


def sweep(existing: tuple[UUID, ...] = (LI_NA, ANA)) -> KeyringSwept:
    return actions.sweep_orphans(by=HOUSEKEEPING, at=LATER, exists=lambda ids: set(ids) & set(existing))


def test_marketing_data_die_while_the_rest_lives() -> None:
    dek = keyring.open_many([MARKETING]).dek(*MARKETING)
    assert isinstance(dek, Dek)
    ciphertext = sealing.seal(dek, customer=LI_NA, field="wishes", version=1, plaintext=b"tea")

    actions.shred(customer=LI_NA, retention_class="marketing", by=OPERATOR, at=NOON)

    opened = keyring.open_many([MARKETING, CORE])
    assert opened.open(*MARKETING, field="wishes", version=1, ciphertext=ciphertext) is ERASED
    assert opened.dek(*CORE) is not ERASED


def test_what_is_left_of_a_key_is_its_tombstone() -> None:
    assert shred_core() == ("core",)
    stone = DataKey.objects.get(customer_id=LI_NA, retention_class="core")
    assert (stone.wrapped, stone.shredded_at, stone.shred_order) == (None, NOON, None)


def test_the_ledger_holds_the_order_and_the_report_for_the_customer() -> None:
    shred_core()
    ordered, done = Entry.objects.order_by("id")
    assert (ordered.kind, done.kind) == (ShredOrdered.kind, KeysShredded.kind)
    assert ordered.subjects == done.subjects == [LI_NA]
    assert '"classes":["core"]' in ordered.payload


def test_shredding_all_keys_of_a_customer_leaves_the_others_alone() -> None:
    assert actions.shred_all(customer=LI_NA, by=OPERATOR, at=NOON) == ("core", "marketing")
    assert not readable(*CORE)
    assert not readable(*MARKETING)
    assert readable(ANA, "core")


def test_an_import_that_is_taken_back_loses_its_keys_in_few_orders(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(actions, "PER_ORDER", 2)
    many = [uuid7() for _ in range(5)]
    keyring.create_many([(customer, "core") for customer in many], at=NOON)
    assert actions.shred_many(customers=many, by=OPERATOR, at=NOON) == ("core",)
    assert not any(readable(customer, "core") for customer in many)
    assert kinds().count(ShredOrdered.kind) == 3
    assert readable(*CORE)


def test_a_second_order_finds_nothing_left_and_says_so() -> None:
    shred_core()
    assert shred_core() == ()
    assert kinds()[-1] == NothingToShred.kind


def test_two_orders_in_one_transaction_are_both_carried_out_when_it_commits() -> None:
    with transaction.atomic():
        shred_core()
        actions.shred_all(customer=LI_NA, by=OPERATOR, at=NOON)
        assert DataKey.objects.filter(wrapped=None).count() == 0
        assert not readable(*CORE)
    assert not readable(*CORE)
    assert not readable(*MARKETING)
    assert DataKey.objects.filter(wrapped=None).count() == 2


def test_a_guest_may_not_shred_and_nothing_happens() -> None:
    for attempt in (
        lambda: actions.shred(customer=LI_NA, retention_class="core", by=GUEST, at=NOON),
        lambda: actions.shred_all(customer=LI_NA, by=GUEST, at=NOON),
        lambda: actions.shred_many(customers=[LI_NA], by=GUEST, at=NOON),
        lambda: actions.sweep_orphans(by=GUEST, at=NOON, exists=set),
    ):
        with pytest.raises(NotPermitted):
            attempt()
    assert readable(*CORE)
    assert kinds() == []


def test_an_order_that_is_rolled_back_leaves_the_customer_readable_and_is_withdrawn() -> None:
    class LaterRefusal(Exception):
        pass

    def erase() -> None:
        with transaction.atomic():
            shred_core()
            raise LaterRefusal

    with pytest.raises(LaterRefusal):
        erase()
    assert readable(*CORE)
    assert kinds() == []
    assert sweep().released == 1
    assert readable(*CORE)
    assert orders.unfinished() == []


CRASHES: list[tuple[str, str]] = [
    ("before the mark", "mark"),
    ("before the destruction", "carry_out"),
    ("before the report", "_recorded"),
    ("before the mark is removed", "release"),
]


@pytest.mark.parametrize(("moment", "step"), CRASHES, ids=[moment for moment, _ in CRASHES])
@pytest.mark.parametrize("again", [sweep, shred_core], ids=["housekeeping", "the same order again"])
def test_a_crash_at_any_step_is_finished_or_forgotten(
    moment: str, step: str, again: Callable[[], object], monkeypatch: pytest.MonkeyPatch
) -> None:
    real = getattr(orders, step)
    calls = []

    def power_cut(*args: object, **kwargs: object) -> object:
        if step == "_recorded" and args[0] != KeysShredded.kind:
            return real(*args, **kwargs)
        calls.append(step)
        raise PowerCut

    monkeypatch.setattr(orders, step, power_cut)
    with pytest.raises(PowerCut):
        shred_core()
    monkeypatch.setattr(orders, step, real)
    assert calls
    ordered = ShredOrdered.kind in kinds()
    assert readable(*CORE) is not ordered

    again()
    sweep()
    if ordered or again is shred_core:
        assert not readable(*CORE)
        assert DataKey.objects.get(customer_id=LI_NA, retention_class="core").wrapped is None
        assert kinds().count(KeysShredded.kind) == 1
    else:
        assert readable(*CORE)
    assert orders.unfinished() == []
    assert readable(*MARKETING)


def test_nobody_takes_over_an_order_that_is_being_given() -> None:
    marked, may_go_on = threading.Event(), threading.Event()

    def slowly() -> None:
        try:
            with transaction.atomic():
                shred_core()
                marked.set()
                may_go_on.wait(20)
        finally:
            connections.close_all()

    colleague = threading.Thread(target=slowly)
    colleague.start()
    try:
        assert marked.wait(20)
        with pytest.raises(actions.BeingShredded):
            shred_core()
        assert readable(*CORE)
        assert sweep() == KeyringSwept(orphans=0, finished=0, released=0)
    finally:
        may_go_on.set()
        colleague.join()
    assert not readable(*CORE)


def test_an_order_that_housekeeping_finished_first_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    real = orders.carry_out

    def overtaken(order: UUID, *, by: Actor, at: datetime) -> None:
        real(order, by=HOUSEKEEPING, at=at)
        orders.release(order)
        real(order, by=by, at=at)

    monkeypatch.setattr(orders, "carry_out", overtaken)
    shred_core()
    assert kinds() == [ShredOrdered.kind, KeysShredded.kind]
    assert not readable(*CORE)


def test_a_keyring_that_fails_after_the_order_does_not_bring_the_contents_back(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    real = orders.carry_out

    def down(*_: object, **__: object) -> None:
        raise database.KeyringDown

    monkeypatch.setattr(orders, "carry_out", down)
    shred_core()
    monkeypatch.setattr(orders, "carry_out", real)
    assert "on_commit" in caplog.text
    assert not readable(*CORE)
    assert sweep().finished == 1
    assert DataKey.objects.get(customer_id=LI_NA, retention_class="core").wrapped is None


def test_keys_whose_customer_never_came_to_be_are_destroyed_after_an_hour() -> None:
    assert sweep(existing=(LI_NA,)).orphans == 1
    assert not readable(ANA, "core")
    assert readable(*CORE)
    assert kinds() == [KeyringSwept.kind]


def test_keys_of_living_customers_are_settled_and_not_looked_at_again() -> None:
    sweep()
    asked: list[UUID] = []

    def exists(customers: Collection[UUID]) -> list[UUID]:
        asked.extend(customers)
        return []

    actions.sweep_orphans(by=HOUSEKEEPING, at=LATER, exists=exists)
    assert asked == []
    assert readable(*CORE)


def test_a_key_younger_than_an_hour_is_left_to_its_writer() -> None:
    swept = actions.sweep_orphans(by=HOUSEKEEPING, at=NOON + timedelta(minutes=59), exists=lambda _: [])
    assert swept.orphans == 0
    assert readable(*CORE)


def test_a_sweep_that_is_rolled_back_destroys_nothing() -> None:
    def crash() -> None:
        with transaction.atomic():
            sweep(existing=())
            raise PowerCut

    with pytest.raises(PowerCut):
        crash()
    assert readable(*CORE)
