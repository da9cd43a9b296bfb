"""Who may open which page: every page of access × every role."""

import uuid
from typing import Protocol, cast

import pytest
from django.test import Client
from django.urls import URLPattern, reverse
from pytest_django import DjangoAssertNumQueries

from guiju.access import urls
from guiju.access.models import Person, Unit
from guiju.access.permissions import Permission
from guiju.access.roles import ROLES
from guiju.access.tests.cast import add, kinds, last, sign_in

SAMPLE = {
    "person_id": str(uuid.UUID(int=1)),
    "grant_id": str(uuid.UUID(int=2)),
    "proposal_id": str(uuid.UUID(int=4)),
    "token_id": str(uuid.UUID(int=3)),
    "session_id": "0",
    "pk": "0",
}


class Door(Protocol):
    """What the door leaves on a view."""

    needs: Permission | None
    reason: str
    methods: tuple[str, ...]


def door(page: URLPattern) -> Door:
    return cast("Door", page.callback)


PAGES = [*urls.LIBRARY, *urls.OURS]
POSTED = [page for page in urls.OURS if door(page).methods == ("POST",)]
HELD = [code for code, role in ROLES.items() if role.grantable]


def address(page: URLPattern) -> str:
    name = page.name if page in urls.LIBRARY else f"access:{page.name}"
    return reverse(name, kwargs={key: SAMPLE[key] for key in page.pattern.converters})


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_page_names_its_permission_or_says_why_it_needs_none(page: URLPattern) -> None:
    assert isinstance(door(page).needs, Permission) or door(page).reason


@pytest.mark.parametrize("page", [page for page in PAGES if door(page).needs], ids=lambda page: page.name)
def test_guests_are_asked_to_sign_in(page: URLPattern, guest: Client, db: None) -> None:
    answer = guest.get(address(page))
    assert answer.status_code == 302
    assert answer["Location"].startswith("/sign-in/?next=")


@pytest.mark.parametrize("role", HELD)
def test_each_role_finds_its_pages_and_strangers_find_404(role: str, root: Unit) -> None:
    browser = sign_in(add("Somebody", role, unit=root))
    permissions = ROLES[role].permissions
    for page in PAGES:
        needs = door(page).needs
        if needs is None:
            continue
        answer = browser.get(address(page))
        if needs not in permissions:
            assert answer.status_code == 404, page.name
        elif "GET" not in door(page).methods:
            assert answer.status_code == 405, page.name
        elif not page.pattern.converters:
            assert answer.status_code in {200, 302} or str(page.name).startswith("mfa_"), page.name


@pytest.mark.parametrize("page", POSTED, ids=lambda page: page.name)
def test_a_stranger_who_posts_changes_nothing(page: URLPattern, bo: Person, ines: Person) -> None:
    if door(page).needs in (None, *ROLES["sales"].permissions):
        return
    where = address(page).replace(SAMPLE["person_id"], str(ines.pk))
    grants = list(ines.grants.values())
    assert sign_in(bo).post(where, {"active": "no", "role": "auditor", "name": "X"}).status_code == 404
    assert list(ines.grants.values()) == grants
    assert Person.objects.get(pk=ines.pk).is_active
    assert kinds()[-1] == "access.permission.refused"


def test_a_refused_page_is_recorded_without_the_address(bo: Person, ines: Person) -> None:
    page = sign_in(bo).get(f"/people/{ines.pk}/")
    assert page.status_code == 404
    assert "There is no such page" in page.content.decode()
    entry = last()
    assert (entry.kind, entry.outcome, entry.actor) == ("access.permission.refused", "refused", bo.ref)
    assert '"page":"access:person"' in entry.payload
    assert str(ines.pk) not in entry.payload


def test_somebody_without_a_role_is_told_so(sam: Person) -> None:
    page = sign_in(sam).get("/people/")
    assert page.status_code == 403
    assert "You have no role yet" in page.content.decode()


def test_a_refused_htmx_request_gets_a_toast(bo: Person) -> None:
    page = sign_in(bo).get("/people/", headers={"HX-Request": "true"})
    assert page.status_code == 422
    assert page["HX-Retarget"] == "#toasts"
    assert page["X-Refused"] == "not-found"
    assert "<html" not in page.content.decode()


def test_a_guest_htmx_request_is_sent_to_sign_in(guest: Client, db: None) -> None:
    headers = {"HX-Request": "true", "HX-Current-URL": "http://testserver/people/"}
    answer = guest.get("/people/", headers=headers)
    assert answer["HX-Redirect"] == "/sign-in/?next=%2Fpeople%2F"


def test_pages_are_never_cached(bo: Person) -> None:
    assert "no-store" in sign_in(bo).get("/roles/")["Cache-Control"]


def test_the_door_costs_three_queries(bo: Person, django_assert_max_num_queries: DjangoAssertNumQueries) -> None:
    browser = sign_in(bo)
    browser.get("/roles/")
    with django_assert_max_num_queries(3):
        browser.get("/roles/")


def purpose_of(answer: object) -> str:
    return str(answer.wsgi_request.purpose)  # type: ignore[attr-defined]


def test_bo_chooses_a_purpose_and_stays_on_the_page(bo: Person) -> None:
    browser = sign_in(bo)
    answer = browser.post("/purpose/", {"purpose": "marketing", "next": "/roles/"})
    assert answer["Location"] == "/roles/"
    assert kinds()[-1] == "access.purpose.chosen"
    page = browser.get("/roles/")
    assert purpose_of(page) == "marketing"


def test_a_purpose_that_is_not_bos_is_refused(bo: Person) -> None:
    browser = sign_in(bo)
    assert browser.post("/purpose/", {"purpose": "security"}).status_code == 403
    assert purpose_of(browser.get("/roles/")) == "account-management"


@pytest.mark.parametrize("where", ["https://evil.example/", "//evil.example/", "javascript:alert(1)"])
def test_switches_never_lead_to_another_site(bo: Person, where: str) -> None:
    assert sign_in(bo).post("/purpose/", {"purpose": "service", "next": where})["Location"] == "/"
    assert sign_in(bo).post("/language/", {"language": "en", "next": where})["Location"] == "/"


def test_the_language_follows_the_person_and_keeps_the_page(bo: Person, guest: Client) -> None:
    answer = sign_in(bo).post("/language/", {"language": "zh-hans", "next": "/roles/"})
    assert answer["Location"] == "/roles/"
    assert Person.objects.get(pk=bo.pk).language == "zh-hans"
    guest.post("/sign-in/", {"login": bo.email, "password": "correct horse battery staple"})
    assert guest.cookies["django_language"].value == "zh-hans"
    assert guest.post("/language/", {"language": "tlh"}).status_code == 302
    assert guest.cookies["django_language"].value == "zh-hans"
