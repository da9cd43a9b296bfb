"""The list and a customer's page, as sales people of two units see them."""

import json
import re
from datetime import timedelta
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from guiju.access.models import Person, Unit
from guiju.access.tests.cast import NOON, sign_in
from guiju.ledger.events import CATALOGUE
from guiju.ledger.models import Entry
from guiju.records import actions, urls
from guiju.records.models import Customer
from guiju.records.tests.browsing import CLEAR, HTMX, PLAIN_STATIC, filled_in, kinds, leaks, page_of, text_of
from guiju.records.tests.conftest import as_actor, open_record

pytestmark = pytest.mark.django_db(databases=["default", "keyring"])

LIST = "/customers/"
RANDOM = re.compile(r"[A-Za-z0-9]{64}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


@pytest.fixture(autouse=True)
def _static(settings: pytest.FixtureRequest) -> None:
    settings.STORAGES = PLAIN_STATIC  # type: ignore[attr-defined]


@pytest.fixture
def bos(bo: Person) -> Client:
    """Bo at his desk."""
    return sign_in(bo)


@pytest.fixture
def adas(ada: Person) -> Client:
    """Ada at her desk, in another unit."""
    return sign_in(ada)


def test_bo_finds_his_customer_in_the_list_with_a_masked_phone(bos: Client, li_na: Customer) -> None:
    answer = bos.get(LIST)

    assert "李娜" in text_of(answer)
    assert "138****8000" in text_of(answer)
    assert leaks(answer) == []
    assert kinds()[-1] == "records.customers.listed"


def test_ada_of_another_unit_sees_an_empty_list_that_says_what_to_do(adas: Client, li_na: Customer) -> None:
    answer = text_of(adas.get(LIST))

    assert "李娜" not in answer
    assert "No customers yet" in answer
    assert "Add a customer" in answer


@pytest.mark.parametrize(
    "words",
    [
        "13800138000",
        "+86 138 0013 8000",
        "li.na@example.com",
        "LI.NA@example.com",
        "李娜",
        "li na",
    ],
)
def test_bo_finds_li_na_by_whole_numbers_and_by_name(bos: Client, li_na: Customer, words: str) -> None:
    answer = bos.post(LIST, {"q": words})

    assert page_of(li_na) in text_of(answer)


def test_the_text_searched_for_stays_in_the_form_and_stands_in_no_address(
    bos: Client, bo: Person, shanghai: Unit, li_na: Customer
) -> None:
    for _number in range(51):
        open_record(as_actor(bo), shanghai, phones=None, emails=None, **{"resident-id": None})

    answer = text_of(bos.post(LIST, {"q": "李娜"}))

    assert answer.count('value="李娜"') > 1
    assert "after=" in answer
    assert not any("李娜" in piece.split('"')[0] for piece in answer.split('href="')[1:])
    assert not any("李娜" in piece.split('"')[0] for piece in answer.split('action="')[1:])


def test_a_search_in_the_address_is_not_answered(bos: Client, li_na: Customer) -> None:
    assert 'value="13800138000"' not in text_of(bos.get(LIST, {"q": "13800138000"}))


def test_one_hit_opens_at_once_and_several_are_listed(
    bos: Client, bo: Person, shanghai: Unit, li_na: Customer
) -> None:
    one = bos.post("/search/", {"q": "13800138000"})
    assert one["Location"] == page_of(li_na)

    open_record(as_actor(bo), shanghai, phones=None, emails=None, **{"resident-id": None})
    several = bos.post("/search/", {"q": "李娜"})
    assert text_of(several).count(">李娜") == 2
    assert bos.get("/search/")["Location"] == LIST


def test_a_filter_is_a_chip_that_can_be_removed(bos: Client, bo: Person, li_na: Customer) -> None:
    answer = text_of(bos.get(LIST, {"kind": "person", "owner": str(bo.pk), "sort": "oldest"}))
    assert "李娜" in answer
    assert 'href="?kind=person&amp;sort=oldest"' in answer

    assert "Nothing matches" in text_of(bos.get(LIST, {"kind": "organisation"}))
    assert "Nothing matches" in text_of(
        bos.get(LIST, {"created_until": (NOON - timedelta(days=1)).date().isoformat()})
    )
    assert "李娜" in text_of(
        bos.get(LIST, {"created_from": NOON.date().isoformat(), "initial": "L", "jurisdiction": "CN"})
    )


def test_a_choice_that_the_list_does_not_offer_is_refused(bos: Client) -> None:
    assert bos.get(LIST, {"kind": "robot"}).status_code == 422
    assert bos.get(LIST, {"sort": "phone"}).status_code == 422


def test_chosen_columns_are_kept_for_the_session(bos: Client, li_na: Customer) -> None:
    bos.get(LIST, {"columns": ["state", "resident-id"]})

    answer = text_of(bos.get(LIST))
    assert "Active" in answer
    assert "138****8000" not in answer
    assert "Not shown for this purpose" in answer


def test_the_pager_goes_there_and_back(bos: Client, bo: Person, shanghai: Unit) -> None:
    for _number in range(53):
        open_record(as_actor(bo), shanghai, phones=None, emails=None, **{"resident-id": None})

    first = text_of(bos.get(LIST))
    assert "53 customers" in first
    older = first.split('href="?after=')[1].split('"')[0]
    second = text_of(bos.get(f"{LIST}?after={older}"))
    assert second.count(">李娜") == 3
    newer = second.split('href="?before=')[1].split('"')[0]
    assert text_of(bos.get(f"{LIST}?before={newer}")).count(">李娜") == 50


def test_a_made_up_cursor_tells_nothing_of_a_customer_out_of_reach(
    bos: Client, ada: Person, berlin: Unit, li_na: Customer
) -> None:
    theirs = open_record(as_actor(ada), berlin, **{"resident-id": None})
    for sort in ("updated", "name", "newest"):
        answers = [bos.get(f"{LIST}?sort={sort}&after={edge}") for edge in (theirs.pk, uuid4(), li_na.pk)]
        assert [answer.status_code for answer in answers] == [422] * 3
        told = {RANDOM.sub("", text_of(answer)) for answer in answers}
        assert len(told) == 1, "the page is the same but for tokens and the made-up id"


def test_a_list_and_a_page_cost_the_same_number_of_queries_for_one_customer_and_for_many(
    bos: Client, bo: Person, shanghai: Unit, li_na: Customer, django_assert_max_num_queries: object
) -> None:
    def cost(address: str) -> int:
        with django_assert_max_num_queries(30, connection=None) as main:  # type: ignore[operator]
            bos.get(address)
        return len(main)

    bos.get(LIST)
    few = cost(LIST)
    for _number in range(20):
        open_record(as_actor(bo), shanghai, phones=None, emails=None, **{"resident-id": None})
    assert cost(LIST) == few <= 12
    assert cost(page_of(li_na)) <= 12


def test_the_page_masks_at_first_look_and_both_looks_stand_in_the_trail(bos: Client, li_na: Customer) -> None:
    first = bos.get(page_of(li_na))
    assert leaks(first) == []
    assert "+86 138****8000" in text_of(first)

    revealed = bos.post(page_of(li_na, "customer_reveal", "phones"), headers=HTMX)
    assert "+86 138 0013 8000" in text_of(revealed)
    assert "li.na@example.com" not in text_of(revealed)

    trail = text_of(bos.get(page_of(li_na, "customer_trail")))
    assert "Bo opened the record" in trail
    assert "Bo revealed Phone numbers" in trail
    assert leaks(bos.get(page_of(li_na, "customer_trail"))) == []


def test_a_reveal_without_scripts_shows_the_whole_page_with_one_value_open(bos: Client, li_na: Customer) -> None:
    answer = bos.post(page_of(li_na, "customer_reveal", "phones"))

    assert leaks(answer) == ["138 0013 8000"]
    assert 'data-revealed="60"' in text_of(answer)


def test_what_the_purpose_does_not_cover_cannot_be_revealed(bos: Client, li_na: Customer) -> None:
    assert bos.post(page_of(li_na, "customer_reveal", "resident-id"), {"reason": "duty"}).status_code == 403
    assert bos.post(page_of(li_na, "customer_reveal", "no-such-field")).status_code == 404
    empty = bos.post(page_of(li_na, "customer_reveal", "wechat"), headers=HTMX)
    assert "Not recorded" in text_of(empty)


def test_a_sensitive_value_asks_for_a_reason_first(mei: Person, li_na: Customer) -> None:
    meis = sign_in(mei)
    meis.post(reverse("access:purpose"), {"purpose": "due-diligence", "next": "/"})
    address = page_of(li_na, "customer_reveal", "resident-id")

    asked = meis.post(address, headers=HTMX)
    assert asked["HX-Retarget"] == "#ask-body"
    assert leaks(asked) == []
    assert meis.post(address, {"asked": "1", "reason": "curiosity"}).status_code == 422
    assert "Say why you need it" in text_of(meis.get(address))

    told = meis.post(address, {"asked": "1", "reason": "verify-identity"}, headers=HTMX)
    assert "11010519491231002X" in text_of(told)
    entry = Entry.objects.filter(kind="records.field.revealed").latest("id")
    assert json.loads(entry.payload) == {"fields": ["resident-id"], "reason": "verify-identity"}


def test_explain_says_why_in_sentences(bos: Client, li_na: Customer) -> None:
    answer = text_of(bos.get(page_of(li_na, "customer_why", "phones"), headers=HTMX))
    assert "The role Sales (Shanghai) reaches this record." in answer
    assert "Account management" in answer

    hidden = text_of(bos.get(page_of(li_na, "customer_why", "resident-id")))
    assert "does not keep this field for this purpose" in hidden


def test_the_auditor_sees_tokens_and_cannot_change_anything(rui: Person, li_na: Customer) -> None:
    ruis = sign_in(rui)

    answer = text_of(ruis.get(page_of(li_na)))
    assert "tok_" in answer
    assert "李娜" not in answer
    assert page_of(li_na, "customer_edit") not in answer
    assert ruis.get(page_of(li_na, "customer_edit")).status_code == 404
    assert ruis.post(page_of(li_na, "customer_reveal", "phones")).status_code == 404


ADDRESSES = [pattern for pattern in urls.urlpatterns if "customer_id" in str(pattern.pattern)]


@pytest.mark.parametrize("pattern", ADDRESSES, ids=lambda pattern: pattern.name)
def test_every_page_of_a_customer_of_another_unit_does_not_exist_for_ada(
    adas: Client, bos: Client, li_na: Customer, pattern: object
) -> None:
    more = {"field": "phones", "tie_id": li_na.pk, "entry_id": Entry.objects.latest("id").pk}
    name = pattern.name  # type: ignore[attr-defined]
    known = pattern.pattern.converters  # type: ignore[attr-defined]
    arguments = {"customer_id": li_na.pk} | {key: value for key, value in more.items() if key in known}
    address = reverse(f"records:{name}", kwargs=arguments)
    methods = pattern.callback.methods  # type: ignore[attr-defined]

    for method in [method for method in ("GET", "POST") if method in methods]:
        answer = getattr(adas, method.lower())(address)
        assert answer.status_code == 404, f"{method} {address}"
        assert "李" not in text_of(answer)


def test_a_note_is_kept_and_an_empty_one_is_not(bos: Client, li_na: Customer) -> None:
    assert bos.post(page_of(li_na, "customer_note_add"), {"text": "Wants the new price list."}).status_code == 302
    assert "Wants the new price list." in text_of(bos.get(page_of(li_na, "customer_notes")))

    refused = bos.post(page_of(li_na, "customer_note_add"), {"text": "  "})
    assert refused.status_code == 422
    assert "A note needs some text." in text_of(refused)


def test_who_belongs_to_whom_is_found_recorded_and_ended(
    bos: Client, bo: Person, shanghai: Unit, li_na: Customer
) -> None:
    name = {"full": "王伟", "family": "王", "given": "伟", "order": "family-first"}
    wang = open_record(as_actor(bo), shanghai, phones=None, emails=None, **{"person-name": name, "resident-id": None})
    address = page_of(li_na, "customer_relate")

    offered = bos.post(address, {"kind": "spouse", "other": "王伟"})
    assert str(wang.pk) in text_of(offered)
    assert "Nobody found" in text_of(bos.post(address, {"kind": "spouse", "other": "赵六"}))
    done = bos.post(address, {"kind": "spouse", "other": "王伟", "chosen": str(wang.pk)})
    assert done.status_code == 302

    page = bos.get(page_of(li_na, "customer_relationships"))
    assert "王伟" in text_of(page)
    assert "spouse" in text_of(page)
    assert wang.pk in Entry.objects.filter(kind="records.customers.listed").latest("id").subjects
    end = text_of(page).split("/end/")[0].rsplit("/", 1)[1]
    bos.post(page_of(li_na, "customer_relation_end", end))
    assert "王伟" not in text_of(bos.get(page_of(li_na, "customer_relationships")))


def test_history_shows_old_values_through_the_policy(bos: Client, bo: Person, li_na: Customer) -> None:
    number = {"number": "+8613900139000", "valid": True}
    actions.update(
        customer=li_na.pk, changes={"phones": [number]}, version=1, purpose="service", by=as_actor(bo),
        at=NOON + timedelta(hours=1), columns={"tags": ["vip"]},
    )  # fmt: skip

    answer = bos.get(page_of(li_na, "customer_history"))
    assert "+86 138****8000" in text_of(answer)
    assert "replaced by Bo" in text_of(answer)
    assert leaks(answer) == []


def test_proofs_list_the_entries_about_the_customer(bos: Client, li_na: Customer) -> None:
    answer = text_of(bos.get(page_of(li_na, "customer_proofs")))
    assert "guiju ledger verify" in answer
    assert "pending" in answer
    entry = Entry.objects.filter(kind="records.customer.created").latest("id")
    assert bos.get(page_of(li_na, "customer_proof", entry.pk)).status_code == 404


def test_an_erased_record_is_a_stone(kai: Person, bos: Client, li_na: Customer) -> None:
    kais = sign_in(kai)
    address = page_of(li_na, "customer_erase")
    code = li_na.pk.hex[-6:].upper()
    assert code in text_of(kais.get(address))

    wrong = kais.post(address, {"reason": "request", "code": "nonsense"})
    assert wrong.status_code == 422
    assert "This is not the code of this record." in text_of(wrong)
    assert bos.get(address).status_code == 404


def test_a_restricted_record_says_so_and_only_work_that_may_see_it_lifts_it(
    bos: Client, kai: Person, li_na: Customer
) -> None:
    kais = sign_in(kai)
    bos.post(page_of(li_na, "customer_restrict"))
    answer = text_of(bos.get(page_of(li_na)))
    assert "Processing is restricted" in answer
    assert "Lift the restriction" not in answer
    assert "138****8000" not in answer
    assert bos.post(page_of(li_na, "customer_restrict")).status_code == 403
    assert "138****8000" not in text_of(bos.get(page_of(li_na)))
    kais.post("/purpose/", {"purpose": "legal"})
    assert "Lift the restriction" in text_of(kais.get(page_of(li_na)))
    kais.post(page_of(li_na, "customer_restrict"))
    assert "138****8000" in text_of(bos.get(page_of(li_na)))


def test_guests_are_asked_to_sign_in(client: Client, li_na: Customer) -> None:
    assert "/sign-in/" in client.get(page_of(li_na))["Location"]


def test_no_clear_value_stands_in_any_page_before_it_is_revealed(bos: Client, li_na: Customer) -> None:
    names = ("customer", "customer_edit", "customer_notes", "customer_relationships", "customer_proofs")
    for name in names:
        assert leaks(bos.get(page_of(li_na, name))) == [], name
    assert CLEAR
    assert filled_in(bos.get(page_of(li_na, "customer_edit")))["f-phones-0-value"] == ""


def test_what_is_about_many_customers_is_not_worded_as_about_one() -> None:
    about_many = [event for event in CATALOGUE.values() if event.subject_fields == ("customers",)]
    assert about_many
    assert [event.kind for event in about_many if "the record" in str(event.sentence)] == []


@pytest.mark.parametrize("tab", ["customer_trail", "customer_proofs"])
def test_a_place_in_the_trail_that_no_entry_can_have_is_the_beginning(bos: Client, li_na: Customer, tab: str) -> None:
    assert bos.get(page_of(li_na, tab), {"before": "9" * 5_000}).status_code == 200
