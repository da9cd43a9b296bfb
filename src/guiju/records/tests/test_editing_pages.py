"""Adding and editing customers in the browser: nothing typed is lost, nothing masked is filled in."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from guiju.access.models import Person, Unit
from guiju.access.tests.cast import NOON, sign_in
from guiju.ledger.models import Entry
from guiju.records import actions, queries
from guiju.records.models import Customer
from guiju.records.showing import Shown
from guiju.records.tests.browsing import HTMX, PLAIN_STATIC, filled_in, kinds, leaks, page_of, text_of
from guiju.records.tests.conftest import as_actor

pytestmark = pytest.mark.django_db(databases=["default", "keyring"])

NEW = "/customers/new/person/"


@pytest.fixture(autouse=True)
def _static(settings: pytest.FixtureRequest) -> None:
    settings.STORAGES = PLAIN_STATIC  # type: ignore[attr-defined]


@pytest.fixture
def bos(bo: Person) -> Client:
    """Bo at his desk."""
    return sign_in(bo)


def opened(
    customer: Customer, by: Person, *, reveal: tuple[str, ...] = (), purpose: str = "account-management"
) -> Shown:
    """Return a customer as somebody sees it."""
    return queries.opened(
        customer=customer.pk, actor=as_actor(by), purpose=purpose, at=NOON, reveal=reveal, reason="duty"
    )


def wang(shanghai: Unit, **changes: str) -> dict[str, Any]:
    """Return what Bo types about Wang Wei."""
    typed = {
        "f-person-name-here": "1", "f-person-name-family": "王", "f-person-name-given": "伟",
        "f-phones-here": "1", "f-phones-rows": "2", "f-phones-0-value": "139 0013 9000", "f-phones-0-label": "mobile",
        "f-phones-1-value": "", "f-phones-primary": "0",
        "f-addresses-here": "1", "f-addresses-rows": "1", "f-addresses-0-lines": "南京西路1266号",
        "f-addresses-0-city": "上海市", "f-addresses-0-country": "CN", "f-addresses-0-label": "work",
        "f-preferred-channel-here": "1", "f-preferred-channel": "wechat",
        "unit": str(shanghai.pk), "owner": "", "basis": "contract", "purposes": ["account-management", "service"],
        "source": "counter", "jurisdiction": "CN", "reference": "A-17", "tags": "vip, 2026",
    }  # fmt: skip
    return typed | changes


def test_the_kind_is_chosen_first(bos: Client) -> None:
    assert NEW in text_of(bos.get("/customers/new/"))
    assert bos.get("/customers/new/robot/").status_code == 404


def test_bo_adds_a_person_with_a_phone_and_an_address(bos: Client, bo: Person, shanghai: Unit) -> None:
    answer = bos.post(NEW, wang(shanghai))

    assert answer.status_code == 302, text_of(answer)
    customer = Customer.objects.get()
    assert (customer.tags, customer.reference, customer.initial) == (["vip", "2026"], "A-17", "W")
    shown = opened(customer, bo, reveal=("phones", "addresses"))
    assert shown.cells["pinyin"].value == "Wang Wei"
    assert shown.cells["phones"].noted == [("+86 139 0013 9000", "Mobile, main")]
    assert "南京西路1266号" in shown.cells["addresses"].text


def test_what_is_missing_or_wrong_is_named_and_what_was_typed_stays(bos: Client, shanghai: Unit) -> None:
    typed = wang(
        shanghai,
        basis="",
        source="",
        **{"f-phones-0-value": "none", "f-person-name-family": "", "f-person-name-given": ""},
    )

    answer = bos.post(NEW, typed)

    assert answer.status_code == 422
    text = text_of(answer)
    assert "This is no telephone number." in text
    assert not Customer.objects.exists()
    sent = filled_in(answer)
    assert sent["f-phones-0-value"] == "none"
    assert sent["f-addresses-0-lines"].strip() == "南京西路1266号"
    assert sent["tags"] == "vip, 2026"
    assert sent["purposes"] == ["account-management", "service"]

    nameless = bos.post(NEW, wang(shanghai, **{"f-person-name-family": "", "f-person-name-given": ""}))
    assert "Name is required by the collection standard." in text_of(nameless)


def test_one_more_row_keeps_what_was_typed(bos: Client, shanghai: Unit) -> None:
    typed = wang(shanghai, more="phones", **{"f-phones-1-value": "021 6288 0000"})

    answer = bos.post(NEW, typed)

    assert answer.status_code == 200
    sent = filled_in(answer)
    assert (sent["f-phones-rows"], sent["f-phones-1-value"], sent["f-phones-2-value"]) == ("3", "021 6288 0000", "")
    assert sent["source"] == "counter"
    assert not Customer.objects.exists()


def test_a_double_within_reach_is_shown_before_anything_is_kept(bos: Client, shanghai: Unit, li_na: Customer) -> None:
    typed = wang(shanghai, **{"f-phones-0-value": "13800138000"})

    answer = bos.post(NEW, typed)
    assert answer.status_code == 422
    assert "This customer may be here already" in text_of(answer)
    assert page_of(li_na) in text_of(answer)
    assert Customer.objects.count() == 1

    assert bos.post(NEW, typed | {"anyway": "on"}).status_code == 302
    assert Customer.objects.count() == 2


def test_a_double_out_of_reach_is_not_shown(ada: Person, berlin: Unit, li_na: Customer) -> None:
    answer = sign_in(ada).post(NEW, wang(berlin, **{"f-phones-0-value": "13800138000"}))

    assert answer.status_code == 302


def test_nobody_adds_customers_to_a_unit_out_of_reach(bos: Client, berlin: Unit) -> None:
    answer = bos.post(NEW, wang(berlin))

    assert answer.status_code == 422
    assert not Customer.objects.exists()


def test_saving_an_untouched_form_changes_nothing(bos: Client, li_na: Customer) -> None:
    address = page_of(li_na, "customer_edit")

    assert bos.post(address, filled_in(bos.get(address))).status_code == 302

    li_na.refresh_from_db()
    assert li_na.version == 1
    assert "records.customer.updated" not in kinds()


def test_an_empty_input_beside_a_masked_value_keeps_it_and_a_typed_one_replaces_it(
    bos: Client, bo: Person, li_na: Customer
) -> None:
    address = page_of(li_na, "customer_edit")
    form = filled_in(bos.get(address))
    assert form["f-phones-0-value"] == ""

    bos.post(address, form | {"f-phones-0-value": "139 0013 9000", "f-job-title": "Buyer"})

    shown = opened(li_na, bo, reveal=("phones", "emails"))
    assert shown.cells["phones"].lines == ("+86 139 0013 9000",)
    assert shown.cells["emails"].lines == ("li.na@example.com",)
    assert shown.cells["job-title"].lines == ("Buyer",)
    assert kinds().count("records.customer.updated") == 1


def test_a_masked_value_is_removed_only_when_that_is_said(bos: Client, bo: Person, li_na: Customer) -> None:
    address = page_of(li_na, "customer_edit")

    bos.post(address, filled_in(bos.get(address)) | {"remove-phones": "on"})

    shown = opened(li_na, bo)
    assert "phones" not in shown.cells
    assert "emails" in shown.cells


def test_a_value_is_revealed_to_edit_it_and_the_look_is_recorded(bos: Client, li_na: Customer) -> None:
    address = page_of(li_na, "customer_edit")

    answer = bos.post(address, filled_in(bos.get(address)) | {"f-job-title": "Buyer", "reveal": "phones"})

    form = filled_in(answer)
    assert form["f-phones-0-value"] == "+8613800138000"
    assert form["f-job-title"] == "Buyer"
    assert kinds()[-1] == "records.field.revealed"
    assert leaks(answer) == ["13800138000"]


def test_a_name_takes_its_reading_along(bos: Client, bo: Person, li_na: Customer) -> None:
    address = page_of(li_na, "customer_edit")

    bos.post(address, filled_in(bos.get(address)) | {"f-person-name-given": "丽娜"})

    assert opened(li_na, bo).cells["pinyin"].lines == ("Li Lina",)


def test_somebody_elses_change_meanwhile_is_shown_and_what_was_typed_stays(
    bos: Client, bo: Person, li_na: Customer
) -> None:
    address = page_of(li_na, "customer_edit")
    form = filled_in(bos.get(address)) | {"f-job-title": "Buyer"}
    actions.update(
        customer=li_na.pk, changes={"job-title": "Director"}, version=1, purpose="service", by=as_actor(bo),
        at=NOON + timedelta(minutes=5),
    )  # fmt: skip

    answer = bos.post(address, form)
    assert answer.status_code == 422
    assert "Somebody changed this record meanwhile" in text_of(answer)
    assert "Director" in text_of(answer)
    again = filled_in(answer)
    assert (again["f-job-title"], again["version"]) == ("Buyer", "2")

    assert bos.post(address, again).status_code == 302
    assert opened(li_na, bo).cells["job-title"].lines == ("Buyer",)


def test_one_field_is_edited_in_its_place(bos: Client, bo: Person, li_na: Customer) -> None:
    address = page_of(li_na, "customer_edit_field", "job-title")
    inline = bos.get(address, headers=HTMX)
    assert "<html" not in text_of(inline)

    saved = bos.post(address, filled_in(inline, action=address) | {"f-job-title": "Buyer"}, headers=HTMX)
    assert 'id="value-job-title"' in text_of(saved)
    assert "Buyer" in text_of(saved)

    wrong = bos.post(address, {"version": "2", "f-job-title-here": "1", "f-job-title": "x" * 200}, headers=HTMX)
    assert wrong.status_code == 422
    assert "The text is too long." in text_of(wrong)
    assert "x" * 200 in text_of(wrong)
    assert "Buyer" in text_of(bos.get(page_of(li_na, "customer_value", "job-title"), headers=HTMX))


def test_one_field_is_edited_without_scripts_too(bos: Client, li_na: Customer) -> None:
    address = page_of(li_na, "customer_edit_field", "phones")
    page = bos.get(address)
    assert "<html" in text_of(page)
    assert leaks(page) == []

    assert bos.post(address, filled_in(page) | {"f-phones-0-value": "13900139000"})["Location"] == page_of(li_na)


def test_a_field_that_is_not_shown_cannot_be_edited(bos: Client, li_na: Customer) -> None:
    assert bos.get(page_of(li_na, "customer_edit_field", "resident-id")).status_code == 404


def test_an_identity_number_that_somebody_else_has_is_refused_at_its_field(
    kai: Person, shanghai: Unit, li_na: Customer
) -> None:
    kais = sign_in(kai)
    kais.post("/purpose/", {"purpose": "due-diligence", "next": "/"})
    typed = wang(shanghai, **{"f-resident-id-here": "1", "f-resident-id": "11010519491231002X", "anyway": "on"})

    answer = kais.post(NEW, typed)

    assert answer.status_code == 422
    assert "Another customer already has this value." in text_of(answer)
    assert Customer.objects.count() == 1


def test_the_entry_of_a_change_names_fields_and_no_value(bos: Client, li_na: Customer) -> None:
    address = page_of(li_na, "customer_edit")
    bos.post(address, filled_in(bos.get(address)) | {"f-job-title": "Buyer", "tags": "vip"})

    entry = Entry.objects.filter(kind="records.customer.updated").get()
    assert "job-title" in entry.payload
    assert "Buyer" not in entry.payload
