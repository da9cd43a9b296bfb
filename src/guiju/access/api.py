"""Operations on the caller itself and on the registers of purposes and lawful bases."""

from datetime import datetime
from typing import Any
from uuid import UUID

from ninja import Router
from pydantic import BaseModel, Field

from guiju.access import queries
from guiju.access.calls import Call, operation
from guiju.access.permissions import Permission
from guiju.access.purposes import PURPOSES, Basis, Purpose, registry
from guiju.access.shapes import WordsOut

router = Router(tags=["access"])
rules = Router(tags=["rules"])


class HoldOut(BaseModel):
    """A role held: in which unit, null for the whole organisation."""

    role: str
    title: str
    sentence: str
    unit: int | None
    unit_name: str


class Me(BaseModel):
    """Who calls, and what this token may do."""

    ref: str = Field(description="What the ledger keeps.")
    name: str
    person: UUID | None
    unit: int | None
    roles: list[HoldOut]
    permissions: list[str]
    purposes: list[str] = Field(description="What the token may work under.")
    token: UUID
    expires_at: datetime


@operation(
    router,
    "GET",
    "/me",
    needs=Permission.ACCOUNT_OWN,
    name="readMe",
    summary="Who am I?",
    answers={200: Me},
)
def read_me(request: Call) -> Me:
    """Say whose token this is, which roles it has, and which purposes it may work under."""
    actor = request.actor
    return Me(
        ref=actor.ref,
        name=actor.label,
        person=actor.person_id,
        unit=actor.unit_id,
        roles=[
            HoldOut(
                role=hold.role,
                title=str(hold.means.title),
                sentence=str(hold.means.sentence),
                unit=hold.unit_id,
                unit_name=hold.unit_name,
            )
            for hold in actor.holds
        ],
        permissions=sorted(actor.permissions),
        purposes=[code for code in PURPOSES if code in actor.purposes],
        token=request.token,
        expires_at=queries.token_expiry(token_id=request.token),
    )


class CodeOut(BaseModel):
    """A purpose or a lawful basis: its code, what it means and the articles it rests on."""

    code: str
    title: WordsOut
    says: WordsOut
    articles: list[str]


class PurposeOut(CodeOut):
    """A purpose. Inherent ones follow from the law and may use any record."""

    compatible_with: list[str]
    inherent: bool


class Registers(BaseModel):
    """The purposes and lawful bases there are."""

    purposes: list[PurposeOut]
    bases: list[CodeOut]


@operation(
    rules,
    "GET",
    "/purposes",
    needs=Permission.PURPOSE_READ,
    name="readPurposes",
    summary="Read the registers of purposes and lawful bases",
    answers={200: Registers},
)
def read_purposes(request: Call) -> Registers:
    """Read the codes that declarations and the header Guiju-Purpose use."""
    found = registry()
    return Registers(
        purposes=[
            PurposeOut(**_plain(one), compatible_with=list(one.compatible_with), inherent=one.inherent)
            for one in found.purposes.values()
        ],
        bases=[CodeOut(**_plain(one)) for one in found.bases.values()],
    )


def _plain(one: Purpose | Basis) -> dict[str, Any]:
    return {
        "code": one.code,
        "title": WordsOut.of(one.title),
        "says": WordsOut.of(one.says),
        "articles": [str(registry().article(reference)) for reference in one.articles],
    }


ROUTERS = (router, rules)
