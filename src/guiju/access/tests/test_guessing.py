"""Guessing is slow, and no stranger can keep anybody out by guessing."""

import time
from typing import Any

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from allauth.usersessions.models import UserSession
from django.contrib.auth.hashers import make_password
from django.contrib.sessions.models import Session
from django.core import signing
from django.test import Client
from pytest_django import Settings

from guiju.access import actions, guessing, jobs, recovering
from guiju.access.models import Person
from guiju.access.tests.cast import NOON, OPERATOR, PASSWORD, SECRET, enrol, last
from guiju.kit import clock
from guiju.ledger.models import Entry

HOME, AFAR = "198.51.100.7", "203.0.113.9"


@pytest.fixture(autouse=True)
def _quick(settings: Settings, bo: Person, ada: Person) -> None:
    """Check passwords fast: these tests try many."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    for person in (bo, ada):
        person.password = make_password(PASSWORD)
        person.save()


def at(address: str) -> Client:
    return Client(REMOTE_ADDR=address)


def post(client: Client, email: str, password: str) -> Any:
    return client.post("/sign-in/", {"login": email, "password": password})


def guess(client: Client, email: str, times: int) -> Any:
    for _attempt in range(times):
        answer = post(client, email, "not the password")
    return answer


def test_a_stranger_who_knows_the_address_cannot_lock_bo_out(bo: Person) -> None:
    assert "Wait five minutes" in guess(at(AFAR), bo.email, 6).content.decode()
    assert post(at(HOME), bo.email, PASSWORD)["Location"] == "/"


def test_not_even_with_many_addresses_and_at_the_first_sign_in(bo: Person) -> None:
    for number in range(60):
        guess(at(f"203.0.113.{number}"), bo.email, 1)
    assert post(at(HOME), bo.email, PASSWORD)["Location"] == "/"


def test_while_many_addresses_guess_each_new_one_has_a_single_attempt(bo: Person) -> None:
    for number in range(13):
        guess(at(f"203.0.113.{number}"), bo.email, 4)
    one = at("198.51.100.99")
    assert "is wrong" in guess(one, bo.email, 1).content.decode()
    assert "Wait five minutes" in post(one, bo.email, PASSWORD).content.decode()


def test_not_from_his_own_office_either_once_he_signed_in_there(bo: Person, ada: Person) -> None:
    browser = at(HOME)
    post(browser, bo.email, PASSWORD)
    browser.post("/sign-out/")
    guess(at(HOME), bo.email, 6)
    for number in range(40):
        guess(at(HOME), f"nobody{number}@example.org", 1)
    assert guess(at(HOME), ada.email, 1).status_code == 429
    assert post(browser, bo.email, PASSWORD)["Location"] == "/"


def test_a_known_browser_may_not_guess_for_ever(bo: Person) -> None:
    browser = at(HOME)
    post(browser, bo.email, PASSWORD)
    browser.post("/sign-out/")
    assert "is wrong" in guess(browser, bo.email, 5).content.decode()
    assert "Wait five minutes" in post(browser, bo.email, PASSWORD).content.decode()
    assert post(at(AFAR), bo.email, PASSWORD)["Location"] == "/"


def test_the_browser_of_one_person_is_a_strangers_for_everybody_else(bo: Person, ada: Person) -> None:
    browser = at(HOME)
    post(browser, bo.email, PASSWORD)
    browser.post("/sign-out/")
    guess(at(HOME), ada.email, 5)
    assert "Wait five minutes" in post(browser, ada.email, PASSWORD).content.decode()


def test_a_made_up_cookie_makes_no_browser_known(bo: Person) -> None:
    made_up = signing.dumps([str(bo.pk), "mark"], salt="another")
    browser = at(HOME)
    guess(at(HOME), bo.email, 5)
    for value in ("", "nonsense", made_up):
        browser.cookies[guessing.COOKIE] = value
        assert "Wait five minutes" in post(browser, bo.email, PASSWORD).content.decode()


def test_one_address_cannot_try_one_password_on_everybody(bo: Person) -> None:
    browser = at(AFAR)
    for number in range(20):
        assert "is wrong" in guess(browser, f"nobody{number}@example.org", 1).content.decode()
    assert "Wait five minutes" in guess(browser, bo.email, 1).content.decode()
    assert '"reason":"locked"' in last().payload


def test_a_flood_of_asking_for_passkeys_fills_no_table_of_sessions(bo: Person) -> None:
    answers = [at(AFAR).get("/sign-in/passkey/", headers={"accept": "application/json"}) for _ in range(32)]
    assert [answer.status_code for answer in answers] == [200] * 30 + [429] * 2
    assert Session.objects.count() == 30


def test_sessions_whose_time_is_over_are_deleted_with_what_was_kept_of_them(bo: Person) -> None:
    over, open_ = at(HOME), at(HOME)
    for browser in (over, open_):
        post(browser, bo.email, PASSWORD)
    Session.objects.filter(session_key=over.session.session_key).update(expire_date=NOON)
    jobs.sweep_sessions(timestamp=0)
    kept = open_.session.session_key
    assert [one.session_key for one in Session.objects.all()] == [kept]
    assert [one.session_key for one in UserSession.objects.all()] == [kept]


def test_a_flood_from_one_address_fills_no_ledger(bo: Person) -> None:
    guess(at(AFAR), bo.email, 50)
    assert Entry.objects.filter(kind="access.session.refused").count() == 30


def test_an_unknown_address_waits_like_a_known_one(bo: Person) -> None:
    known = [guess(at(HOME), bo.email, 1).content.decode().count("five minutes") for _attempt in range(7)]
    unknown = [
        guess(at(AFAR), "nobody@example.org", 1).content.decode().count("five minutes") for _attempt in range(7)
    ]
    assert known == unknown == [0, 0, 0, 0, 0, 1, 1]


def test_links_and_the_second_step_are_open_to_bo_while_strangers_guess_from_his_address(bo: Person) -> None:
    link = recovering.issue_sign_in_link(person=bo, by=OPERATOR, at=clock.now())
    enrol(bo)
    for number in range(21):
        guess(at(HOME), f"nobody{number}@example.org", 1)
    browser = at(HOME)
    assert browser.post("/sign-in/link/", {"code": link})["Location"] == "/sign-in/second-step/"
    assert guessing.COOKIE not in browser.cookies
    code = str(format_hotp_value(hotp_value(SECRET, int(time.time()) // 30)))
    assert browser.post("/sign-in/second-step/", {"code": code})["Location"] == "/"
    assert guessing.COOKIE in browser.cookies


def test_the_cookie_says_no_name_and_scripts_cannot_read_it(bo: Person) -> None:
    browser = at(HOME)
    post(browser, bo.email, PASSWORD)
    cookie = browser.cookies[guessing.COOKIE]
    assert cookie["httponly"]
    assert "example" not in cookie.value
    actions.set_active(person=bo, active=False, by=OPERATOR, at=NOON)
    assert post(browser, bo.email, PASSWORD)["Location"] == "/sign-in/closed/"
