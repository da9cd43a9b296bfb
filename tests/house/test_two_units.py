"""Two sales people in two units: neither learns anything of the other's customers, by whichever way they ask."""

import csv
import io
import re
from typing import Any

import pytest
from django.conf import LazySettings
from django.core.cache import cache
from django.test import Client
from django.urls import get_resolver
from django.utils import translation

from guiju.access import actions as access_actions
from guiju.access.models import Person, Unit
from guiju.access.tests.cast import NOON, OPERATOR, add, sign_in
from guiju.config.api import main
from guiju.kit import clock
from guiju.ledger.models import Entry
from guiju.records import actions, events
from guiju.records.exports import actions as exports
from guiju.records.exports import running
from guiju.records.finding import Filters
from guiju.records.models import Customer, Relationship
from guiju.records.tests.conftest import as_actor, open_record
from guiju.records.tests.program import Program, program_of
from guiju.vault import files

pytestmark = pytest.mark.django_db(databases=["default", "keyring"])
WORK = "account-management"
NAME, PHONE, SPOKEN, MASKED = "李娜", "13800138000", "138 0013 8000", "138****8000"
RESIDENT_ID = "11010519491231002X"
NOBODY = "01938a00-0000-7000-8000-0000000000ff"
SECRETS = (NAME, PHONE, SPOKEN, MASKED, "li.na", "Li Na", "Lǐ")


@pytest.fixture(autouse=True)
def _plain(settings: LazySettings) -> None:
    cache.clear()
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.STORAGES = settings.STORAGES | {"staticfiles": plain}
    settings.API_CALLS_PER_MINUTE = settings.API_FAILURES_PER_MINUTE = 10**6


@pytest.fixture
def root(db: None) -> Unit:
    return access_actions.create_unit(name="Guiju Trading", parent=None, by=OPERATOR, at=NOON)


@pytest.fixture
def bo(root: Unit) -> Person:
    return add("Bo", "sales", unit=access_actions.create_unit(name="Shanghai", parent=root, by=OPERATOR, at=NOON))


@pytest.fixture
def ada(root: Unit) -> Person:
    return add("Ada", "sales", unit=access_actions.create_unit(name="Berlin", parent=root, by=OPERATOR, at=NOON))


@pytest.fixture
def li_na(bo: Person) -> Customer:
    """Bo's customer, with a change, a note and a relationship."""
    assert bo.unit is not None
    customer = open_record(as_actor(bo), bo.unit)
    by: Any = {"by": as_actor(bo), "at": NOON, "purpose": WORK}
    actions.update(customer=customer.pk, changes={"job-title": "采购经理"}, version=1, **by)
    actions.add_note(customer=customer.pk, text="Rings twice", **by)
    other = open_record(as_actor(bo), bo.unit, **{"resident-id": None, "emails": None, "phones": None})
    actions.relate(subject=customer.pk, related=other.pk, kind="contact", **by)
    return customer


def _addresses() -> list[tuple[str, tuple[str, ...]]]:
    """Return every address of the pages that names a customer."""
    found = []
    for resolver in get_resolver().url_patterns:
        for pattern in getattr(resolver, "url_patterns", []):
            route = str(resolver.pattern) + str(pattern.pattern)
            if "<uuid:customer_id>" in route:
                found.append(("/" + route, pattern.callback.methods))
    return found


def _filled(route: str, customer: str, tie: str = NOBODY) -> str:
    route = route.replace("<uuid:customer_id>", customer).replace("<uuid:tie_id>", tie)
    return re.sub(r"<int:\w+>", "1", re.sub(r"<slug:\w+>", "phones", route))


@pytest.mark.parametrize(("route", "methods"), _addresses(), ids=[route for route, _methods in _addresses()])
def test_every_page_of_a_colleagues_customer_is_as_if_it_were_not_there(
    ada: Person, li_na: Customer, route: str, methods: tuple[str, ...]
) -> None:
    adas, tie = sign_in(ada), Relationship.objects.get().pk
    for method in methods:
        theirs = adas.generic(method, _filled(route, str(li_na.pk), str(tie)))
        nobodys = adas.generic(method, _filled(route, NOBODY))
        assert theirs.status_code == nobodys.status_code == 404
        assert _without_ids(theirs) == _without_ids(nobodys)


def _without_ids(answer: Any) -> str:
    text = answer.content.decode()
    return re.sub(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|[\w-]{43,}|nonce=\S+", "…", text)


def _operations() -> list[tuple[str, str]]:
    return [
        (method.upper(), path.removeprefix("/api/v1"))
        for path, methods in main.api.get_openapi_schema()["paths"].items()
        for method in methods
        if "{customer}" in path
    ]


@pytest.mark.parametrize(("method", "path"), _operations())
def test_every_operation_on_a_colleagues_customer_finds_none(
    ada: Person, li_na: Customer, method: str, path: str
) -> None:
    program = program_of(ada, WORK)
    bodies: dict[tuple[str, str], Any] = {
        ("PATCH", "/customers/{customer}"): {"values": {"job-title": "x"}},
        ("POST", "/customers/{customer}/notes"): {"text": "x"},
        ("POST", "/customers/{customer}/relationships"): {"related": NOBODY, "kind": "contact"},
    }
    body = bodies.get((method, path))
    for customer in (str(li_na.pk), NOBODY):
        address = path.format(customer=customer, field="phones")
        answer = program.call(method, address, body, If_Match='"2"')
        assert answer.status_code == 404, answer.content
        assert not any(secret in answer.content.decode() for secret in SECRETS)


@pytest.mark.parametrize("text", [NAME, "li na", "ln", PHONE, "+86 138 0013 8000", "li.na@example.com", RESIDENT_ID])
def test_no_search_of_a_colleague_finds_the_customer(ada: Person, bo: Person, li_na: Customer, text: str) -> None:
    page = sign_in(ada).post("/customers/", {"q": text}).content.decode()
    assert str(li_na.pk) not in page
    assert not any(secret in page.replace(text, "") for secret in (MASKED, NAME))
    assert program_of(ada, WORK).post("/customers/search", {"text": text}).json()["items"] == []
    finds = str(li_na.pk) in sign_in(bo).post("/customers/", {"q": text}).content.decode()
    assert finds == (text != RESIDENT_ID), "Bo finds her by what he may see, and a search tells nothing of the rest"


def test_the_list_and_the_figures_of_a_colleague_leave_the_customer_out(ada: Person, li_na: Customer) -> None:
    adas = sign_in(ada)
    for address in ("/customers/", f"/customers/?unit={li_na.unit_id}", "/today/", "/palette/"):
        page = adas.get(address).content.decode()
        assert not any(secret in page for secret in (*SECRETS, str(li_na.pk))), address
    assert program_of(ada, WORK).get("/customers").json()["items"] == []
    assert program_of(ada, WORK).get(f"/customers?unit={li_na.unit_id}").json()["items"] == []


def test_a_relationship_does_not_show_who_is_out_of_reach(ada: Person, li_na: Customer, root: Unit) -> None:
    assert ada.unit is not None
    anna = {"full": "Anna Grün", "family": "Grün", "given": "Anna", "order": "given-first"}
    hidden = {"phones": None, "emails": None, "resident-id": None}
    own = open_record(as_actor(ada), ada.unit, **hidden, **{"person-name": anna})
    mei = add("Mei", "compliance-officer", unit=root)
    actions.relate(subject=own.pk, related=li_na.pk, kind="spouse", purpose=WORK, by=as_actor(mei), at=NOON)
    page = sign_in(ada).get(f"/customers/{own.pk}/relationships/").content.decode()
    assert not any(secret in page for secret in (*SECRETS, str(li_na.pk)))
    assert program_of(ada, WORK).get(f"/customers/{own.pk}/relationships").json()["items"] == []


def _exported(person: Person) -> list[list[str]]:
    """Return the rows of an export of everything, in clear."""
    by: Any = {"by": as_actor(person), "at": clock.now()}
    columns = ["person-name", "phones"]
    batch = exports.start(
        format="csv", columns=columns, filters=Filters(), clear=True, purpose=WORK, inline=True, **by
    )
    running.run(batch.pk, by=as_actor(person))
    with files.reader(batch.pk) as sealed:
        return list(csv.reader(io.StringIO(sealed.read().decode("utf-8-sig"))))[1:]


@pytest.mark.django_db(databases=["default", "keyring"], transaction=True)
def test_an_export_holds_the_own_units_customers_only(ada: Person, bo: Person, li_na: Customer) -> None:
    assert _exported(ada) == []
    assert any(NAME in cell for row in _exported(bo) for cell in row)


def test_nothing_a_colleague_asks_for_changes_the_customer(ada: Person, li_na: Customer) -> None:
    adas, before = sign_in(ada), Customer.objects.get(pk=li_na.pk).version
    for change, value in (("owner", str(ada.pk)), ("unit", str(ada.unit_id)), ("add-tag", "mine")):
        adas.post(
            f"/customers/bulk/{change}/", {"picked": [str(li_na.pk)], "value": value, "confirmed": "1", "sure": "1"}
        )
    after = Customer.objects.get(pk=li_na.pk)
    assert (after.version, after.owner_id, after.unit_id, after.tags) == (before, li_na.owner_id, li_na.unit_id, [])


def test_a_phone_is_masked_until_it_is_revealed_under_a_purpose(bo: Person, li_na: Customer) -> None:
    bos = sign_in(bo)
    page = bos.get(f"/customers/{li_na.pk}/").content.decode()
    assert MASKED in page
    assert PHONE not in page.replace(" ", "")
    revealed = bos.post(f"/customers/{li_na.pk}/reveal/phones/").content.decode()
    assert PHONE in revealed.replace(" ", "")
    assert PHONE not in bos.get(f"/customers/{li_na.pk}/").content.decode().replace(" ", ""), "masked again"
    purposes = Entry.objects.filter(kind=events.FieldRevealed.kind).values_list("purpose", flat=True)
    assert list(purposes) == [WORK]


def test_a_program_sees_the_phone_masked_until_it_reveals_it(bo: Person, li_na: Customer) -> None:
    program: Program = program_of(bo, WORK)
    first = program.get(f"/customers/{li_na.pk}")
    assert PHONE not in first.content.decode()
    assert PHONE in program.get(f"/customers/{li_na.pk}?reveal=phones").content.decode()


def _looked_at(bo: Person, li_na: Customer) -> None:
    bos = sign_in(bo)
    bos.get(f"/customers/{li_na.pk}/")
    bos.post(f"/customers/{li_na.pk}/reveal/phones/")


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_the_trail_tells_both_looks_in_sentences(bo: Person, li_na: Customer, language: str) -> None:
    _looked_at(bo, li_na)
    bos: Client = sign_in(bo)
    bos.cookies["django_language"] = language
    page = bos.get(f"/customers/{li_na.pk}/trail/").content.decode()
    for event in (events.CustomerOpened, events.FieldRevealed):
        assert _said(event, language) in page
        assert language == "en" or _said(event, language) != _said(event, "en")
    assert PHONE not in page.replace(" ", "")


def _said(event: Any, language: str) -> str:
    """Return the words between who acted and what was seen."""
    with translation.override(language):
        return str(event.sentence).split("}")[1].split("{")[0].strip()


def test_a_field_is_explained_to_whoever_sees_it_and_to_nobody_else(ada: Person, bo: Person, li_na: Customer) -> None:
    answer = program_of(bo, WORK).get(f"/customers/{li_na.pk}/explain/phones")
    assert len(answer.json()["sentences"]) >= 2
    assert sign_in(bo).get(f"/customers/{li_na.pk}/why/phones/").status_code == 200
    assert program_of(ada, WORK).get(f"/customers/{li_na.pk}/explain/phones").status_code == 404
    assert sign_in(ada).get(f"/customers/{li_na.pk}/why/phones/").status_code == 404
