"""Who gets into the API, how often, and what everybody else hears."""

from datetime import timedelta
from typing import Any

import pytest
from django.conf import LazySettings
from django.test import Client
from django.urls import get_resolver

from guiju.access import actions, actors
from guiju.access.models import CallCount, Person, Token
from guiju.access.roles import ROLES
from guiju.config.api import main, problems
from guiju.kit import clock
from guiju.records.tests.program import BASE, Program, program_of

OPERATOR = actors.operator("test")
pytestmark = pytest.mark.django_db(databases=["default", "keyring"])


@pytest.fixture
def pat() -> Person:
    """Somebody with every customer permission."""
    now = clock.now()
    unit = actions.create_unit(name="Guiju Trading", parent=None, by=OPERATOR, at=now)
    person = actions.add_person(email="pat@example.org", name="Pat", unit=unit, by=OPERATOR, at=now)
    actions.grant_role(person=person, role="records-admin", unit=unit, by=OPERATOR, at=now)
    return person


@pytest.fixture
def program(pat: Person) -> Program:
    """Pat's program."""
    return program_of(pat)


def problem(response: Any, status: int, code: str) -> dict[str, Any]:
    assert response.status_code == status, response.content
    assert response["Content-Type"] == "application/problem+json"
    assert response["Cache-Control"] == "no-store"
    told: dict[str, Any] = response.json()
    assert told["code"] == code
    assert told["type"] == f"/problems/{code}"
    assert told["status"] == status
    assert told["title"]
    assert told["detail"]
    return told


def test_the_description_is_open_to_everybody_and_names_every_permission() -> None:
    response = Client().get(f"{BASE}/openapi.json")
    assert response.status_code == 200
    told = response.json()
    assert told["openapi"].startswith("3.1")
    named = {
        operation["operationId"]: operation["x-permission"]
        for methods in told["paths"].values()
        for operation in methods.values()
    }
    assert named == {name: door.needs.value for name, door in main.doors().items()}
    assert len(named) >= 30
    values = told["components"]["schemas"]["Values"]["properties"]
    assert values["resident-id"]["description"].startswith("Resident identity number (person; sensitive)")


def test_every_address_of_the_api_says_why_it_asks_for_no_page_permission() -> None:
    found = [one for one in get_resolver().url_patterns if str(one.pattern) == "api/v1/"]
    addresses = found[0].url_patterns  # type: ignore[union-attr]
    assert all(getattr(one.callback, "reason", "") for one in addresses)


@pytest.mark.parametrize("sent", ["", "Bearer", "Bearer gj_nobody", "Basic cGF0OnBhdA==", "Bearer \xff\xfe", "gj_x"])
def test_nobody_gets_in_without_a_token(sent: str) -> None:
    headers = {"Authorization": sent} if sent else {}
    response = Client().get(f"{BASE}/customers", headers=headers)
    problem(response, 401, "unauthenticated")
    assert response["WWW-Authenticate"].startswith("Bearer")


def test_a_browser_session_is_no_way_in(pat: Person) -> None:
    client = Client()
    client.force_login(pat, backend="allauth.account.auth_backends.AuthenticationBackend")
    assert client.get(f"{BASE}/me").status_code == 401


def test_a_revoked_or_expired_token_is_no_way_in(pat: Person, program: Program) -> None:
    assert program.get("/me").status_code == 200
    Token.objects.update(expires_at=clock.now() - timedelta(seconds=1), created_at=clock.now() - timedelta(days=1))
    assert program.get("/me").status_code == 401


def test_me_says_who_calls_and_what_the_token_may_do(program: Program, pat: Person) -> None:
    told = program.get("/me").json()
    assert told["name"] == "Pat · test"
    assert told["person"] == str(pat.pk)
    assert told["purposes"] == ["account-management"]
    assert told["roles"][0]["role"] == "records-admin"
    assert "customer.import" in told["permissions"]
    assert {one["code"] for one in program.get("/purposes").json()["bases"]} >= {"consent", "contract"}
    assert program.get("/standard").json()["version"]


def test_each_token_has_its_allowance_and_hears_when_it_is_spent(
    program: Program, pat: Person, settings: LazySettings
) -> None:
    settings.API_CALLS_PER_MINUTE = 3
    answers = [program.get("/me") for _time in range(3)]
    while len({one["RateLimit"].rpartition("t=")[2] for one in answers}) > 1 and answers[-1].status_code == 200:
        answers = [program.get("/me") for _time in range(4)]
    spent = program.get("/me")
    problem(spent, 429, "too-many-calls")
    assert 1 <= int(spent["Retry-After"]) <= 60
    assert spent["RateLimit-Policy"] == '"token";q=3;w=60'
    assert ";r=0;" in spent["RateLimit"]
    assert program_of(pat).get("/me").status_code == 200


def test_an_address_that_guesses_tokens_is_slowed_down_and_working_tokens_are_not(
    program: Program, settings: LazySettings
) -> None:
    settings.API_FAILURES_PER_MINUTE = 2
    statuses = [Program("gj_nobody").get("/me").status_code for _time in range(12)]
    assert statuses[:2] == [401, 401]
    assert 429 in statuses
    assert program.get("/me").status_code == 200
    assert all(len(bytes(one.who)) == 32 for one in CallCount.objects.all())


def test_all_ipv6_addresses_of_one_network_count_as_one(db: None, settings: LazySettings) -> None:
    """Whoever has one such address has billions."""
    settings.API_FAILURES_PER_MINUTE = 2
    clients = [Client(REMOTE_ADDR=f"2001:db8::{number:x}") for number in range(12)]
    assert 429 in [Program("gj_nobody", client=client).get("/me").status_code for client in clients]


@pytest.mark.parametrize(
    ("body", "kind", "status", "code"),
    [
        ("{", "application/json", 400, "malformed"),
        ("[" * 100_000, "application/json", 400, "malformed"),
        ('{"text": NaN}', "application/json", 400, "malformed"),
        ('{"text": "a", "text": "b"}', "application/json", 400, "malformed"),
        (b'{"text": "\xff"}', "application/json", 400, "malformed"),
        ('{"limit": ' + "9" * 5000 + "}", "application/json", 400, "malformed"),
        ("text=a", "application/x-www-form-urlencoded", 415, "unsupported-media-type"),
        ('{"text": "a"}', "application/json; charset=gbk", 415, "unsupported-media-type"),
        ("x" * (6 * 1024 * 1024), "application/json", 413, "too-large"),
        ("[]", "application/json", 422, "invalid"),
        ("null", "application/json", 422, "invalid"),
        ("", "application/json", 422, "invalid"),
        ('{"text": "a\\u0000"}', "application/json", 422, "invalid"),
        ('{"text": "\\ud800"}', "application/json", 422, "invalid"),
        ('{"text": "a", "limit": 1e400}', "application/json", 422, "invalid"),
        ('{"text": "a", "unit": true}', "application/json", 422, "invalid"),
    ],
)
def test_what_is_no_proper_body_is_refused_in_kind(
    program: Program, body: str | bytes, kind: str, status: int, code: str
) -> None:
    response = program.post("/customers/search", body, Content_Type=kind)
    problem(response, status, code)


def test_addresses_methods_and_types_that_do_not_exist(program: Program) -> None:
    problem(program.get("/nowhere"), 404, "not-found")
    problem(program.get("/"), 404, "not-found")
    problem(program.get("/customers/42"), 404, "not-found")
    problem(program.get(f"/ledger/entries/{'9' * 6000}"), 404, "not-found")
    refused = program.call("DELETE", "/customers")
    problem(refused, 405, "method-not-allowed")
    assert set(refused["Allow"].replace(" ", "").split(",")) == {"GET", "POST"}
    problem(program.get("/customers", Accept="text/html"), 406, "not-acceptable")
    problem(program.get("/ledger/checkpoint"), 403, "not-permitted")


def test_refusals_speak_chinese_to_those_who_ask_for_it(program: Program) -> None:
    response = program.get("/nowhere", Accept_Language="zh-CN,zh;q=0.9")
    assert response["Content-Language"] == "zh-hans"


def test_a_defect_is_told_without_its_words(program: Program, caplog: pytest.LogCaptureFixture) -> None:
    error = RuntimeError("li.na@example.com")
    response = problems.respond(problems.refusal_of(error))
    assert response.status_code == 500
    assert b"li.na" not in response.content


@pytest.mark.parametrize("role", ["sales", "service", "auditor", "security-admin", "service-account"])
def test_each_operation_lets_in_the_roles_that_hold_its_permission_and_no_others(pat: Person, role: str) -> None:
    now = clock.now()
    person = actions.add_person(email=f"{role}@example.org", name=role, unit=pat.unit, by=OPERATOR, at=now)
    actions.grant_role(person=person, role=role, unit=pat.unit, by=OPERATOR, at=now)
    held = ROLES[role]
    program = program_of(person, min(held.purposes))
    nobody = "00000000-0000-7000-8000-000000000000"
    for path, methods in main.api.described["paths"].items():
        address = path.removeprefix(BASE).replace("{entry}", "1").replace("{field}", "phones")
        for name in ("customer", "relationship", "batch", "export"):
            address = address.replace(f"{{{name}}}", nobody)
        for method, operation in methods.items():
            accept = "*/*"
            status = program.call(method.upper(), address, Accept=accept).status_code
            may = operation["x-permission"] in held.permissions
            assert (status != 403) == may, (role, method, path, status)
