"""A search, a count and a filter find a sealed value only where the reader may see it."""

from itertools import product

import pytest
from django.test import Client
from pytest_django import Settings

from guiju.access import policy
from guiju.access.actors import Actor, Hold
from guiju.access.fields import Visibility
from guiju.access.models import Person, Unit
from guiju.access.permissions import Permission
from guiju.access.purposes import PURPOSES
from guiju.access.roles import ROLES
from guiju.access.tests.cast import NOON, add, sign_in
from guiju.records import actions, alike, queries, standard
from guiju.records.exports import queries as exports
from guiju.records.finding import Filters
from guiju.records.models import Customer
from guiju.records.showing import envelope
from guiju.records.tests.browsing import PLAIN_STATIC
from guiju.records.tests.conftest import LI_NA, as_actor, open_record
from guiju.records.tests.program import program_of

WORK = "account-management"
pytestmark = pytest.mark.django_db(databases=["default", "keyring"])
SEALED = ["李娜", "lina", "13800138000", "li.na@example.com"]


def hits(who: Actor, purpose: str, **narrowed: str) -> int:
    filters = Filters(**narrowed)  # type: ignore[arg-type]
    found = queries.listing(actor=who, purpose=purpose, at=NOON, filters=filters)
    assert queries.count(actor=who, filters=filters, purpose=purpose) == len(found.rows)
    return len(found.rows)


def restrict(customer: Customer, by: Person) -> None:
    actions.update(
        customer=customer.pk,
        changes={},
        columns={"state": "restricted"},
        version=1,
        purpose=WORK,
        by=as_actor(by),
        at=NOON,
    )


def test_nobody_finds_a_restricted_customer_by_a_value_that_stays_hidden(
    bo: Person, mei: Person, li_na: Customer
) -> None:
    restrict(li_na, bo)
    assert [hits(as_actor(bo), WORK, text=text) for text in SEALED] == [0] * len(SEALED)
    assert hits(as_actor(bo), WORK, initial="L") == 0
    assert hits(as_actor(bo), WORK) == 1, "the record itself is not secret"
    assert [hits(as_actor(mei), "complaint-handling", text=text) for text in SEALED] == [1] * len(SEALED)
    assert hits(as_actor(mei), "complaint-handling", initial="L") == 1


def test_nobody_finds_a_customer_by_a_value_under_a_purpose_it_was_not_collected_for(
    bo: Person, li_na: Customer
) -> None:
    assert [hits(as_actor(bo), "marketing", text=text) for text in SEALED] == [0] * len(SEALED)
    assert [hits(as_actor(bo), WORK, text=text) for text in SEALED] == [1] * len(SEALED)


def test_the_search_page_and_the_api_tell_no_more(bo: Person, li_na: Customer, settings: Settings) -> None:
    settings.STORAGES = PLAIN_STATIC
    desk, program = sign_in(bo), program_of(bo)

    def found(client: Client) -> list[object]:
        page = client.post("/search/", {"q": "13800138000"})
        sent = program.post("/customers/search", {"text": "13800138000"}, Guiju_Purpose=WORK)
        assert sent.status_code == 200, sent.content
        return [page.status_code, len(sent.json()["items"])]

    assert found(desk) == [302, 1]
    restrict(li_na, bo)
    assert found(desk) == [200, 0]


def test_the_look_for_duplicates_hits_no_hidden_value(bo: Person, mei: Person, li_na: Customer) -> None:
    def twins(person: Person, purpose: str, *keys: str) -> int:
        values = {key: LI_NA[key] for key in keys}
        return len(alike.customers(values=values, actor=as_actor(person), purpose=purpose, at=NOON))

    assert twins(bo, WORK, "phones") == 1
    assert twins(bo, WORK, "resident-id") == 0
    assert twins(mei, "complaint-handling", "resident-id") == 1
    restrict(li_na, bo)
    assert twins(bo, WORK, "phones", "emails") == 0


def test_an_export_filtered_by_initial_takes_nobody_whose_name_is_hidden(bo: Person, li_na: Customer) -> None:
    filters = Filters(initial="L")
    assert exports.count(actor=as_actor(bo), filters=filters, purpose=WORK) == 1
    restrict(li_na, bo)
    assert exports.count(actor=as_actor(bo), filters=filters, purpose=WORK) == 0


def test_the_conditions_say_what_the_lens_says_of_every_role_purpose_state_and_field(
    bo: Person, ada: Person, shanghai: Unit, berlin: Unit
) -> None:
    """Two forms of one decision: a record's map of fields, and the records of a field as a condition."""
    one = open_record(as_actor(bo), shanghai, **{"resident-id": None})
    two = open_record(as_actor(ada), berlin, **{"resident-id": None})
    fields = standard.load().protected_fields()
    pairs = list(product(ROLES, ROLES))
    for state, collected in product(("active", "restricted"), (["account-management"], ["marketing", "service"])):
        Customer.objects.update(state=state, purposes=collected)
        records = list(Customer.objects.filter(pk__in=[one.pk, two.pk]))
        for (first, second), purpose in product(pairs[::3], PURPOSES):
            holds = (
                Hold(role=first, unit_id=shanghai.pk, tree=frozenset({shanghai.pk})),
                Hold(role=second, unit_id=berlin.pk, tree=frozenset({berlin.pk})),
            )
            actor = Actor(ref="person:x", person_id=bo.pk, holds=holds)
            lens = policy.lens(actor, purpose=purpose, fields=fields)
            seen = (Visibility.MASKED, Visibility.CLEAR)
            said = {
                (record.pk, key)
                for record in records
                for key, visibility in lens.map_for(envelope(record)).items()
                if visibility in seen
            }
            found = {
                (pk, key)
                for keys, where in lens.shown()
                for pk in Customer.objects.filter(where, pk__in=[one.pk, two.pk]).values_list("pk", flat=True)
                for key in keys
            }
            assert found == said, (first, second, purpose, state, collected)


def test_only_the_role_that_the_search_is_for_counts(bo: Person, rui: Person, li_na: Customer) -> None:
    assert policy.lens(as_actor(rui), purpose="legal", fields=[], permission=Permission.CUSTOMER_EXPORT).shown() == []
    assert hits(as_actor(rui), "legal", text="李娜") == 0
    assert hits(as_actor(add("Ren", "auditor", unit=bo.unit)), "legal", initial="L") == 0
