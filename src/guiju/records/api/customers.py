"""Operations on customers: list, search, create, read, change, explain."""

from typing import Annotated, Any
from uuid import UUID

from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _
from ninja import Query
from ninja.params import models as parameters
from pydantic import BaseModel

from guiju.access.answering import IF_MATCH_HEADER, KEY_HEADER, etag, listed, made_once, version_asked
from guiju.access.calls import Call, header, operation
from guiju.access.door import together
from guiju.access.permissions import Permission
from guiju.access.repeating import Made
from guiju.access.shapes import Cursor, Limit
from guiju.kit.errors import Invalid, Problem
from guiju.records import actions, queries
from guiju.records.api import cursors, values
from guiju.records.api.bodies import CustomerChanges, Narrowing, NewCustomer, Search, Sort
from guiju.records.api.router import customers as router
from guiju.records.api.shapes import CustomerMade, CustomerOut, CustomerPage, WarningOut
from guiju.records.declaring import Declaration
from guiju.records.finding import PAGE, Filters
from guiju.records.holding import Held, hold
from guiju.records.queries import DEFAULT_COLUMNS, REASONS, Listing
from guiju.records.standard import Kind

REASON_HEADER = header(
    "Guiju-Reason", "Why masked values are revealed; needed for sensitive fields.", enum=list(REASONS)
)
ONE = {"ETag": "The version of the record, for If-Match."}
MADE = ONE | {"Location": "The address of the record."}


def _names() -> parameters.Query:
    """Describe a parameter of field names; Ninja keeps its default in it, so each parameter needs its own."""
    return parameters.Query(..., max_length=20, description="Repeat it, or separate names by commas.")


@operation(
    router,
    "GET",
    "/customers",
    needs=Permission.CUSTOMER_READ,
    name="listCustomers",
    summary="List customers within reach",
    answers={200: CustomerPage},
    purpose=True,
)
def list_customers(
    request: Call,
    *,
    narrowing: Query[Narrowing],
    sort: Sort = "newest",
    limit: Limit = PAGE,
    cursor: Cursor = "",
    fields: Annotated[list[str], _names()] = list(DEFAULT_COLUMNS),  # noqa: B006 - read by Ninja, never changed
) -> CustomerPage:
    """List customers that the token's person reaches, every value as the field policy shows it."""
    return _page(request, narrowing.filters(sort=sort), cursor, limit, listed(fields))


@operation(
    router,
    "POST",
    "/customers/search",
    needs=Permission.CUSTOMER_READ,
    name="searchCustomers",
    summary="Search customers within reach",
    answers={200: CustomerPage},
    purpose=True,
)
def search_customers(request: Call, body: Search) -> CustomerPage:
    """Find customers by words of a name, reading, initials, phone, e-mail, identifier or reference."""
    if "\n" in body.text or not body.text.strip():
        message = _("Search for one line of text.")
        raise Invalid(problems=[Problem(field="text", rule="text", message=message)])
    return _page(request, body.filters(text=body.text, sort=body.sort), body.cursor, body.limit, body.fields)


def _page(call: Call, filters: Filters, cursor: str, limit: int, columns: list[str]) -> CustomerPage:
    place = cursors.read(cursor, actor=call.actor, sort=filters.sort)
    found: Listing = queries.listing(
        actor=call.actor,
        purpose=call.purpose,
        at=call.at,
        filters=filters,
        after=place.after,
        before=place.before,
        size=limit,
        columns=columns,
    )
    return CustomerPage(
        items=[CustomerOut.of(row) for row in found.rows],
        next=cursors.make(actor=call.actor, sort=filters.sort, after=found.older),
        previous=cursors.make(actor=call.actor, sort=filters.sort, before=found.newer),
    )


@operation(
    router,
    "POST",
    "/customers",
    needs=Permission.CUSTOMER_CREATE,
    name="createCustomer",
    summary="Keep a customer",
    answers={201: CustomerMade},
    purpose=True,
    refuses=(409,),
    headers=(KEY_HEADER,),
    sends=MADE,
)
def create_customer(request: Call, response: HttpResponse, body: NewCustomer) -> CustomerMade:
    """Keep a customer under a lawful basis, for purposes, with its source; checked by the collection standard."""
    kind = Kind(body.kind)
    drawn, problems, warnings = values.read(body.values, kind=kind, region=body.region)
    values.demand(problems)
    declaration = _declaration(request, body)

    def make() -> Made:
        made = actions.create(
            kind=kind,
            values=drawn,
            declaration=declaration,
            purpose=request.purpose,
            by=request.actor,
            at=request.at,
        )
        return 201, made.pk

    _status, customer = made_once(request, response, operation="createCustomer", body=request.body, make=make)
    response["Location"] = f"{request.path}/{customer}"
    return _after_write(request, response, customer, warnings)


def _declaration(call: Call, body: Any) -> Declaration:
    unit = body.unit or call.actor.unit_id
    if unit is None:
        message = _("Say in which unit the record lies.")
        raise Invalid(problems=[Problem(field="unit", rule="required", message=message)])
    return Declaration(
        unit_id=unit,
        basis=body.basis,
        purposes=tuple(dict.fromkeys(body.purposes)),
        source=body.source,
        owner_id=body.owner,
        jurisdiction=body.jurisdiction,
        reference=body.reference,
        tags=tuple(dict.fromkeys(body.tags)),
    )


def _after_write(
    call: Call, response: HttpResponse, customer: UUID, warnings: list[Problem], *, held: Held | None = None
) -> CustomerMade:
    shown = queries.opened(customer=customer, actor=call.actor, purpose=call.purpose, at=call.at, held=held)
    response["ETag"] = etag(shown.customer.version)
    told = [
        WarningOut(field=one.field, rule=one.rule, message=str(one.message), remedy=str(one.remedy))
        for one in warnings
    ]
    return CustomerMade(**dict(CustomerOut.of(shown)), warnings=told)


@operation(
    router,
    "GET",
    "/customers/{uuid:customer}",
    needs=Permission.CUSTOMER_READ,
    name="readCustomer",
    summary="Read a customer",
    answers={200: CustomerOut},
    purpose=True,
    headers=(REASON_HEADER,),
    sends=ONE,
)
def read_customer(
    request: Call,
    response: HttpResponse,
    customer: UUID,
    reveal: Annotated[list[str], _names()] = [],  # noqa: B006 - read by Ninja, never changed
) -> CustomerOut:
    """Read one customer; `reveal` names masked fields to open, each look being recorded."""
    reason = request.headers.get("Guiju-Reason", "")
    if reason and reason not in REASONS:
        message = _("There is no such reason.")
        remedy = _("Choose one of: %(codes)s.") % {"codes": ", ".join(REASONS)}
        raise Invalid(problems=[Problem(field="Guiju-Reason", rule="choice", message=message, remedy=remedy)])
    shown = queries.opened(
        customer=customer,
        actor=request.actor,
        purpose=request.purpose,
        at=request.at,
        reveal=listed(reveal),
        reason=reason,
    )
    response["ETag"] = etag(shown.customer.version)
    return CustomerOut.of(shown)


@operation(
    router,
    "PATCH",
    "/customers/{uuid:customer}",
    needs=Permission.CUSTOMER_UPDATE,
    name="updateCustomer",
    summary="Change a customer",
    answers={200: CustomerMade},
    purpose=True,
    refuses=(409, 410, 412, 428),
    headers=(IF_MATCH_HEADER,),
    sends=ONE,
)
def update_customer(request: Call, response: HttpResponse, customer: UUID, body: CustomerChanges) -> CustomerMade:
    """Change fields of the version named by If-Match; what is left out stays, and null removes a value."""
    version = version_asked(request)
    with together(by=request.actor, at=request.at, purpose=request.purpose):  # the change, and the look at it
        held = hold(customer=customer, by=request.actor, permission=Permission.CUSTOMER_UPDATE)
        changes, warnings = _changes(body, Kind(held.record.kind))
        columns = _columns(body)
        if not changes and not columns:
            message = _("Nothing to change was sent.")
            raise Invalid(problems=[Problem(field="body", rule="required", message=message)])
        actions.update(
            customer=customer,
            changes=changes,
            version=version,
            purpose=request.purpose,
            by=request.actor,
            at=request.at,
            columns=columns,
            held=held,
        )
        return _after_write(request, response, customer, warnings, held=held)


def _changes(body: CustomerChanges, kind: Kind) -> tuple[dict[str, object], list[Problem]]:
    if body.values is None or not body.values.model_fields_set:
        return {}, []
    changes, problems, warnings = values.read(body.values, kind=kind, region=body.region, removing=True)
    values.demand(problems)
    return changes, warnings


def _columns(body: Any) -> dict[str, object]:
    given = body.model_fields_set
    plain = ("jurisdiction", "reference", "tags", "state")
    columns = {name: getattr(body, name) for name in plain if getattr(body, name) is not None}
    if body.unit is not None:
        columns["unit_id"] = body.unit
    if "owner" in given:
        columns["owner_id"] = body.owner
    return columns


class Explanation(BaseModel):
    """Why the caller sees a field the way it is shown."""

    field: str
    sentences: list[str]


@operation(
    router,
    "GET",
    "/customers/{uuid:customer}/explain/{slug:field}",
    needs=Permission.CUSTOMER_READ,
    name="explainField",
    summary="Why is this field shown so?",
    answers={200: Explanation},
    purpose=True,
)
def explain_field(request: Call, customer: UUID, field: str) -> Explanation:
    """Say in sentences which rules decide how the caller sees a field of a customer."""
    sentences = queries.explain(customer=customer, field=field, actor=request.actor, purpose=request.purpose)
    return Explanation(field=field, sentences=sentences)
