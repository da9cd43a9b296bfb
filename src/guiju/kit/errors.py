"""Refusals: what the product says when a rule forbids something."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.functional import Promise

type Words = str | Promise


@dataclass(frozen=True, kw_only=True)
class Problem:
    """One thing wrong with one input: the field, the rule it breaks and the remedy, in the reader's language."""

    field: str
    rule: str
    message: Words
    remedy: Words = ""


class Refused(Exception):
    """A rule of the product forbids this; nothing was changed.

    ``code`` is stable for machines (problem+json ``type``), ``message`` and ``remedy`` are for people and never
    hold a personal value. ``status`` is the HTTP status the web and API floors answer with. ``leaves`` is an event to
    record although the change is undone, where being refused is itself worth knowing.
    """

    code = "refused"
    status = 409
    message: Words = "This is not allowed."
    remedy: Words = ""
    leaves: object = None

    def __init__(
        self, message: Words | None = None, *, remedy: Words | None = None, problems: Sequence[Problem] = ()
    ) -> None:
        super().__init__(self.code)
        if message is not None:
            self.message = message
        if remedy is not None:
            self.remedy = remedy
        self.problems = tuple(problems)

    def __str__(self) -> str:
        return str(self.message)


class NotPermitted(Refused):
    """The actor lacks the permission, or the purpose does not allow it."""

    code = "not-permitted"
    status = 403


class NotFound(Refused):
    """The thing does not exist for this actor: absent and out of scope look the same."""

    code = "not-found"
    status = 404


class Invalid(Refused):
    """The input breaks the standard; ``problems`` names each field, rule and remedy."""

    code = "invalid"
    status = 422


class Conflict(Refused):
    """Somebody changed the record meanwhile."""

    code = "conflict"
    status = 412


class Unavailable(Refused):
    """A part the product cannot work safely without is down; nothing was changed."""

    code = "unavailable"
    status = 503
