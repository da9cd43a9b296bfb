"""Every refusal as problem+json (RFC 9457), in the caller's language and without any value that was sent."""

import re
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

import structlog
from django.core.exceptions import PermissionDenied, RequestDataTooBig, SuspiciousOperation
from django.db import InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse, UnreadablePostError
from django.http.multipartparser import MultiPartParserError
from django.utils.translation import gettext_lazy as _
from ninja.errors import AuthenticationError, HttpError, ValidationError
from pydantic import BaseModel, Field

from guiju.access.calls import PROBLEM, Unauthenticated
from guiju.config.api.parsing import Malformed
from guiju.kit.errors import Invalid, NotFound, NotPermitted, Problem, Refused, Unavailable, Words

log = structlog.get_logger()

TITLES: dict[int, Words] = {
    400: _("The request is malformed"),
    401: _("Not authenticated"),
    403: _("Not permitted"),
    404: _("Not found"),
    405: _("This address does not offer the method"),
    406: _("Not acceptable"),
    409: _("In conflict with the present state"),
    410: _("Gone"),
    412: _("The record has changed"),
    413: _("Too large"),
    415: _("Unsupported type of body"),
    422: _("The input breaks a rule"),
    428: _("A precondition is required"),
    429: _("Too many calls"),
    500: _("A defect of the product"),
    503: _("Not available at the moment"),
}


class FieldProblem(BaseModel):
    """One thing wrong with one input."""

    field: str
    rule: str
    message: str
    remedy: str


class ProblemOut(BaseModel):
    """What was refused and why (RFC 9457)."""

    type: str = Field(description="`/problems/` and the code.")
    title: str
    status: int
    detail: str
    code: str
    remedy: str
    problems: list[FieldProblem]


class NoSuchAddress(NotFound):
    """There is no such address in the API."""

    message = _("There is nothing at this address.")
    remedy = _("Compare it with /api/v1/openapi.json.")


class MethodNotAllowed(Refused):
    """The address does not offer the method."""

    code = "method-not-allowed"
    status = 405
    message = _("This address does not offer the method.")
    remedy = _("Use one of those that the header Allow names.")


class TooLargeBody(Refused):
    """The body is larger than is read."""

    code = "too-large"
    status = 413
    message = _("The body is too large.")
    remedy = _("Send less at once.")


class DatabaseAway(Unavailable):
    """A database does not answer."""

    message = _("A database does not answer at the moment; nothing was changed.")
    remedy = _("Try again in a few seconds.")


class Defect(Refused):
    """Something the product does not expect."""

    code = "defect"
    status = 500
    message = _("Something went wrong inside Guiju. It was written to the log without your data.")
    remedy = _("Try again; if it stays, tell whoever runs this installation.")


def respond(refusal: Refused) -> HttpResponse:
    """Answer with a refusal."""
    status = HTTPStatus(refusal.status)
    detail = TITLES[status] if refusal.message == Refused.message else refusal.message
    told = ProblemOut(
        type=f"/problems/{refusal.code}",
        title=str(TITLES.get(status, status.phrase)),
        status=status,
        detail=str(detail),
        code=refusal.code,
        remedy=str(refusal.remedy),
        problems=[
            FieldProblem(field=_told(one.field), rule=one.rule, message=str(one.message), remedy=str(one.remedy))
            for one in refusal.problems
        ],
    )
    words = {"ensure_ascii": False}
    response = JsonResponse(told.model_dump(), status=status, content_type=PROBLEM, json_dumps_params=words)
    if status == HTTPStatus.UNAUTHORIZED:
        response["WWW-Authenticate"] = 'Bearer realm="guiju"'
    if status == HTTPStatus.SERVICE_UNAVAILABLE:
        response["Retry-After"] = "5"
    return response


_WORD = re.compile(r"[A-Za-z][A-Za-z_-]{0,39}|\d{1,3}")


def _told(field: str) -> str:
    """Return the path of a field; a part that the caller made up could hold somebody's data and reads as “…”."""
    return ".".join(part if _WORD.fullmatch(part) else "…" for part in field.split(".") if part)


RULES: Mapping[str, tuple[str, Words]] = {
    "missing": ("required", _("This is required.")),
    "extra_forbidden": ("unknown-field", _("There is no such field.")),
    "string_too_long": ("too-long", _("The text is too long.")),
    "string_too_short": ("too-short", _("The text is too short.")),
    "too_long": ("too-many", _("There are too many items.")),
    "too_short": ("too-few", _("There are too few items.")),
    "uuid": ("uuid", _("This is no id.")),
    "date_time": ("date-time", _("This is no moment such as 2026-11-23T12:00:00Z.")),
    "integer": ("integer", _("This is no whole number.")),
}
CHOICE = "literal_error"


def _of_error(error: Mapping[str, Any]) -> Problem:
    source, *place = (str(part) for part in error["loc"])
    if source == "body" and place[:1] == ["body"]:
        place = place[1:] or ["body"]
    kind = str(error["type"])
    field = ".".join(part for part in place if not part.startswith(("function-", "list[", "PhonePoint")))
    if kind == CHOICE:
        message: Words = _("Choose one of: %(codes)s.") % {"codes": str(error["ctx"]["expected"]).replace("'", "")}
        return Problem(field=field, rule="choice", message=message)
    rule, message = RULES.get(kind, (kind.replace("_", "-"), _("This does not have the form that is described.")))
    remedy = _("Compare it with /api/v1/openapi.json.")
    return Problem(field=field, rule=rule, message=message, remedy=remedy)


KNOWN: tuple[tuple[tuple[type[Exception], ...], type[Refused]], ...] = (
    ((AuthenticationError,), Unauthenticated),
    ((HttpError, MultiPartParserError, UnreadablePostError), Malformed),
    ((Http404,), NoSuchAddress),
    ((RequestDataTooBig,), TooLargeBody),
    ((SuspiciousOperation,), Malformed),
    ((PermissionDenied,), NotPermitted),
    ((OperationalError, InterfaceError), DatabaseAway),
)


def refusal_of(error: Exception) -> Refused:
    """Return the refusal that an exception amounts to."""
    cause = error.__cause__
    if isinstance(error, HttpError) and isinstance(cause, Refused):
        return cause
    if isinstance(error, Refused):
        return error
    if isinstance(error, ValidationError):
        return Invalid(problems=[_of_error(one) for one in error.errors])
    return next((refusal() for kinds, refusal in KNOWN if isinstance(error, kinds)), Defect())


def answer(request: HttpRequest, error: Exception) -> HttpResponse:
    """Answer a call that raised; defects go to the log, where messages are left out."""
    refusal = refusal_of(error)
    if refusal.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        log.error("call failed", code=refusal.code, exc_info=error)
    return respond(refusal)
