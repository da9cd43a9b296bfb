from datetime import UTC, datetime
from typing import Any

from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django import DjangoAssertNumQueries

from guiju.access import actions, queries
from guiju.access.models import Grant, Person, Unit
from guiju.access.tests.cast import NOON, OPERATOR, PASSWORD, add, kinds, sign_in
from guiju.kit import clock


def test_ines_adds_somebody_who_comes_in_by_the_link(ines: Person, shanghai: Unit) -> None:
    browser = sign_in(ines)
    assert browser.get("/people/add/").status_code == 200
    form = {"name": "Li Wei", "email": "Li.Wei@Example.org", "unit": shanghai.pk, "language": "zh-hans"}
    shown = browser.post("/people/add/", form)
    address = shown.context["address"]
    assert address in shown.content.decode()
    wei = Person.objects.get(email="li.wei@example.org")
    assert browser.post(f"/people/{wei.pk}/grant/", {"role": "sales", "unit": shanghai.pk}).status_code == 302
    newcomer = Client()
    page, _hash, secret = address.partition("#")
    assert newcomer.post(page, {"code": secret})["Location"] == "/"
    assert newcomer.get("/roles/")["Location"] == "/account/password/first/"


def test_an_address_that_is_taken_keeps_what_was_typed(ines: Person, bo: Person, shanghai: Unit) -> None:
    form = {"name": "Bo Two", "email": bo.email.upper(), "unit": shanghai.pk, "language": "en"}
    page = sign_in(ines).post("/people/add/", form)
    assert page.status_code == 422
    assert "already here" in page.content.decode()
    assert "Bo Two" in page.content.decode()


def test_a_person_page_shows_grants_and_takes_a_role_back(ines: Person, bo: Person) -> None:
    browser = sign_in(ines)
    assert "Shanghai" in browser.get(f"/people/{bo.pk}/").content.decode()
    grant = Grant.objects.get(person=bo)
    assert browser.post(f"/people/grants/{grant.pk}/revoke/")["Location"] == f"/people/{bo.pk}/"
    assert "taken back" in browser.get(f"/people/{bo.pk}/").content.decode()


def test_a_refused_grant_is_shown_in_the_form(ines: Person, bo: Person, shanghai: Unit) -> None:
    page = sign_in(ines).post(f"/people/{bo.pk}/grant/", {"role": "sales", "unit": shanghai.pk})
    assert page.status_code == 422
    assert "already holds this role" in page.content.decode()


def test_a_grant_until_a_day_includes_that_day(ines: Person, sam: Person, root: Unit) -> None:
    form = {"role": "auditor", "unit": root.pk, "until": "2099-12-31"}
    sign_in(ines).post(f"/people/{sam.pk}/grant/", form)
    assert Grant.objects.get(person=sam).expires_at == datetime(2100, 1, 1, tzinfo=UTC)


def test_the_last_administrators_role_stays_and_the_page_says_why(ines: Person) -> None:
    grant = Grant.objects.get(person=ines)
    page = sign_in(ines).post(f"/people/grants/{grant.pk}/revoke/")
    assert page.status_code == 409
    assert "last security administrator" in page.content.decode()


def test_an_account_is_closed_and_opened_again(ines: Person, bo: Person) -> None:
    browser = sign_in(ines)
    browser.post(f"/people/{bo.pk}/active/", {"active": "no"})
    assert not Person.objects.get(pk=bo.pk).is_active
    browser.post(f"/people/{bo.pk}/active/", {"active": "yes"})
    assert Person.objects.get(pk=bo.pk).is_active
    assert kinds()[-2:] == ["access.person.deactivated", "access.person.activated"]


def _names(page: Any) -> list[str]:
    return [one.person.name for one in page.context["people"]]


def names(browser: Client, **form: object) -> list[str]:
    return _names(browser.post("/people/", form))


def test_people_are_found_by_name_role_and_unit(ines: Person, bo: Person, ada: Person, shanghai: Unit) -> None:
    browser = sign_in(ines)
    assert _names(browser.get("/people/")) == ["Ada", "Bo", "Ines"]
    assert names(browser, search="BO@") == ["Bo"]
    assert names(browser, role="sales") == ["Ada", "Bo"]
    assert names(browser, unit=shanghai.pk) == ["Bo"]
    assert names(browser, search="nobody") == []


def test_a_manager_finds_the_people_of_the_own_tree_only(shanghai: Unit, bo: Person, ada: Person) -> None:
    browser = sign_in(add("Max", "manager", unit=shanghai))
    assert _names(browser.get("/people/")) == ["Bo", "Max"]
    assert browser.get(f"/people/{bo.pk}/").status_code == 200
    assert browser.get(f"/people/{ada.pk}/").status_code == 404


def test_a_page_that_begins_at_somebody_out_of_reach_begins_at_the_beginning(
    shanghai: Unit, bo: Person, ada: Person
) -> None:
    """Else the place of a name among one's own people would tell the name."""
    browser = sign_in(add("Max", "manager", unit=shanghai))
    kim = add("Kim", "sales", unit=ada.unit)
    assert names(browser, after=kim.pk) == ["Bo", "Max"]


def test_many_people_come_a_page_at_a_time(ines: Person, shanghai: Unit) -> None:
    for number in range(queries.PAGE + 5):
        person = Person(email=f"p{number}@example.org", name=f"P {number:03}", unit=shanghai, joined_at=NOON)
        person.save()
    browser = sign_in(ines)
    first = browser.get("/people/")
    second = browser.post("/people/", {"after": first.context["after"]})
    assert second.context["after"] == ""
    assert (len(_names(first)), len(_names(second))) == (queries.PAGE, 6)
    assert not set(_names(first)) & set(_names(second))


def test_the_list_costs_the_same_for_few_and_many(
    ines: Person, shanghai: Unit, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    browser = sign_in(ines)
    with CaptureQueriesContext(
        connection,
    ) as few:
        browser.get("/people/")
    for number in range(20):
        add(f"Q{number}", "sales", unit=shanghai)
    with django_assert_num_queries(len(few)):
        browser.get("/people/")


def test_bo_ends_his_other_session(bo: Person) -> None:
    here, there = Client(), Client()
    for browser in (here, there):
        browser.post("/sign-in/", {"login": bo.email, "password": PASSWORD})
    other = UserSession.objects.get(session_key=there.session.session_key)
    assert "this one" in here.get("/account/").content.decode()
    assert here.post(f"/account/sessions/{other.pk}/end/")["Location"] == "/account/"
    assert there.get("/account/")["Location"].startswith("/sign-in/")
    assert kinds()[-1] == "access.session.ended"


def test_a_session_that_expired_or_began_under_an_old_password_is_not_listed(bo: Person) -> None:
    browsers = [Client(), Client(), Client()]
    for browser in browsers:
        browser.post("/sign-in/", {"login": bo.email, "password": PASSWORD})
    here, late, elsewhere = (browser.session.session_key for browser in browsers)
    Session.objects.filter(session_key=late).update(expire_date=clock.now())
    listed = [one.session.session_key for one in queries.sessions_of(person=bo, at=clock.now())]
    assert listed == [elsewhere, here]
    new = "another long enough sentence"
    browsers[0].post("/account/password/", {"oldpassword": PASSWORD, "password1": new, "password2": new})
    bo.refresh_from_db()
    listed = [one.session.session_key for one in queries.sessions_of(person=bo, at=clock.now())]
    assert listed == [browsers[0].session.session_key]


def test_bo_cannot_end_adas_session_but_ines_can(bo: Person, ada: Person, ines: Person) -> None:
    hers = Client()
    hers.post("/sign-in/", {"login": ada.email, "password": PASSWORD})
    session = UserSession.objects.get(user=ada)
    assert sign_in(bo).post(f"/account/sessions/{session.pk}/end/").status_code == 404
    assert hers.get("/account/").status_code == 200
    sign_in(ines).post(f"/people/sessions/{session.pk}/end/")
    assert hers.get("/account/")["Location"].startswith("/sign-in/")


def test_bo_changes_his_name_and_language(bo: Person) -> None:
    browser = sign_in(bo)
    answer = browser.post("/account/", {"name": "Bo Berg", "language": "zh-hans"})
    assert answer["Location"] == "/account/"
    assert answer.cookies["django_language"].value == "zh-hans"
    assert Person.objects.get(pk=bo.pk).name == "Bo Berg"
    assert browser.post("/account/", {"name": " ", "language": "en"}).status_code == 422


def test_ines_adds_a_unit_and_a_second_of_the_name_is_refused(ines: Person, root: Unit) -> None:
    browser = sign_in(ines)
    assert browser.post("/units/add/", {"name": "Lyon", "parent": root.pk})["Location"] == "/units/"
    assert "Lyon" in browser.get("/units/").content.decode()
    assert browser.post("/units/add/", {"name": "Lyon", "parent": root.pk}).status_code == 422


def test_roles_and_purposes_are_read_aloud(bo: Person) -> None:
    browser = sign_in(bo)
    roles = browser.get("/roles/").content.decode()
    assert "Runs people, roles, keys and settings" in roles
    purposes = browser.get("/purposes/").content.decode()
    assert "Personal Information Protection Law" in purposes
    assert "unverified" in purposes


def test_ines_makes_a_token_for_a_service_account(ines: Person, root: Unit) -> None:
    shop = add("Shop", "service-account", unit=root)
    browser = sign_in(ines)
    assert browser.get(f"/people/{shop.pk}/tokens/add/").status_code == 200
    shown = browser.post(f"/people/{shop.pk}/tokens/add/", {"name": "Web shop", "purposes": ["service"], "days": "30"})
    assert shown.context["raw"].startswith("gj_")
    token = shop.tokens.get()
    browser.post(f"/people/tokens/{token.pk}/revoke/")
    assert shop.tokens.get().revoked_at is not None


def test_a_new_link_for_a_closed_account_is_refused(ines: Person, bo: Person) -> None:
    actions.set_active(person=bo, active=False, by=OPERATOR, at=NOON)
    assert sign_in(ines).post(f"/people/{bo.pk}/link/").status_code == 404


def test_the_page_of_a_person_tells_what_they_did_in_sentences(ines: Person, bo: Person, shanghai: Unit) -> None:
    actions.grant_role(
        person=bo, role="service", unit=shanghai, by=queries.actor_for(person=ines, at=clock.now()), at=clock.now()
    )
    page = sign_in(ines).get(f"/people/{ines.pk}/").content.decode()
    assert "Ines granted Bo the role Service" in page
