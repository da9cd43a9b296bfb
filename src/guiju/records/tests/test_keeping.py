"""Opening, reading, changing and erasing one record."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from guiju.access.fields import Visibility
from guiju.access.models import Person, Unit
from guiju.access.tests.cast import NOON
from guiju.kit.errors import Invalid, NotFound, NotPermitted
from guiju.ledger.models import Entry
from guiju.records import actions, past, queries
from guiju.records.finding import Filters
from guiju.records.models import Customer, Sealed
from guiju.records.showing import Shown
from guiju.records.tests.conftest import as_actor, open_record

pytestmark = pytest.mark.django_db(databases=["default", "keyring"])
WORK = "account-management"


def opened(customer: Customer, person: Person, purpose: str = WORK, **how: Any) -> Shown:
    return queries.opened(customer=customer.pk, actor=as_actor(person), purpose=purpose, at=NOON, **how)


def test_bo_sees_his_customers_phone_masked_and_reveals_it_and_both_looks_are_recorded(
    bo: Person, li_na: Customer
) -> None:
    first = opened(li_na, bo)
    assert first.title == "李娜"
    phone = first.cells["phones"]
    assert phone.visibility is Visibility.MASKED
    assert "13800138000" not in phone.text.replace(" ", "")
    assert phone.revealable
    second = opened(li_na, bo, reveal=["phones"]).cells["phones"]
    assert second.value == [{"number": "+8613800138000", "valid": True}]
    kinds = list(Entry.objects.filter(subjects__contains=[li_na.pk]).order_by("id").values_list("kind", flat=True))
    assert kinds == ["records.customer.created", "records.customer.opened", "records.field.revealed"]


def test_ada_of_another_unit_finds_no_such_customer(ada: Person, li_na: Customer) -> None:
    with pytest.raises(NotFound):
        opened(li_na, ada)
    for filters in (Filters(), Filters(text="李娜"), Filters(text="13800138000")):
        listing = queries.listing(actor=as_actor(ada), purpose=WORK, at=NOON, filters=filters)
        assert not listing.rows


@pytest.mark.parametrize(
    "text", ["李娜", "li na", "lina", "Na Li", "ln", "138 0013 8000", "+8613800138000", "LI.NA@example.com"]
)
def test_bo_finds_his_customer_by(text: str, bo: Person, li_na: Customer) -> None:
    listing = queries.listing(actor=as_actor(bo), purpose=WORK, at=NOON, filters=Filters(text=text))
    assert [row.customer.pk for row in listing.rows] == [li_na.pk]


def hits(text: str, who: Person, purpose: str) -> int:
    filters = Filters(text=text)
    found = queries.listing(actor=as_actor(who), purpose=purpose, at=NOON, filters=filters)
    assert queries.count(actor=as_actor(who), filters=filters, purpose=purpose) == len(found.rows)
    return len(found.rows)


def test_a_search_finds_nothing_by_values_that_are_not_for_the_reader(
    bo: Person, kai: Person, rui: Person, li_na: Customer
) -> None:
    number = "11010519491231002X"
    assert hits(number, bo, WORK) == 0
    assert hits(number, kai, WORK) == 0
    assert hits(number, kai, "due-diligence") == hits(number, kai, "legal") == 1
    assert [hits(text, rui, "legal") for text in ("李娜", "13800138000", "li.na@example.com")] == [0, 0, 0]
    assert hits("13800138000", bo, "legal") == 0


def test_sales_never_sees_the_resident_id_and_may_not_reveal_it(bo: Person, li_na: Customer) -> None:
    assert "resident-id" not in opened(li_na, bo).cells
    with pytest.raises(NotPermitted):
        opened(li_na, bo, reveal=["resident-id"])


def test_the_officer_reveals_a_sensitive_field_only_with_a_reason(mei: Person, li_na: Customer) -> None:
    masked = opened(li_na, mei, purpose="due-diligence").cells["resident-id"]
    assert masked.visibility is Visibility.MASKED
    with pytest.raises(Invalid):
        opened(li_na, mei, purpose="due-diligence", reveal=["resident-id"])
    clear = opened(li_na, mei, purpose="due-diligence", reveal=["resident-id"], reason="verify-identity")
    assert clear.cells["resident-id"].value == "11010519491231002X"


def test_the_auditor_sees_tokens_that_stay_the_same(rui: Person, li_na: Customer) -> None:
    first = opened(li_na, rui, purpose="security").cells["person-name"]
    again = opened(li_na, rui, purpose="security").cells["person-name"]
    assert first.visibility is Visibility.TOKENISED
    assert first.text == again.text
    assert "娜" not in first.text


def test_an_old_value_moves_into_the_history_still_sealed(bo: Person, li_na: Customer) -> None:
    new = [{"number": "+8613900139000", "valid": True}]
    actions.update(customer=li_na.pk, changes={"phones": new}, version=1, purpose=WORK, by=as_actor(bo), at=NOON)
    with pytest.raises(actions.Stale):
        actions.update(customer=li_na.pk, changes={"phones": new}, version=1, purpose=WORK, by=as_actor(bo), at=NOON)
    change = past.history(customer=li_na.pk, actor=as_actor(bo), purpose=WORK, at=NOON)[0]
    before = change.before["phones"]
    assert before is not None
    assert before.visibility is Visibility.MASKED
    assert "138" in before.text
    by_new = queries.listing(actor=as_actor(bo), purpose=WORK, at=NOON, filters=Filters(text="13900139000"))
    by_old = queries.listing(actor=as_actor(bo), purpose=WORK, at=NOON, filters=Filters(text="13800138000"))
    assert (len(by_new.rows), len(by_old.rows)) == (1, 0)


def test_an_erased_record_reads_as_erased_and_its_history_too(kai: Person, bo: Person, li_na: Customer) -> None:
    actions.add_note(customer=li_na.pk, text="prefers mornings", purpose=WORK, by=as_actor(bo), at=NOON)
    actions.erase(customer=li_na.pk, reason="request", purpose=WORK, by=as_actor(kai), at=NOON)
    shown = opened(li_na, bo)
    assert all(cell.erased for cell in shown.cells.values())
    assert shown.title == ""
    assert Sealed.objects.filter(customer=li_na).exists()
    notes = past.notes(customer=li_na.pk, actor=as_actor(bo), purpose=WORK)
    assert [note.text for note in notes] == [""]
    found = queries.listing(actor=as_actor(bo), purpose=WORK, at=NOON, filters=Filters(text="李娜"))
    assert not found.rows


def test_a_record_without_name_basis_or_source_is_refused_and_nothing_is_written(bo: Person, shanghai: Unit) -> None:
    before = Entry.objects.count()
    with pytest.raises(Invalid) as refusal:
        open_record(as_actor(bo), shanghai, **{"person-name": None})
    assert [problem.field for problem in refusal.value.problems] == ["person-name"]
    assert not Customer.objects.exists()
    assert Entry.objects.count() == before


def test_two_customers_are_held_in_one_order_whichever_is_related_to_the_other(
    bo: Person, li_na: Customer, shanghai: Unit
) -> None:
    other = open_record(as_actor(bo), shanghai, **{"resident-id": None})

    def held(subject: Customer, related: Customer) -> list[str]:
        with CaptureQueriesContext(connection) as asked:
            actions.relate(
                subject=subject.pk, related=related.pk, kind="spouse", purpose=WORK, by=as_actor(bo), at=NOON
            )
        locks = (one["sql"] for one in asked.captured_queries if "FOR UPDATE" in one["sql"])
        return [pk for lock in locks for pk in (li_na.pk.hex, other.pk.hex) if pk in lock]

    assert held(li_na, other) == held(other, li_na) == [li_na.pk.hex, other.pk.hex]
