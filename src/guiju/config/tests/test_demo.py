import pytest

from guiju.access import actors, queries
from guiju.access.actions import create_unit
from guiju.access.models import Grant, Person, Unit
from guiju.access.tests.cast import NOON
from guiju.config import demo, invented
from guiju.kit import clock
from guiju.records.models import Customer, ImportBatch, ImportState, Note, Relationship, State

pytestmark = pytest.mark.django_db(databases=["default", "keyring"])
OPERATOR = actors.operator("root")


@pytest.fixture
def top(db: None) -> Unit:
    """The organisation that the demo is shown in."""
    return create_unit(name="Guiju Trading", parent=None, by=OPERATOR, at=NOON)


def test_the_demo_comes_through_the_gate_and_says_of_everything_that_it_is_a_demo(top: Unit) -> None:
    told = demo.load(by=OPERATOR)
    assert (told.people, told.customers, told.notes, told.relationships) == (8, 60, 3, 2)
    assert set(ImportBatch.objects.values_list("state", "quarantined")) == {(ImportState.DONE, 0)}
    assert Customer.objects.exclude(source="Guiju demo").count() == 0
    assert Customer.objects.filter(kind="organisation", tags=["demo"]).count() == 24
    assert not Person.objects.exclude(name__startswith="Demo ").exists()
    assert not Unit.objects.exclude(pk=top.pk).exclude(name__startswith="Demo ").exists()
    assert Relationship.objects.filter(kind="contact").count() == 24


def test_every_unit_sees_its_own_demo_customers(top: Unit) -> None:
    demo.load(by=OPERATOR)
    counts = {name: Customer.objects.filter(unit__name=name).count() for name in ("Demo North", "Demo South")}
    assert counts == {"Demo North": 30, "Demo South": 30}
    assert Customer.objects.filter(owner=None).count() == 0


def test_loading_twice_brings_nothing_more(top: Unit) -> None:
    demo.load(by=OPERATOR)
    again = demo.load(by=OPERATOR)
    assert (again.people, again.customers) == (0, 0)
    assert Customer.objects.count() == 60


def test_nobody_of_the_demo_runs_people_or_comes_in_without_a_link(top: Unit) -> None:
    demo.load(by=OPERATOR)
    assert not Grant.objects.filter(role="security-admin").exists()
    assert not any(person.has_usable_password() for person in Person.objects.all())


def test_dropping_takes_customers_back_erases_those_worked_on_and_closes_the_accounts(top: Unit) -> None:
    demo.load(by=OPERATOR)
    worked_on = set(Note.objects.values_list("customer", flat=True))
    for ends in Relationship.objects.filter(batch=None).values_list("subject", "related"):
        worked_on.update(ends)
    assert len(worked_on) == 7
    told = demo.drop(by=OPERATOR)
    assert (told.people, told.customers) == (8, 60)
    assert not Customer.objects.exclude(state=State.ERASED).exists()
    assert set(Customer.objects.values_list("pk", flat=True)) == worked_on
    assert not Person.objects.filter(is_active=True).exists()
    back = demo.load(by=OPERATOR)
    assert (back.people, back.customers) == (8, 60)


def test_without_an_organisation_there_is_no_demo(db: None) -> None:
    with pytest.raises(demo.NotFounded):
        demo.load(by=OPERATOR)


def test_the_invented_customers_are_the_same_every_time_and_belong_to_nobody() -> None:
    one, other = invented.sheets(), invented.sheets()
    assert [sheet.content for sheet in one] == [sheet.content for sheet in other]
    rows = [row for sheet in one for row in sheet.rows]
    assert all(row["Email"].endswith("@example.com") for row in rows)
    assert all(row["Mobile"].startswith(("+44 7700 900", "+86 100 ")) for row in rows)
    assert all("示例" in row["Company"] or "Example" in row["Company"] for row in rows if "Company" in row)


def test_demo_sales_people_reach_their_own_unit_alone(top: Unit) -> None:
    demo.load(by=OPERATOR)
    person = queries.person_by_email(email="demo-sales-north@guiju.localhost")
    assert person is not None
    assert {hold.unit_name for hold in queries.actor_for(person=person, at=clock.now()).holds} == {"Demo North"}
