from datetime import datetime, timedelta
from importlib import import_module

import pytest
from django.db import connection
from django.test import Client

from guiju.access import actions, actors, queries, recovering, standing, tokens
from guiju.access.models import Person, Token, Unit
from guiju.access.permissions import Permission
from guiju.access.tests.cast import NOON, OPERATOR, add, kinds, sign_in
from guiju.kit.errors import Invalid, NotPermitted

WEEK = NOON + timedelta(days=7)


def made(person: Person, *purposes: str, until: datetime = WEEK) -> tuple[Token, str]:
    by = queries.actor_for(person=person, at=NOON)
    return actions.create_token(person=person, name="Shop", purposes=purposes, expires_at=until, by=by, at=NOON)


def test_a_token_works_in_its_persons_name_within_its_purposes(bo: Person) -> None:
    token, raw = made(bo, "service")
    actor = tokens.authenticate(raw, at=NOON)
    assert actor is not None
    assert actor.ref == f"token:{token.pk}"
    assert actor.person_id == bo.pk
    assert actor.purposes == {"service"}
    assert actor.may(Permission.CUSTOMER_READ)


def test_only_a_fingerprint_of_the_secret_is_kept(bo: Person) -> None:
    token, raw = made(bo, "service")
    assert raw.startswith("gj_")
    assert len(raw) > 40
    row = Token.objects.filter(pk=token.pk).values().get()
    assert raw not in str(row)
    assert raw[8:] not in "".join(str(value) for value in row.values())
    assert len(bytes(row["digest"])) == 32


def test_an_expired_token_opens_nothing(bo: Person) -> None:
    _token, raw = made(bo, "service")
    assert tokens.authenticate(raw, at=WEEK - timedelta(seconds=1))
    assert tokens.authenticate(raw, at=WEEK) is None


def test_a_revoked_token_opens_nothing(bo: Person) -> None:
    token, raw = made(bo, "service")
    actions.revoke_token(token=token, by=OPERATOR, at=NOON)
    assert tokens.authenticate(raw, at=NOON) is None
    with pytest.raises(actions.AlreadyRevoked):
        actions.revoke_token(token=token, by=OPERATOR, at=NOON)


def test_a_token_dies_with_its_persons_account_and_roles(bo: Person) -> None:
    _token, raw = made(bo, "service")
    actions.revoke_role(grant=bo.grants.get(), by=OPERATOR, at=NOON)
    actor = tokens.authenticate(raw, at=NOON)
    assert actor is not None
    assert not actor.permissions
    actions.set_active(person=bo, active=False, by=OPERATOR, at=NOON)
    assert tokens.authenticate(raw, at=NOON) is None


def test_a_token_gains_nothing_that_its_person_is_granted_later(bo: Person, shanghai: Unit, root: Unit) -> None:
    token, raw = made(bo, "service")
    before = tokens.authenticate(raw, at=NOON)
    assert before is not None
    actions.grant_role(person=bo, role="records-admin", unit=root, by=OPERATOR, at=NOON)
    actions.grant_role(person=bo, role="sales", unit=root, by=OPERATOR, at=NOON)
    actor = tokens.authenticate(raw, at=NOON)
    assert actor is not None
    assert [(hold.role, hold.unit_id) for hold in actor.holds] == [("sales", shanghai.pk)]
    assert actor.permissions == before.permissions
    assert not actor.may(Permission.CUSTOMER_ERASE)
    behind = standing.actor_of(ref=f"token:{token.pk}", at=NOON)
    assert behind.permissions == before.permissions
    _newer, raw = made(bo, "service")
    newer = tokens.authenticate(raw, at=NOON)
    assert newer is not None
    assert newer.may(Permission.CUSTOMER_ERASE)


def test_a_token_whose_role_is_renewed_goes_on_with_it(bo: Person, shanghai: Unit) -> None:
    _token, raw = made(bo, "service")
    actions.revoke_role(grant=bo.grants.get(), by=OPERATOR, at=NOON)
    actions.grant_role(person=bo, role="sales", unit=shanghai, by=OPERATOR, at=NOON)
    actor = tokens.authenticate(raw, at=NOON)
    assert actor is not None
    assert actor.may(Permission.CUSTOMER_READ)


def test_the_tokens_that_exist_keep_what_was_held_when_they_were_made(bo: Person, shanghai: Unit, root: Unit) -> None:
    actions.revoke_role(grant=bo.grants.get(), by=OPERATOR, at=NOON + timedelta(hours=2))
    actions.grant_role(person=bo, role="records-admin", unit=root, by=OPERATOR, at=NOON + timedelta(hours=2))
    actions.grant_role(person=bo, role="auditor", unit=None, by=OPERATOR, at=NOON)
    token, _raw = made(bo, "legal")
    Token.objects.update(roles=[])
    migration = import_module("guiju.access.migrations.0005_token_roles")
    with connection.cursor() as cursor:
        cursor.execute(migration.KEEP)
    token.refresh_from_db()
    assert sorted(token.roles) == ["auditor:", f"sales:{shanghai.pk}"]


def test_a_closed_account_that_is_opened_again_has_neither_tokens_nor_links(bo: Person) -> None:
    token, raw = made(bo, "service")
    link = recovering.issue_sign_in_link(person=bo, by=OPERATOR, at=NOON)
    actions.set_active(person=bo, active=False, by=OPERATOR, at=NOON)
    assert tokens.authenticate(raw, at=NOON) is None
    assert standing.actor_of(ref=f"token:{token.pk}", at=NOON).holds == ()
    assert standing.actor_of(ref=bo.ref, at=NOON).holds == ()
    assert "access.token.revoked" in kinds()
    actions.set_active(person=bo, active=True, by=OPERATOR, at=NOON)
    assert tokens.authenticate(raw, at=NOON) is None
    with pytest.raises(recovering.LinkSpent):
        recovering.use_sign_in_link(raw=link, by=actors.system("sign-in"), at=NOON)


def test_the_account_page_says_what_a_token_may_do(bo: Person, root: Unit) -> None:
    made(bo, "service")
    actions.grant_role(person=bo, role="records-admin", unit=root, by=OPERATOR, at=NOON)
    (token,) = sign_in(bo).get("/account/").context["tokens"]
    assert [hold.role for hold in token.holds] == ["sales"]
    actions.revoke_role(grant=bo.grants.get(role="sales"), by=OPERATOR, at=NOON)
    assert "nothing any more" in sign_in(bo).get("/account/").content.decode()


@pytest.mark.parametrize("raw", ["", "gj_", "gj_nonsense", "nonsense", "gj_" + "A" * 43])
def test_nonsense_opens_nothing(bo: Person, raw: str) -> None:
    assert tokens.authenticate(raw, at=NOON) is None


def test_a_token_cannot_reach_further_than_its_person(bo: Person) -> None:
    with pytest.raises(Invalid):
        made(bo, "security")
    with pytest.raises(Invalid):
        made(bo)
    with pytest.raises(Invalid):
        made(bo, "service", until=NOON + timedelta(days=400))
    assert not Token.objects.exists()


def test_a_token_cannot_make_another_token_nor_manage_people(ines: Person) -> None:
    _token, raw = made(ines, "security")
    actor = tokens.authenticate(raw, at=NOON)
    assert actor is not None
    with pytest.raises(NotPermitted):
        actions.create_token(person=ines, name="Two", purposes=["security"], expires_at=WEEK, by=actor, at=NOON)
    with pytest.raises(NotPermitted):
        actions.add_person(email="x@example.org", name="X", by=actor, at=NOON)


def test_nobody_makes_a_token_for_somebody_else_without_the_permission(bo: Person, ada: Person) -> None:
    by = queries.actor_for(person=bo, at=NOON)
    with pytest.raises(NotPermitted):
        actions.create_token(person=ada, name="Mine", purposes=["service"], expires_at=WEEK, by=by, at=NOON)


@pytest.mark.parametrize("roles", [("compliance-officer",), ("service-account", "records-admin"), ()])
def test_ines_cannot_speak_in_a_colleagues_name(ines: Person, root: Unit, roles: tuple[str, ...]) -> None:
    victim = add("Vera", *roles, unit=root)
    by = queries.actor_for(person=ines, at=NOON, mfa=True)
    with pytest.raises(actions.NotAService):
        actions.create_token(person=victim, name="Spy", purposes=["service"], expires_at=WEEK, by=by, at=NOON)
    assert not Token.objects.exists()


def test_use_is_noted_at_most_once_an_hour(bo: Person) -> None:
    token, raw = made(bo, "service")
    for minutes in (0, 5, 59, 61, 62):
        tokens.authenticate(raw, at=NOON + timedelta(minutes=minutes))
    token.refresh_from_db()
    assert token.last_used_at == NOON + timedelta(minutes=61)
    assert kinds().count("access.token.used") == 2


def test_bo_makes_a_token_in_the_browser_sees_it_once_and_revokes_it(bo: Person) -> None:
    browser = sign_in(bo)
    form = {"name": "Shop", "purposes": ["service"], "days": "90"}
    answer = browser.post("/account/tokens/add/", form)
    raw = answer.context["raw"]
    assert raw in answer.content.decode()
    assert tokens.authenticate(raw) is not None
    page = browser.get("/account/").content.decode()
    assert raw not in page
    assert raw[:8] in page
    browser.post(f"/account/tokens/{Token.objects.get().pk}/revoke/")
    assert tokens.authenticate(raw) is None


def test_bo_does_not_find_the_tokens_of_others(bo: Person, ada: Person) -> None:
    token, _raw = made(ada, "service")
    assert sign_in(bo).post(f"/account/tokens/{token.pk}/revoke/").status_code == 404
    assert Client().post(f"/account/tokens/{token.pk}/revoke/").status_code == 302
