"""A proof is the entry itself: whoever may not know all whom an entry names gets none."""

import pytest
from pytest_django import Settings

from guiju.access.models import Person, Unit
from guiju.access.tests.cast import NOON, sign_in
from guiju.ledger import sequencer
from guiju.ledger.models import Entry
from guiju.records import queries, trail
from guiju.records.finding import Filters
from guiju.records.models import Customer
from guiju.records.tests.browsing import PLAIN_STATIC, page_of, text_of
from guiju.records.tests.conftest import as_actor, open_record

pytestmark = pytest.mark.django_db(databases=["default", "keyring"], transaction=True)


@pytest.fixture
def of_both(mei: Person, ada: Person, berlin: Unit, li_na: Customer, settings: Settings) -> Entry:
    """The entry of a list in which Mei saw customers of two units."""
    settings.STORAGES = PLAIN_STATIC
    open_record(as_actor(ada), berlin, **{"resident-id": None})
    queries.listing(actor=as_actor(mei), purpose="legal", at=NOON, filters=Filters())
    sequencer.seal_pending()
    return Entry.objects.get(kind="records.customers.listed")


def test_bo_gets_no_proof_that_names_a_customer_of_another_unit(bo: Person, li_na: Customer, of_both: Entry) -> None:
    desk = sign_in(bo)
    answer = desk.get(page_of(li_na, "customer_proof", of_both.pk))
    assert answer.status_code == 403
    page = text_of(answer)
    assert "its proof would name them" in page
    other = next(one for one in of_both.subjects if one != li_na.pk)
    assert str(other) not in page
    listed = text_of(desk.get(page_of(li_na, "customer_proofs")))
    assert "names others" in listed
    assert page_of(li_na, "customer_proof", of_both.pk) not in listed


def test_an_entry_about_his_own_customer_alone_is_bos_to_prove(bo: Person, li_na: Customer, of_both: Entry) -> None:
    own = Entry.objects.get(kind="records.customer.created", subjects=[li_na.pk])
    answer = sign_in(bo).get(page_of(li_na, "customer_proof", own.pk))
    assert answer.status_code == 200
    assert answer["Content-Disposition"].endswith('.tlog-proof"')


def test_whoever_reads_the_ledger_or_reaches_them_all_gets_it(
    mei: Person, kai: Person, li_na: Customer, of_both: Entry
) -> None:
    for person in (mei, kai):
        assert trail.proof(customer=li_na.pk, entry=of_both.pk, actor=as_actor(person)).text
