"""Many records changed at once, with preview and undo; and the page of the collection standard."""

import re

import pytest
from django.test import Client

from guiju.access.models import Grant, Person, Unit
from guiju.access.tests.cast import NOON, OPERATOR, sign_in
from guiju.kit.errors import Invalid, NotFound
from guiju.ledger.models import Entry
from guiju.records import adopting, bulk, standard
from guiju.records.bulk import Change
from guiju.records.models import Customer
from guiju.records.tests.browsing import PLAIN_STATIC, text_of
from guiju.records.tests.conftest import as_actor, open_record

pytestmark = pytest.mark.django_db(databases=["default", "keyring"])
WORK = "account-management"


@pytest.fixture(autouse=True)
def _static(settings: pytest.FixtureRequest) -> None:
    settings.STORAGES = PLAIN_STATIC  # type: ignore[attr-defined]


@pytest.fixture
def two(bo: Person, shanghai: Unit) -> list[Customer]:
    """Two customers of Bo's."""
    bare = {"phones": None, "emails": None, "resident-id": None}
    return [open_record(as_actor(bo), shanghai, **bare) for _ in range(2)]


def test_bo_tags_two_customers_sees_the_effect_first_and_undoes_it(bo: Person, two: list[Customer]) -> None:
    bos = sign_in(bo)
    chosen = {"picked": [str(one.pk) for one in two]}
    assert "2 records chosen" in text_of(bos.post("/customers/bulk/add-tag/", chosen))
    preview = bos.post("/customers/bulk/add-tag/", chosen | {"value": "vip"})
    assert "2 records will change" in text_of(preview)
    assert not Customer.objects.filter(tags__contains=["vip"]).exists()

    bos.post("/customers/bulk/add-tag/", chosen | {"value": "vip", "sure": "1"})
    assert Customer.objects.filter(tags__contains=["vip"], version=2).count() == 2
    entry = Entry.objects.filter(kind="records.customers.changed").get()
    assert set(entry.subjects) == {one.pk for one in two}

    done = text_of(bos.get("/customers/"))
    assert "2 records are changed." in done
    undo = re.search(r"/customers/bulk/undo/[0-9a-f-]+/", done)
    assert undo
    assert "Undo" in text_of(bos.get(undo[0]))
    bos.post(undo[0])
    assert not Customer.objects.filter(tags__contains=["vip"]).exists()


def test_what_was_changed_since_is_not_undone(bo: Person, shanghai: Unit, two: list[Customer]) -> None:
    by = as_actor(bo)
    ids = [one.pk for one in two]
    first = bulk.bulk_change(customers=ids, change=Change.OWNER, value="", purpose="service", by=by, at=NOON)
    bulk.bulk_change(customers=ids[:1], change=Change.OWNER, value=str(bo.pk), purpose="service", by=by, at=NOON)

    assert bulk.undo_bulk(bulk=first.bulk, purpose="service", by=by, at=NOON).changed == 1
    assert Customer.objects.filter(owner=bo).count() == 2


def test_an_undo_puts_nothing_into_a_unit_that_is_out_of_reach_by_now(
    kai: Person, shanghai: Unit, berlin: Unit, two: list[Customer]
) -> None:
    ids = [one.pk for one in two]
    moved = bulk.bulk_change(
        customers=ids, change=Change.UNIT, value=str(berlin.pk), purpose=WORK, by=as_actor(kai), at=NOON
    )
    Grant.objects.filter(person=kai).update(unit=berlin)
    with pytest.raises(Invalid):
        bulk.undo_bulk(bulk=moved.bulk, purpose=WORK, by=as_actor(kai), at=NOON)
    assert Customer.objects.filter(unit=berlin).count() == 2


def test_nobody_else_undoes_it_and_nobody_reaches_beyond_their_units(
    bo: Person, ada: Person, berlin: Unit, two: list[Customer]
) -> None:
    ids = [one.pk for one in two]
    preview = bulk.preview(customers=ids, change=Change.ADD_TAG, value="x", by=as_actor(ada))
    assert (preview.changes, preview.refused) == (0, 2)
    done = bulk.bulk_change(
        customers=ids, change=Change.ADD_TAG, value="x", purpose="service", by=as_actor(bo), at=NOON
    )
    with pytest.raises(NotFound):
        bulk.undo_bulk(bulk=done.bulk, purpose="service", by=as_actor(ada), at=NOON)

    answer = sign_in(bo).post("/customers/bulk/unit/", {"picked": ids, "value": str(berlin.pk), "sure": "1"})
    assert answer.status_code == 422
    assert "You cannot move customers to this unit." in text_of(answer)


@pytest.mark.parametrize("change", list(Change))
def test_a_value_that_is_none_is_refused(bo: Person, two: list[Customer], change: Change) -> None:
    ids = [str(one.pk) for one in two]
    value = " " if "tag" in change else "01938a00-0000-7000-8000-00000000000a"

    answer = sign_in(bo).post(f"/customers/bulk/{change}/", {"picked": ids, "value": value})

    assert answer.status_code == 422


def test_choosing_no_row_goes_back_to_the_list_and_an_unknown_change_does_not_exist(bo: Person) -> None:
    bos = sign_in(bo)
    assert bos.post("/customers/bulk/owner/", {})["Location"] == "/customers/"
    assert bos.post("/customers/bulk/paint/", {}).status_code == 404


def test_the_standard_shows_every_field_in_both_languages_and_can_be_narrowed(bo: Person) -> None:
    bos = sign_in(bo)
    page = text_of(bos.get("/standard/"))
    for spec in standard.load().entries:
        assert spec.label.en in page
        assert spec.label.zh in page
    assert standard.load().content_hash in page

    narrowed = text_of(bos.get("/standard/", {"field_class": "sensitive"}))
    assert "Passport number" in narrowed
    assert "WeChat" not in narrowed
    none = text_of(bos.get("/standard/", {"field_class": "sensitive", "purpose": "marketing"}))
    assert "No field matches" in none


def test_a_version_is_put_in_force_once_and_shown_with_its_content(bo: Person, client: Client) -> None:
    assert not adopting.is_adopted()
    adopted = adopting.adopt_standard(by=OPERATOR, at=NOON)
    assert adopting.is_adopted()
    with pytest.raises(adopting.AlreadyAdopted):
        adopting.adopt_standard(by=OPERATOR, at=NOON)
    assert Entry.objects.filter(kind="records.standard.adopted").count() == 1

    bos = sign_in(bo)
    assert f"/standard/{adopted.sha256}/" in text_of(bos.get("/standard/"))
    assert standard.load().content_hash in text_of(bos.get(f"/standard/{adopted.sha256}/"))
    assert bos.get("/standard/0123/").status_code == 404
