"""The secret of a sign-in link stands in no line of any log, in no address and on no page of errors."""

import logging

import pytest
from django.test import Client
from pytest_django import Settings

from guiju.access import recovering
from guiju.access.models import Person
from guiju.access.tests.cast import OPERATOR, sign_in
from guiju.kit import clock
from guiju.ledger.models import Entry

LINK = "/sign-in/link/"


@pytest.fixture
def secret(bo: Person) -> str:
    return recovering.issue_sign_in_link(person=bo, by=OPERATOR, at=clock.now())


def test_not_when_a_form_is_refused_spent_or_breaks(
    secret: str, caplog: pytest.LogCaptureFixture, settings: Settings
) -> None:
    caplog.set_level(logging.DEBUG)
    strict, plain = Client(enforce_csrf_checks=True), Client(raise_request_exception=False)
    answers = [
        strict.post(LINK, {"code": secret}),
        strict.post(LINK, {"code": secret}, headers={"HX-Request": "true"}),
    ]
    answers.append(plain.post(f"{LINK}?code={'x' * 5}", {"code": secret + "x" * 400}))
    settings.AUTHENTICATION_BACKENDS = ["no.such.Backend"]
    answers.append(plain.post(LINK, {"code": secret}))
    answers += [plain.post(LINK, {"code": secret}), plain.put(LINK, {"code": secret})]
    assert [answer.status_code for answer in answers] == [403, 422, 422, 500, 410, 405]
    assert "Forbidden" in caplog.text
    assert "Internal Server Error" in caplog.text
    told = [record.getMessage() + str(record.__dict__.get("request", "")) for record in caplog.records]
    assert not [line for line in told if secret in line]
    assert not [answer for answer in answers if secret in str(answer.headers)]
    assert not [answer for answer in answers[:2] + answers[3:] if secret in answer.content.decode()]
    assert not [entry for entry in Entry.objects.all() if secret in entry.payload]


def test_the_link_carries_it_where_browsers_send_it_to_nobody(ines: Person, bo: Person) -> None:
    bo.set_unusable_password()
    bo.save()
    shown = sign_in(ines).post(f"/people/{bo.pk}/link/").context["address"]
    page, mark, secret = shown.partition("#")
    assert mark
    assert len(secret) == 43
    assert page == f"http://testserver{LINK}"
    assert Client().post(page, {"code": f" {shown} "})["Location"] == "/"


def test_a_link_with_its_secret_in_the_path_leads_nowhere(secret: str) -> None:
    assert Client().get(f"{LINK}{secret}/").status_code == 404
