"""The door: no permission, no change; no ledger entry, no change."""

import functools
import inspect
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from guiju.access.actors import Actor
from guiju.access.permissions import Permission
from guiju.kit.errors import NotPermitted, Refused
from guiju.ledger import journal
from guiju.ledger.events import Event
from guiju.ledger.journal import Acting

_inside: ContextVar[bool] = ContextVar("guiju_access_inside", default=False)


class NothingRecorded(RuntimeError):
    """An action changed something and told the ledger nothing: a defect of the product, rolled back."""


def people_only(by: Actor) -> None:
    """Refuse tokens what only people may do themselves."""
    if by.ref.startswith("token:"):
        raise NotPermitted(_("A token cannot do this."), remedy=_("Sign in to do it yourself."))


def action[**P, R](*, needs: Permission) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Make a function the permitted, atomic, recorded way to change something.

    The function takes keyword arguments only, among them ``by`` (the actor) and ``at`` (the moment). Raises
    NotPermitted before anything happens where ``by`` lacks ``needs``, and NothingRecorded, after rolling back, where
    the function returned without a ledger entry. What a refusal ``leaves`` is recorded after rolling back.
    """

    def decorate(function: Callable[P, R]) -> Callable[P, R]:
        _check_signature(function)

        @functools.wraps(function)
        def through_the_door(*args: P.args, **kwargs: P.kwargs) -> R:
            if args:
                raise TypeError(f"{function.__name__} takes keyword arguments only")
            given: dict[str, Any] = dict(kwargs)
            actor = given["by"]
            if not actor.may(needs):
                raise NotPermitted(
                    _("Your role does not allow this (%(permission)s).") % {"permission": needs.value},
                    remedy=_("Ask a security administrator for a role that includes it."),
                )
            with together(by=actor, at=given["at"], purpose=str(given.get("purpose", ""))):
                with journal.counting() as count:
                    result = function(*args, **kwargs)
                if not count.entries:
                    raise NothingRecorded(function.__qualname__)
            return result

        through_the_door.needs = needs  # type: ignore[attr-defined]
        return through_the_door

    return decorate


@contextmanager
def together(*, by: Acting, at: datetime, purpose: str) -> Iterator[None]:
    """Commit what is done inside as one; a refusal that passes through undoes it, and what it ``leaves`` is recorded.

    One inside another, the outermost records it: it would undo the entry of an inner one with all else.
    """
    outermost = not _inside.get()
    token = _inside.set(True)
    try:
        with transaction.atomic():
            yield
    except Refused as refusal:
        if outermost and isinstance(refusal.leaves, Event):
            journal.record(refusal.leaves, by=by, at=at, purpose=purpose, outcome=journal.Outcome.REFUSED)
        raise
    finally:
        _inside.reset(token)


def _check_signature(function: Callable[..., Any]) -> None:
    parameters = inspect.signature(function).parameters
    if {"by", "at"} - parameters.keys():
        raise TypeError(f"{function.__qualname__} must take by= and at=")
    if any(parameter.kind is not parameter.KEYWORD_ONLY for parameter in parameters.values()):
        raise TypeError(f"{function.__qualname__} must take keyword arguments only")
