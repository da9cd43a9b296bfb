import time
from typing import Any

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from allauth.usersessions.models import UserSession
from django.test import Client
from django.urls import reverse
from django.utils import translation

from guiju.access import actions, actors, recovering
from guiju.access.models import Person, SignInLink
from guiju.access.tests.cast import NOON, OPERATOR, PASSWORD, SECRET, enrol, kinds, last, sign_in
from guiju.kit import clock
from guiju.ledger.models import Entry

LOGIN, LINK = "/sign-in/", "/sign-in/link/"


def post(client: Client, email: str, password: str, address: str = LOGIN) -> Any:
    return client.post(address, {"login": email, "password": password})


def test_bo_signs_in_with_his_address_in_any_case_and_the_ledger_knows(guest: Client, bo: Person) -> None:
    answer = post(guest, "BO@Example.org", PASSWORD)
    assert answer.status_code == 302
    assert answer["Location"] == "/"
    entry = Entry.objects.filter(kind="access.session.started").get()
    assert entry.actor == bo.ref
    assert "password" in entry.payload


def test_a_wrong_password_and_an_unknown_address_look_the_same(guest: Client, bo: Person) -> None:
    wrong = post(guest, bo.email, "not the password")
    unknown = post(guest, "nobody@example.org", "not the password")
    assert plain(wrong, bo.email) == plain(unknown, "nobody@example.org")


def plain(page: Any, email: str) -> list[str]:
    """Return a page without what was typed and without its one-time values."""
    lines = page.content.decode().replace(email, "").splitlines()
    return [line for line in lines if "csrfmiddlewaretoken" not in line and "X-CSRFToken" not in line]


def test_a_failed_sign_in_leaves_an_entry_without_the_address(guest: Client, bo: Person) -> None:
    post(guest, bo.email, "not the password")
    post(guest, "nobody@example.org", "not the password")
    known, unknown = Entry.objects.filter(kind="access.session.refused").order_by("id")
    assert bo.ref in known.payload
    assert "hash:" in unknown.payload
    assert "example.org" not in known.payload + unknown.payload
    assert known.outcome == "refused"


def test_after_five_failures_even_the_right_password_waits(guest: Client, bo: Person) -> None:
    for _attempt in range(5):
        post(guest, bo.email, "not the password")
    answer = post(guest, bo.email, PASSWORD)
    assert answer.status_code == 200
    assert "Wait five minutes" in answer.content.decode()
    assert '"reason":"locked"' in last().payload


def test_the_lock_of_one_account_does_not_lock_another(guest: Client, bo: Person, ada: Person) -> None:
    for _attempt in range(5):
        post(guest, bo.email, "not the password")
    assert post(guest, ada.email, PASSWORD).status_code == 302


def test_a_closed_account_does_not_open(guest: Client, bo: Person) -> None:
    actions.set_active(person=bo, active=False, by=OPERATOR, at=NOON)
    assert post(guest, bo.email, PASSWORD)["Location"] == reverse("account_inactive")
    assert guest.get("/account/")["Location"].startswith(LOGIN)


def test_a_session_ends_at_once_when_the_account_is_closed(bo: Person) -> None:
    browser = sign_in(bo)
    assert browser.get("/account/").status_code == 200
    actions.set_active(person=bo, active=False, by=OPERATOR, at=NOON)
    assert browser.get("/account/")["Location"].startswith(LOGIN)


def test_the_second_step_of_a_sign_in_under_way_opens_no_account_that_was_closed_meanwhile(
    guest: Client, bo: Person
) -> None:
    enrol(bo)
    post(guest, bo.email, PASSWORD)
    actions.set_active(person=bo, active=False, by=OPERATOR, at=NOON)
    guest.post("/sign-in/second-step/", {"code": _code()})
    assert guest.get("/account/")["Location"].startswith(LOGIN)


def test_signing_in_never_leads_to_another_site(guest: Client, bo: Person) -> None:
    answer = post(guest, bo.email, PASSWORD, f"{LOGIN}?next=https://evil.example/")
    assert answer["Location"] == "/"


def test_signing_in_leads_back_to_the_page_that_was_asked_for(guest: Client, bo: Person) -> None:
    asked = guest.get("/account/tokens/add/")["Location"]
    assert post(guest, bo.email, PASSWORD, asked)["Location"] == "/account/tokens/add/"


def test_nobody_can_sign_up(guest: Client, db: None) -> None:
    assert guest.get("/sign-up/").status_code == 404
    assert guest.get("/accounts/signup/").status_code == 404


def test_forms_without_a_csrf_token_are_refused(bo: Person) -> None:
    strict = Client(enforce_csrf_checks=True)
    assert post(strict, bo.email, PASSWORD).status_code == 403
    strict.force_login(bo, backend="allauth.account.auth_backends.AuthenticationBackend")
    assert strict.post("/purpose/", {"purpose": "service"}).status_code == 403


def test_passwords_are_kept_as_scrypt_and_short_ones_refused(bo: Person) -> None:
    assert bo.password.startswith("scrypt$")
    answer = sign_in(bo).post(
        "/account/password/", {"oldpassword": PASSWORD, "password1": "short", "password2": "short"}
    )
    assert "12" in answer.content.decode()
    assert Person.objects.get(pk=bo.pk).check_password(PASSWORD)


def test_a_changed_password_is_recorded_and_ends_the_other_sessions(bo: Person) -> None:
    here, there = sign_in(bo), sign_in(bo)
    new = "another long enough sentence"
    form = {"oldpassword": PASSWORD, "password1": new, "password2": new}
    assert here.post("/account/password/", form)["Location"] == "/account/"
    assert kinds()[-1] == "access.password.changed"
    assert here.get("/account/").status_code == 200
    assert there.get("/account/")["Location"].startswith(LOGIN)


def test_signing_out_is_recorded(bo: Person) -> None:
    browser = sign_in(bo)
    assert browser.get("/sign-out/").status_code == 200
    browser.post("/sign-out/")
    assert kinds()[-1] == "access.session.closed"
    assert browser.get("/account/")["Location"].startswith(LOGIN)


def test_the_second_step_is_asked_for_and_a_wrong_code_opens_nothing(guest: Client, bo: Person) -> None:
    enrol(bo)
    assert post(guest, bo.email, PASSWORD)["Location"] == "/sign-in/second-step/"
    assert guest.get("/account/")["Location"].startswith(LOGIN)
    assert guest.get("/sign-in/second-step/").status_code == 200
    assert guest.post("/sign-in/second-step/", {"code": "000000"}).status_code == 200
    assert guest.get("/account/")["Location"].startswith(LOGIN)


def test_the_right_code_opens_the_second_step_once(guest: Client, bo: Person) -> None:
    enrol(bo)
    post(guest, bo.email, PASSWORD)
    code = _code()
    assert guest.post("/sign-in/second-step/", {"code": code})["Location"] == "/"
    assert '"second_factor":true' in Entry.objects.filter(kind="access.session.started").get().payload
    again = Client()
    post(again, bo.email, PASSWORD)
    assert again.post("/sign-in/second-step/", {"code": code}).status_code == 200


def _code() -> str:
    return str(format_hotp_value(hotp_value(SECRET, int(time.time()) // 30)))


@pytest.fixture
def link(bo: Person) -> str:
    return recovering.issue_sign_in_link(person=bo, by=OPERATOR, at=clock.now())


def test_opening_a_sign_in_link_spends_nothing_and_using_it_works_once(guest: Client, bo: Person, link: str) -> None:
    assert guest.get(LINK).status_code == 200
    assert guest.get(LINK).status_code == 200
    assert guest.post(LINK, {"code": link})["Location"] == "/"
    assert guest.get("/account/")["Location"] == "/account/password/first/"
    assert Client().post(LINK, {"code": link}).status_code == 410
    assert Client().post(LINK, {"code": " "}).status_code == 422
    assert [kind for kind in kinds() if "link" in kind] == ["access.link.issued", "access.link.used"]


def test_whoever_comes_in_by_a_link_chooses_a_new_password_and_the_old_one_ends(
    guest: Client, bo: Person, link: str
) -> None:
    elsewhere = Client()
    post(elsewhere, bo.email, PASSWORD)
    guest.post(LINK, {"code": link})
    assert kinds()[-1] == "access.password.ended"
    assert elsewhere.get("/account/")["Location"].startswith(LOGIN)
    assert post(Client(), bo.email, PASSWORD).status_code == 200
    form = {"password1": "a fresh long sentence", "password2": "a fresh long sentence"}
    assert guest.post("/account/password/first/", form).status_code == 302
    assert guest.get("/account/").status_code == 200
    assert post(Client(), bo.email, form["password1"])["Location"] == "/"


def test_the_session_of_a_link_that_ended_a_password_can_be_ended_too(guest: Client, bo: Person, link: str) -> None:
    guest.post(LINK, {"code": link})
    assert kinds()[-1] == "access.password.ended"
    assert [session.session_key for session in UserSession.objects.filter(user=bo)] == [guest.session.session_key]
    for active in (False, True):
        actions.set_active(person=bo, active=active, by=OPERATOR, at=NOON)
    assert guest.get("/account/")["Location"].startswith(LOGIN)


def test_a_link_that_stops_at_the_second_step_ends_no_password(guest: Client, bo: Person, link: str) -> None:
    enrol(bo)
    guest.post(LINK, {"code": link})
    assert Person.objects.get(pk=bo.pk).check_password(PASSWORD)


def test_a_link_is_kept_as_a_hash_and_expires(bo: Person, link: str) -> None:
    row = SignInLink.objects.get()
    assert link.encode() not in bytes(row.digest)
    late = row.expires_at
    with pytest.raises(recovering.LinkSpent):
        recovering.use_sign_in_link(raw=link, by=actors.system("sign-in"), at=late)


def test_a_newer_link_replaces_the_older(bo: Person, link: str) -> None:
    recovering.issue_sign_in_link(person=bo, by=OPERATOR, at=clock.now())
    with pytest.raises(recovering.LinkSpent):
        recovering.use_sign_in_link(raw=link, by=actors.system("sign-in"), at=clock.now())


def test_a_link_does_not_step_around_the_second_factor(guest: Client, bo: Person, link: str) -> None:
    enrol(bo)
    assert guest.post(LINK, {"code": link})["Location"] == "/sign-in/second-step/"


def test_a_newcomer_sets_a_password_before_anything_else(guest: Client, bo: Person, link: str) -> None:
    bo.set_unusable_password()
    bo.save()
    guest.post(LINK, {"code": link})
    assert guest.get("/roles/")["Location"] == "/account/password/first/"
    form = {"password1": "a fresh long sentence", "password2": "a fresh long sentence"}
    assert guest.post("/account/password/first/", form).status_code == 302
    assert guest.get("/roles/").status_code == 200


def test_somebody_without_a_language_keeps_that_of_the_browser_they_came_in_with(guest: Client, bo: Person) -> None:
    typed = {"login": bo.email, "password": PASSWORD}
    with translation.override("en"):  # signing in changes it
        guest.post(LOGIN, typed, headers={"Accept-Language": "zh-CN"})
        assert Person.objects.get(pk=bo.pk).language == "zh-hans"
        guest.post(LOGIN, typed, headers={"Accept-Language": "en"})
        assert Person.objects.get(pk=bo.pk).language == "zh-hans"
