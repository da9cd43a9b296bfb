"""Operations on relationships between customers."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from django.http import HttpResponse
from ninja.responses import Status
from pydantic import BaseModel, Field

from guiju.access.answering import KEY_HEADER, made_once
from guiju.access.calls import Call, operation
from guiju.access.permissions import Permission
from guiju.access.repeating import Made
from guiju.access.shapes import Id, OneOf, Strict
from guiju.records import actions, queries
from guiju.records.actions import RELATIONS
from guiju.records.api.router import customers as router
from guiju.records.api.shapes import CustomerOut

Relation = Annotated[str, OneOf(RELATIONS)]


class TieOut(BaseModel):
    """A relationship seen from one customer: `forward` where the other one is the `kind` of this one."""

    id: UUID
    kind: str
    forward: bool
    created_at: datetime
    customer: CustomerOut


class Ties(BaseModel):
    """The current relationships of a customer to customers within reach."""

    items: list[TieOut]


@operation(
    router,
    "GET",
    "/customers/{uuid:customer}/relationships",
    needs=Permission.CUSTOMER_READ,
    name="listRelationships",
    summary="List relationships",
    answers={200: Ties},
    purpose=True,
)
def list_relationships(request: Call, customer: UUID) -> Ties:
    """List the current relationships of a customer, the others by name as the field policy shows them."""
    found = queries.ties(customer=customer, actor=request.actor, purpose=request.purpose, at=request.at)
    return Ties(
        items=[
            TieOut(
                id=tie.relationship.pk,
                kind=tie.relationship.kind,
                forward=tie.forward,
                created_at=tie.relationship.created_at,
                customer=CustomerOut.of(tie.other),
            )
            for tie in found
        ]
    )


class NewTie(Strict):
    """A relationship to record: `related` is the `kind` of this customer."""

    related: Id = Field(description="The other customer; both must be within reach.")
    kind: Relation


class TieMade(BaseModel):
    """The relationship that was recorded."""

    id: UUID


@operation(
    router,
    "POST",
    "/customers/{uuid:customer}/relationships",
    needs=Permission.CUSTOMER_UPDATE,
    name="addRelationship",
    summary="Record a relationship",
    answers={201: TieMade},
    purpose=True,
    refuses=(409, 410),
    headers=(KEY_HEADER,),
)
def add_relationship(request: Call, response: HttpResponse, customer: UUID, body: NewTie) -> TieMade:
    """Record that another customer is the contact, employee, director … of this one."""

    def make() -> Made:
        tie = actions.relate(
            subject=customer,
            related=body.related,
            kind=body.kind,
            purpose=request.purpose,
            by=request.actor,
            at=request.at,
        )
        return 201, tie.pk

    name = f"addRelationship:{customer}"
    _status, tie = made_once(request, response, operation=name, body=request.body, make=make)
    return TieMade(id=tie)


@operation(
    router,
    "DELETE",
    "/relationships/{uuid:relationship}",
    needs=Permission.CUSTOMER_UPDATE,
    name="endRelationship",
    summary="End a relationship",
    answers={204: None},
    purpose=True,
    refuses=(410,),
)
def end_relationship(request: Call, relationship: UUID) -> Status[None]:
    """End a relationship; it stays in the history."""
    actions.end_relationship(relationship=relationship, purpose=request.purpose, by=request.actor, at=request.at)
    return Status(204, None)
