from datetime import datetime, timedelta

import pytest
from django.db import IntegrityError, transaction
from pytest_django import DjangoAssertNumQueries

from guiju.access import actions, actors, granting, queries, recovering
from guiju.access.actors import GUEST, Actor
from guiju.access.models import Grant, Person, Unit
from guiju.access.tests.cast import NOON, OPERATOR, add, kinds
from guiju.kit.errors import Invalid, NotPermitted
from guiju.ledger.models import Entry

LATER = NOON + timedelta(days=1)


def as_actor(person: Person, at: datetime = LATER) -> Actor:
    return queries.actor_for(person=person, at=at)


def test_a_new_organisation_gets_its_first_administrator_and_a_link(db: None) -> None:
    raw = actions.found_organisation(name="Guiju Trading", email="Lin@Example.org", by=OPERATOR, at=NOON)
    lin = Person.objects.get()
    assert lin.email == "lin@example.org"
    assert {hold.role for hold in as_actor(lin).holds} == {"security-admin", "records-admin", "compliance-officer"}
    assert recovering.use_sign_in_link(raw=raw, by=actors.system("sign-in"), at=NOON) == lin
    with pytest.raises(actions.AlreadyFounded):
        actions.found_organisation(name="Again", email="x@example.org", by=OPERATOR, at=NOON)


def test_a_guest_may_add_nobody_and_nothing_is_written(db: None) -> None:
    with pytest.raises(NotPermitted):
        actions.add_person(email="x@example.org", name="X", by=GUEST, at=NOON)
    assert not Person.objects.exists()
    assert not Entry.objects.exists()


def test_a_sales_person_may_not_grant_roles_and_nothing_is_written(bo: Person, ada: Person, root: Unit) -> None:
    before = Entry.objects.count(), Grant.objects.count()
    with pytest.raises(NotPermitted):
        actions.grant_role(person=ada, role="auditor", unit=root, by=as_actor(bo), at=LATER)
    assert (Entry.objects.count(), Grant.objects.count()) == before


def test_nobody_grants_themselves_a_role(ines: Person, root: Unit) -> None:
    with pytest.raises(granting.OwnAccount):
        actions.grant_role(person=ines, role="auditor", unit=root, by=as_actor(ines), at=LATER)


def test_roles_of_the_machine_cannot_be_granted(bo: Person) -> None:
    for role in ("operator", "system", "emperor"):
        with pytest.raises(Invalid):
            actions.grant_role(person=bo, role=role, unit=None, by=OPERATOR, at=LATER)


def test_a_role_with_a_scope_needs_a_unit(sam: Person) -> None:
    with pytest.raises(Invalid) as refused:
        actions.grant_role(person=sam, role="sales", unit=None, by=OPERATOR, at=LATER)
    assert refused.value.problems[0].field == "unit"


def test_the_same_role_is_not_granted_twice(bo: Person, shanghai: Unit) -> None:
    with pytest.raises(actions.AlreadyHeld):
        actions.grant_role(person=bo, role="sales", unit=shanghai, by=OPERATOR, at=LATER)


def test_an_expired_role_counts_no_more_and_can_be_granted_again(sam: Person, shanghai: Unit) -> None:
    for at in (NOON, LATER):
        end = at + timedelta(hours=1)
        actions.grant_role(person=sam, role="sales", unit=shanghai, expires_at=end, by=OPERATOR, at=at)
        assert as_actor(sam, at=at).holds
        assert not as_actor(sam, at=end).holds
    assert kinds()[-3:] == ["access.role.granted", "access.role.revoked", "access.role.granted"]


def test_a_revoked_role_counts_no_more(bo: Person) -> None:
    grant = Grant.objects.get(person=bo)
    actions.revoke_role(grant=grant, by=OPERATOR, at=LATER)
    assert not as_actor(bo).holds
    with pytest.raises(actions.AlreadyRevoked):
        actions.revoke_role(grant=grant, by=OPERATOR, at=LATER)


def test_the_last_security_administrator_stays(ines: Person, root: Unit) -> None:
    grant = Grant.objects.get(person=ines)
    with pytest.raises(actions.LastAdministrator):
        actions.revoke_role(grant=grant, by=OPERATOR, at=LATER)
    with pytest.raises(actions.LastAdministrator):
        actions.set_active(person=ines, active=False, by=OPERATOR, at=LATER)
    second = add("Second", unit=root)
    end = LATER + timedelta(days=9)
    actions.grant_role(person=second, role="security-admin", unit=root, expires_at=end, by=OPERATOR, at=LATER)
    with pytest.raises(actions.LastAdministrator):
        actions.revoke_role(grant=grant, by=OPERATOR, at=LATER)
    third = add("Third", "security-admin", unit=root)
    actions.revoke_role(grant=grant, by=as_actor(third), at=LATER)


def test_nobody_closes_their_own_account(ines: Person) -> None:
    with pytest.raises(granting.OwnAccount):
        actions.set_active(person=ines, active=False, by=as_actor(ines), at=LATER)


def test_an_address_is_taken_in_every_letter_case(bo: Person) -> None:
    with pytest.raises(Invalid) as refused:
        actions.add_person(email=" BO@Example.ORG ", name="Bo again", by=OPERATOR, at=LATER)
    assert refused.value.problems[0].field == "email"


def test_the_database_refuses_addresses_in_capitals(bo: Person) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Person.objects.filter(pk=bo.pk).update(email="Bo@example.org")


def test_the_database_refuses_a_revocation_by_nobody(bo: Person) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Grant.objects.filter(person=bo).update(revoked_at=LATER)


def test_units_keep_their_path(root: Unit, shanghai: Unit) -> None:
    team = actions.create_unit(name="Team 1", parent=shanghai, by=OPERATOR, at=LATER)
    assert team.path == f"{root.pk}.{shanghai.pk}.{team.pk}."
    assert (root.depth, shanghai.depth, team.depth) == (0, 1, 2)
    with pytest.raises(Invalid):
        actions.create_unit(name="Team 1", parent=shanghai, by=OPERATOR, at=LATER)


def test_an_actor_knows_the_tree_below_each_unit_with_one_query(
    shanghai: Unit, berlin: Unit, sam: Person, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    team = actions.create_unit(name="Team 1", parent=shanghai, by=OPERATOR, at=NOON)
    actions.grant_role(person=sam, role="service", unit=shanghai, by=OPERATOR, at=NOON)
    actions.grant_role(person=sam, role="auditor", unit=None, by=OPERATOR, at=NOON)
    with django_assert_num_queries(1):
        service, auditor = as_actor(sam).holds
    assert service.tree == {shanghai.pk, team.pk}
    assert service.unit_name == "Shanghai"
    assert (auditor.unit_id, auditor.tree) == (None, frozenset())


def test_a_closed_account_holds_nothing(bo: Person) -> None:
    actions.set_active(person=bo, active=False, by=OPERATOR, at=LATER)
    assert not as_actor(bo).holds


def test_a_purpose_outside_the_roles_is_refused(bo: Person) -> None:
    assert actions.choose_purpose(purpose="marketing", by=as_actor(bo), at=LATER) == "marketing"
    with pytest.raises(NotPermitted):
        actions.choose_purpose(purpose="security", by=as_actor(bo), at=LATER)


def test_no_entry_of_access_holds_a_name_or_an_address(ines: Person, bo: Person, mei: Person) -> None:
    for entry in Entry.objects.all():
        assert "example.org" not in entry.payload
        assert "Bo" not in entry.payload


def test_references_become_names_with_one_query_per_kind(
    bo: Person, mei: Person, root: Unit, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    gone = "person:0198c0de-0000-7000-8000-000000000000"
    with django_assert_num_queries(2):
        names = queries.labels([bo.ref, mei.ref, f"unit:{root.pk}", "role:sales", "guest", "operator:root", gone])
    assert names[bo.ref] == "Bo"
    assert names["role:sales"] == "Sales"
    assert names[f"unit:{root.pk}"] == "Guiju Trading"
    assert names[gone] == gone
