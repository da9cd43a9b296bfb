"""The twins of the customer page, the edit of one field and the API: without policy, keys and ledger.

They draw the same page from the same template, so that what is compared is the work of governing alone.
"""

from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from ninja import NinjaAPI
from ninja.security import HttpBearer
from pydantic import BaseModel

from guiju.access import limits
from guiju.access.actors import Actor
from guiju.access.fields import Visibility
from guiju.access.minting import digest
from guiju.access.models import Token
from guiju.access.purposes import BASES, PURPOSES
from guiju.kit import clock
from guiju.records import drafting, standard
from guiju.records import inputs as filling
from guiju.records.showing import Cell, Shown, notes
from guiju.records.standard import Kind
from guiju.records.values import field_values, phones
from guiju.records.values.base import Parsed
from guiju.records.views import customer as customer_page
from guiju.records.views import frame
from guiju.records.views.customer import Place
from plain.models import Person

PURPOSE = "account-management"


class Desk:
    """Whom the navigation of the page is drawn for: worked out once, so that the twins ask no policy."""

    actor: Actor


def values_of(row: Person) -> dict[str, Any]:
    """Return the columns in the form in which the page shows them."""
    found: dict[str, Any] = {"person-name": {"full": row.name}, "job-title": row.job_title}
    if row.phone:
        found["phones"] = [{"number": row.phone, "valid": row.phone.startswith("+"), "label": "mobile"}]
    return found


def cell(key: str, value: Any) -> Cell:
    """Return one value with its words; phones are drawn as the product draws them, so that the pages are alike."""
    spec, language = standard.load().field(key), get_language() or "en"
    if key == "phones":
        masked = tuple(field_values.mask(spec, value, language=language))
        return Cell(spec, Visibility.MASKED, lines=masked, notes=notes(spec, value), revealable=True)
    return Cell(spec, Visibility.CLEAR, value=value, lines=tuple(field_values.display(spec, value, language=language)))


def shown(row: Any) -> Shown:
    """Return a row as the page's template takes it."""
    row.kind, row.standard, row.batch_id = "person", standard.load().version, None
    return Shown(row, {key: cell(key, value) for key, value in values_of(row).items()})


@login_required
def page(request: Any, pk: UUID) -> HttpResponse:
    """Show the customer page from plain columns."""
    request.actor, request.purpose = Desk.actor, PURPOSE
    one = shown(Person.objects.select_related("unit", "owner").get(pk=pk))
    row = one.customer
    words = {
        "shown": one,
        "customer": row,
        "title": one.title,
        "crumbs": frame.crumbs(),
        "badges": frame._badges(row),
        "tabs": frame._tabs(row, "customer", trails=True),
        "basis": frame.ground(BASES.get(row.basis)),
        "purposes_held": [frame.ground(PURPOSES.get(code)) for code in row.purposes],
        "jurisdiction": row.jurisdiction,
        "keys": [(str(held.title), "held") for held in standard.load().retention_classes.values()][:2],
        "may_see_trail": True,
        "may_change": True,
        "may_erase": False,
        "groups": customer_page.groups(one),
        "revealed": "",
    }
    return render(request, "records/customer.html", words)


@login_required
def edit_phone(request: Any, pk: UUID) -> HttpResponse:
    """Save a phone number and show it, as the edit in its place on the page does."""
    request.actor, request.purpose = Desk.actor, PURPOSE
    rules = standard.load()
    with transaction.atomic():
        row = Person.objects.select_for_update(of=("self",)).select_related("unit", "owner").get(pk=pk)
        inputs = filling.inputs(
            [rules.field("phones")], {"phones": cell("phones", values_of(row)["phones"])}, request.POST
        )
        drawn = drafting.draft(Kind.PERSON, filling.changes(inputs), rules, row.jurisdiction, removing=True)
        if drawn.problems or row.version != int(request.POST["version"]):
            return HttpResponse(status=422)
        row.phone, row.version, row.updated_at = drawn.values["phones"][0]["number"], row.version + 1, clock.now()
        row.save()
    one = shown(row)
    place = Place(spec=standard.load().field("phones"), cell=one.cells["phones"])
    return render(request, "records/parts/value.html", {"customer": row, "place": place, "may_change": True})


class Door(HttpBearer):
    """Lets a token in."""

    def authenticate(self, request: HttpRequest, token: str) -> Any:
        """Return the token's person."""
        now = clock.now()
        live = Token.objects.filter(revoked_at__isnull=True, expires_at__gt=now, person__is_active=True)
        found = live.filter(digest=digest(token)).select_related("person").first()
        if found is None or limits.count(name="token", who=str(found.pk), limit=10**9, at=now).spent:
            return None
        return found.person


api = NinjaAPI(title="Plain", urls_namespace="plain", auth=Door(), docs_url=None)


class PersonOut(BaseModel):
    """One person."""

    id: UUID
    state: str
    version: int
    name: str
    job_title: str
    phone: str
    unit: dict[str, Any]
    owner: dict[str, Any] | None
    jurisdiction: str
    basis: str
    purposes: list[str]
    source: str
    reference: str
    tags: list[str]
    created_at: Any
    updated_at: Any


class PersonChange(BaseModel):
    """What to change."""

    phone: str
    version: int


def _out(row: Person) -> PersonOut:
    return PersonOut(
        id=row.pk, state=row.state, version=row.version, name=row.name, job_title=row.job_title, phone=row.phone,
        unit={"id": row.unit_id, "name": row.unit.name},
        owner={"id": row.owner_id, "name": row.owner.name} if row.owner else None,
        jurisdiction=row.jurisdiction, basis=row.basis, purposes=row.purposes, source=row.source,
        reference=row.reference, tags=row.tags, created_at=row.created_at, updated_at=row.updated_at,
    )  # fmt: skip


@api.get("/people/{uuid:pk}", response=PersonOut)
def read(request: HttpRequest, pk: UUID) -> PersonOut:
    """Read one person."""
    return _out(Person.objects.select_related("unit", "owner").get(pk=pk))


@api.patch("/people/{uuid:pk}", response=PersonOut)
def change(request: HttpRequest, pk: UUID, body: PersonChange) -> PersonOut:
    """Change a phone number."""
    number = phones.parse(body.phone, "CN")
    if not isinstance(number, Parsed):
        raise TypeError("This is no phone number")
    with transaction.atomic():
        row = Person.objects.select_for_update(of=("self",)).select_related("unit", "owner").get(pk=pk)
        if row.version != body.version:
            raise ValueError("Somebody changed this record meanwhile")
        row.phone, row.version, row.updated_at = number.value["number"], row.version + 1, clock.now()
        row.save()
    return _out(row)
