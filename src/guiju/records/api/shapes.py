"""What the API tells of customers: every value with its visibility."""

from datetime import datetime
from typing import Any, Literal, Self
from uuid import UUID

from pydantic import BaseModel, Field

from guiju.access.fields import Visibility
from guiju.access.shapes import Page
from guiju.records.models import Customer
from guiju.records.showing import Cell, Shown

Seen = Literal["clear", "masked", "tokenised", "erased"]
SEEN: dict[Visibility, Seen] = {
    Visibility.CLEAR: "clear",
    Visibility.MASKED: "masked",
    Visibility.TOKENISED: "tokenised",
}


class FieldOut(BaseModel):
    """One value as the caller may see it.

    ``value`` is the value where ``visibility`` is clear, its mask or its token otherwise (a list of them for a field
    that holds several); null where the key is destroyed.
    """

    visibility: Seen
    value: Any = None
    text: str = Field(description="The same in words of the reader's language.")
    revealable: bool = Field(default=False, description="Whether reading with `reveal` would show more.")

    @classmethod
    def of(cls, cell: Cell) -> Self:
        """Show a cell."""
        if cell.erased:
            return cls(visibility="erased", text="")
        clear = cell.visibility is Visibility.CLEAR
        hidden = list(cell.lines) if cell.spec.multi else cell.text
        return cls(
            visibility=SEEN[cell.visibility],
            value=cell.value if clear else hidden,
            text=cell.text,
            revealable=cell.revealable,
        )


class UnitOut(BaseModel):
    """A part of the organisation."""

    id: int
    name: str


class OwnerOut(BaseModel):
    """The colleague who looks after a customer."""

    id: UUID
    name: str


class CustomerOut(BaseModel):
    """One customer as the caller may see it. ``hidden`` names the fields that the policy leaves out."""

    id: UUID
    kind: Literal["person", "organisation"]
    state: Literal["active", "restricted", "erased"]
    version: int
    name: str = Field(description="The name in the visibility that the caller has; may be a token or empty.")
    unit: UnitOut
    owner: OwnerOut | None
    jurisdiction: str
    basis: str
    purposes: list[str]
    source: str
    reference: str
    tags: list[str]
    standard: str
    import_id: UUID | None
    created_at: datetime
    updated_at: datetime
    fields: dict[str, FieldOut]
    hidden: list[str]

    @classmethod
    def of(cls, shown: Shown) -> Self:
        """Show a customer."""
        customer = shown.customer
        return cls(
            **_envelope(customer),
            name=shown.title,
            fields={key: FieldOut.of(cell) for key, cell in shown.cells.items()},
            hidden=list(shown.hidden),
        )


def _envelope(customer: Customer) -> dict[str, Any]:
    owner = customer.owner
    return {
        "id": customer.pk,
        "kind": customer.kind,
        "state": customer.state,
        "version": customer.version,
        "unit": UnitOut(id=customer.unit_id, name=customer.unit.name),
        "owner": OwnerOut(id=owner.pk, name=owner.name) if owner else None,
        "jurisdiction": customer.jurisdiction,
        "basis": customer.basis,
        "purposes": customer.purposes,
        "source": customer.source,
        "reference": customer.reference,
        "tags": customer.tags,
        "standard": customer.standard,
        "import_id": customer.batch_id,
        "created_at": customer.created_at,
        "updated_at": customer.updated_at,
    }


class CustomerPage(Page[CustomerOut]):
    """One page of customers."""


class WarningOut(BaseModel):
    """Something kept as it was sent that a person should look at."""

    field: str
    rule: str
    message: str
    remedy: str


class CustomerMade(CustomerOut):
    """A customer after a write, with what a person should look at."""

    warnings: list[WarningOut] = []
