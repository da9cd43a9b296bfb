import time
from urllib.parse import quote

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.test import Client

from guiju.access import recovering
from guiju.access.models import Person
from guiju.access.tests.authenticator import SoftAuthenticator
from guiju.access.tests.cast import OPERATOR, PASSWORD, SECRET, enrol, kinds, sign_in
from guiju.kit import clock
from guiju.ledger.models import Entry

HOST = {"host": "localhost"}


def browser_after_password(person: Person) -> Client:
    client = Client(headers=HOST)
    answer = client.post("/sign-in/", {"login": person.email, "password": PASSWORD})
    assert answer.status_code == 302
    return client


def code(secret: str = SECRET) -> str:
    return str(format_hotp_value(hotp_value(secret, int(time.time()) // 30)))


def test_mei_sees_no_page_before_she_has_a_second_factor(mei: Person) -> None:
    browser = browser_after_password(mei)
    for address in ("/people/", "/roles/", "/account/", "/account/tokens/add/"):
        assert browser.get(address)["Location"] == "/account/second-factor/"
    page = browser.get("/account/second-factor/")
    assert page.status_code == 200
    assert "Your role needs a second factor" in page.content.decode()


def test_bo_whose_role_sees_nothing_sensitive_needs_none(bo: Person) -> None:
    assert browser_after_password(bo).get("/roles/").status_code == 200


def test_mei_sets_up_an_app_right_after_signing_in_and_comes_in(mei: Person) -> None:
    browser = browser_after_password(mei)
    page = browser.get("/account/second-factor/app/add/")
    assert page.status_code == 200
    assert '<rect width="100%" height="100%" fill="#fff"/>' in page.context["totp_svg"]
    secret = page.context["form"].secret
    answer = browser.post("/account/second-factor/app/add/", {"code": code(secret)})
    assert answer["Location"] == "/account/second-factor/codes/"
    assert "access.factor.enrolled" in kinds()
    codes = browser.get("/account/second-factor/codes/")
    assert codes.status_code == 200
    assert browser.get("/account/second-factor/codes/download/").content.split()
    assert browser.get("/people/").status_code == 200


def test_the_secret_of_the_app_is_not_readable_in_the_database(mei: Person) -> None:
    enrol(mei)
    assert SECRET not in str(list(Authenticator.objects.values_list("data", flat=True)))


def test_a_wrong_code_sets_nothing_up(mei: Person) -> None:
    browser = browser_after_password(mei)
    browser.get("/account/second-factor/app/add/")
    assert browser.post("/account/second-factor/app/add/", {"code": "123"}).status_code == 200
    assert not Authenticator.objects.exists()
    assert "access.factor.enrolled" not in kinds()


def test_a_session_from_before_the_enrolment_must_show_the_factor(mei: Person) -> None:
    old = browser_after_password(mei)
    enrol(mei)
    answer = old.get("/people/")
    assert answer["Location"] == "/account/confirm/code/?next=%2Fpeople%2F"
    assert old.get(answer["Location"]).status_code == 200
    assert old.post(answer["Location"], {"code": code()})["Location"] == "/people/"
    assert old.get("/people/").status_code == 200


OURS = "/account/second-factor/"
CHANGES = ["app/add/", "app/remove/", "passkeys/add/", "codes/", "codes/new/", "codes/download/"]


@pytest.mark.parametrize("address", [*(f"{OURS}{page}" for page in CHANGES), "/account/password/"])
def test_a_session_from_before_the_enrolment_changes_no_way_in_until_it_showed_the_factor(
    bo: Person, address: str
) -> None:
    old = browser_after_password(bo)
    enrol(bo)
    asked = f"/account/confirm/code/?next={quote(address, safe='')}"
    assert old.get(address)["Location"] == asked
    assert old.post(address)["Location"].startswith("/account/confirm/code/")
    assert old.post(asked, {"code": code()})["Location"] == address
    assert not old.get(address).get("Location", "").startswith("/account/confirm/")


def test_a_recovery_code_signs_in_once(mei: Person) -> None:
    enrol(mei)
    first = Authenticator.objects.get(type="recovery_codes").wrap().get_unused_codes()[0]
    browser = browser_after_password(mei)
    assert browser.post("/sign-in/second-step/", {"code": first})["Location"] == "/"
    assert browser.get("/people/").status_code == 200
    again = browser_after_password(mei)
    assert again.post("/sign-in/second-step/", {"code": first}).status_code == 200


def test_guessing_codes_is_stopped(mei: Person) -> None:
    enrol(mei)
    browser = browser_after_password(mei)
    for _attempt in range(5):
        browser.post("/sign-in/second-step/", {"code": "000000"})
    page = browser.post("/sign-in/second-step/", {"code": code()})
    assert "Wait five minutes" in page.content.decode()


def test_the_last_factor_of_a_role_that_needs_one_stays(mei: Person) -> None:
    enrol(mei)
    browser = sign_in(mei)
    _confirm(browser)
    assert browser.get("/account/second-factor/app/remove/").status_code == 200
    assert browser.post("/account/second-factor/app/remove/").status_code == 409
    assert Authenticator.objects.filter(type="totp").exists()


def test_bo_may_remove_his_factor_after_showing_it_is_him(bo: Person) -> None:
    enrol(bo)
    browser = sign_in(bo)
    assert browser.post("/account/second-factor/app/remove/")["Location"].startswith("/account/confirm/")
    _confirm(browser)
    assert browser.post("/account/second-factor/app/remove/")["Location"] == "/account/second-factor/"
    assert not Authenticator.objects.exists()
    removed = Entry.objects.filter(kind="access.factor.removed").values_list("payload", flat=True)
    assert len(removed) == 2


def _confirm(browser: Client) -> None:
    assert browser.get("/account/confirm/").status_code == 200
    assert browser.post("/account/confirm/", {"password": PASSWORD}).status_code == 302


def test_new_recovery_codes_replace_the_old(mei: Person) -> None:
    enrol(mei)
    old = Authenticator.objects.get(type="recovery_codes").wrap().get_unused_codes()
    browser = sign_in(mei)
    _confirm(browser)
    assert browser.get("/account/second-factor/codes/new/").status_code == 200
    browser.post("/account/second-factor/codes/new/")
    assert Authenticator.objects.get(type="recovery_codes").wrap().get_unused_codes() != old


def test_the_operator_removes_the_factors_of_somebody_who_lost_them_and_their_sessions_end(mei: Person) -> None:
    enrol(mei)
    hers = browser_after_password(mei)
    assert hers.post("/sign-in/second-step/", {"code": code()})["Location"] == "/"
    assert hers.get("/people/").status_code == 200
    recovering.remove_second_factors(person=mei, by=OPERATOR, at=clock.now())
    assert not Authenticator.objects.filter(user=mei).exists()
    assert hers.get("/people/")["Location"].startswith("/sign-in/")


def test_mei_adds_a_passkey_and_signs_in_with_it_alone(mei: Person) -> None:
    device = SoftAuthenticator(origin="http://localhost", host="localhost")
    browser = browser_after_password(mei)
    page = browser.get("/account/second-factor/passkeys/add/")
    options = page.context["js_data"]["creation_options"]["publicKey"]
    form = {"name": "Laptop", "passwordless": "on", "credential": device.create(options)}
    assert browser.post("/account/second-factor/passkeys/add/", form)["Location"] == "/account/second-factor/codes/"
    assert browser.get("/people/").status_code == 200
    listed = browser.get("/account/second-factor/passkeys/").content.decode()
    assert "Laptop" in listed

    elsewhere = Client(headers=HOST)
    asked = elsewhere.get("/sign-in/passkey/", headers={"accept": "application/json"}).json()
    credential = device.get(asked["request_options"]["publicKey"], user=str(mei.pk))
    assert elsewhere.post("/sign-in/passkey/", {"credential": credential})["Location"] == "/"
    assert elsewhere.get("/people/").status_code == 200
    assert '"method":"passkey"' in Entry.objects.filter(kind="access.session.started").latest("id").payload


def test_a_passkey_of_another_site_is_refused(mei: Person) -> None:
    device = SoftAuthenticator(origin="https://evil.example", host="localhost")
    browser = browser_after_password(mei)
    options = browser.get("/account/second-factor/passkeys/add/").context["js_data"]["creation_options"]["publicKey"]
    form = {"name": "Laptop", "passwordless": "on", "credential": device.create(options)}
    assert browser.post("/account/second-factor/passkeys/add/", form).status_code == 200
    assert not Authenticator.objects.exists()


def test_a_passkey_is_renamed_and_removed(bo: Person) -> None:
    device = SoftAuthenticator(origin="http://localhost", host="localhost")
    browser = browser_after_password(bo)
    options = browser.get("/account/second-factor/passkeys/add/").context["js_data"]["creation_options"]["publicKey"]
    form = {"name": "Laptop", "passwordless": "on", "credential": device.create(options)}
    browser.post("/account/second-factor/passkeys/add/", form)
    key = Authenticator.objects.get(type="webauthn")
    assert browser.get(f"/account/second-factor/passkeys/{key.pk}/rename/").status_code == 200
    browser.post(f"/account/second-factor/passkeys/{key.pk}/rename/", {"name": "Old laptop"})
    assert "Old laptop" in browser.get("/account/second-factor/").content.decode()
    assert browser.get(f"/account/second-factor/passkeys/{key.pk}/remove/").status_code == 200
    browser.post(f"/account/second-factor/passkeys/{key.pk}/remove/")
    assert not Authenticator.objects.exists()
