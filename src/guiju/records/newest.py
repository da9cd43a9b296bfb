"""Pages of what is listed with the newest first: imports and exports, in the browser and in the API."""

from typing import Protocol
from uuid import UUID

from django.db.models import Model

from guiju.access.actors import Actor


class Recent[T](Protocol):
    """A query of the newest, older than one of them."""

    def __call__(self, *, actor: Actor, before: UUID | None, size: int) -> list[T]:
        """Return at most ``size``."""
        ...


def page[T: Model](recent: Recent[T], *, actor: Actor, before: UUID | None, size: int) -> tuple[list[T], UUID | None]:
    """Return a page of what ``recent`` finds, and before which of them the next page begins where there is one."""
    found = recent(actor=actor, before=before, size=size + 1)
    return found[:size], found[size - 1].pk if len(found) > size else None
