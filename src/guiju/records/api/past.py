"""Operations on what happened to a customer: history, notes, access trail."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from pydantic import BaseModel

from guiju.access import queries as access
from guiju.access.answering import KEY_HEADER, made_once
from guiju.access.calls import Call, operation
from guiju.access.permissions import Permission
from guiju.access.repeating import Made
from guiju.access.shapes import Limit, Number
from guiju.ledger import queries as ledger
from guiju.records import actions, past, queries, reaching
from guiju.records.api.bodies import NewNote
from guiju.records.api.router import customers as router
from guiju.records.api.shapes import FieldOut
from guiju.records.finding import PAGE
from guiju.records.past import Change


class ActorOut(BaseModel):
    """Who acted: the reference that the ledger keeps, and a name."""

    ref: str
    name: str


class ChangeOut(BaseModel):
    """One change: what the changed fields held before it (null where they held nothing)."""

    version: int
    at: datetime
    by: ActorOut
    purpose: str
    import_id: UUID | None
    fields: dict[str, FieldOut | None]
    envelope: dict[str, Any]


class History(BaseModel):
    """The changes of a customer, the newest first."""

    items: list[ChangeOut]


@operation(
    router,
    "GET",
    "/customers/{uuid:customer}/history",
    needs=Permission.CUSTOMER_READ,
    name="readHistory",
    summary="Read earlier values",
    answers={200: History},
    purpose=True,
)
def read_history(request: Call, customer: UUID) -> History:
    """Read what the changed fields of a customer held before each change, through the field policy of today."""
    changes = past.history(customer=customer, actor=request.actor, purpose=request.purpose, at=request.at)
    names = access.labels(change.revision.actor for change in changes)
    return History(items=[_change(one, names) for one in changes])


def _change(change: Change, names: dict[str, str]) -> ChangeOut:
    revision = change.revision
    return ChangeOut(
        version=revision.version,
        at=revision.at,
        by=ActorOut(ref=revision.actor, name=names[revision.actor]),
        purpose=revision.purpose,
        import_id=revision.batch_id,
        fields={key: FieldOut.of(cell) if cell else None for key, cell in change.before.items()},
        envelope=change.columns,
    )


class NoteOut(BaseModel):
    """A note; `erased` where its key is destroyed."""

    id: UUID
    at: datetime
    by: ActorOut
    text: str
    erased: bool


class Notes(BaseModel):
    """The notes of a customer, the newest first."""

    items: list[NoteOut]


@operation(
    router,
    "GET",
    "/customers/{uuid:customer}/notes",
    needs=Permission.CUSTOMER_READ,
    name="readNotes",
    summary="Read the notes",
    answers={200: Notes},
    purpose=True,
)
def read_notes(request: Call, customer: UUID) -> Notes:
    """Read what was written about a customer; empty where the policy does not show notes."""
    queries.opened(customer=customer, actor=request.actor, purpose=request.purpose, at=request.at, only=["notes"])
    found = past.notes(customer=customer, actor=request.actor, purpose=request.purpose)
    names = access.labels(one.note.author for one in found)
    return Notes(
        items=[
            NoteOut(
                id=one.note.pk,
                at=one.note.at,
                by=ActorOut(ref=one.note.author, name=names[one.note.author]),
                text=one.text,
                erased=one.erased,
            )
            for one in found
        ]
    )


class NoteMade(BaseModel):
    """The note that was written."""

    id: UUID


@operation(
    router,
    "POST",
    "/customers/{uuid:customer}/notes",
    needs=Permission.CUSTOMER_UPDATE,
    name="addNote",
    summary="Write a note",
    answers={201: NoteMade},
    purpose=True,
    refuses=(410,),
    headers=(KEY_HEADER,),
)
def add_note(request: Call, response: HttpResponse, customer: UUID, body: NewNote) -> NoteMade:
    """Write a note about a customer, sealed under the customer's own key."""

    def make() -> Made:
        note = actions.add_note(
            customer=customer, text=body.text, purpose=request.purpose, by=request.actor, at=request.at
        )
        return 201, note.pk

    operation_name = f"addNote:{customer}"
    _status, note = made_once(request, response, operation=operation_name, body=request.body, make=make)
    return NoteMade(id=note)


class TrailEntry(BaseModel):
    """One entry of the ledger about a customer, in words."""

    id: int
    at: datetime
    kind: str
    by: ActorOut
    purpose: str
    outcome: str
    sentence: str


class Trail(BaseModel):
    """Entries, the newest first; `next` is the `before` of the next page."""

    items: list[TrailEntry]
    next: int | None


@operation(
    router,
    "GET",
    "/customers/{uuid:customer}/trail",
    needs=Permission.TRAIL_READ,
    name="readTrail",
    summary="Read the access trail",
    answers={200: Trail},
)
def read_trail(request: Call, customer: UUID, before: Number | None = None, limit: Limit = PAGE) -> Trail:
    """Read who looked at, changed or exported a customer, when and under which purpose."""
    reaching.find(customer=customer, actor=request.actor, permission=Permission.TRAIL_READ)
    page = ledger.trail(customer, before=before, limit=limit)
    names = access.labels(entry.actor for entry in page.entries)
    return Trail(
        items=[
            TrailEntry(
                id=entry.pk,
                at=entry.at,
                kind=entry.kind,
                by=ActorOut(ref=entry.actor, name=names[entry.actor]),
                purpose=entry.purpose,
                outcome=entry.outcome,
                sentence=ledger.sentence(entry, actor=names[entry.actor]),
            )
            for entry in page.entries
        ],
        next=page.before,
    )
