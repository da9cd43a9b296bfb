"""Opaque cursors: where a page begins, signed, and good only for the list they were made for."""

from typing import NamedTuple
from uuid import UUID

from django.core import signing
from django.db.models import Model
from django.utils.translation import gettext_lazy as _

from guiju.access.actors import Actor
from guiju.kit.errors import Invalid, Problem
from guiju.records.newest import Recent, page

LONGEST = 400


class Place(NamedTuple):
    """Rows after one row, or before one."""

    after: UUID | None = None
    before: UUID | None = None


def make(*, actor: Actor, sort: str, after: UUID | None = None, before: UUID | None = None) -> str | None:
    """Return the cursor of a page, or None where there is no such page."""
    edge = after or before
    if edge is None:
        return None
    return _signer(actor, sort).sign_object([edge.hex, after is not None])


def read(cursor: str, *, actor: Actor, sort: str) -> Place:
    """Return where a cursor points; the empty one points to the start. Raises Invalid for one of another list."""
    if not cursor:
        return Place()
    try:
        edge, forward = _signer(actor, sort).unsign_object(cursor)
    except (signing.BadSignature, ValueError) as error:
        message = _("This cursor does not belong to this list.")
        remedy = _("Start again without a cursor, or keep the order it was made for.")
        raise Invalid(problems=[Problem(field="cursor", rule="cursor", message=message, remedy=remedy)]) from error
    return Place(after=UUID(edge)) if forward else Place(before=UUID(edge))


def newest[T: Model](
    recent: Recent[T], *, actor: Actor, sort: str, cursor: str, limit: int
) -> tuple[list[T], str | None]:
    """Return a page of what ``recent`` finds, the newest first, and the cursor of the next page."""
    before = read(cursor, actor=actor, sort=sort).after
    found, older = page(recent, actor=actor, before=before, size=limit)
    return found, make(actor=actor, sort=sort, after=older)


def _signer(actor: Actor, sort: str) -> signing.Signer:
    return signing.Signer(salt=f"guiju.cursor:{actor.ref}:{sort}")
