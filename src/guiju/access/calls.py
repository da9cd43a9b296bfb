"""The API door: every operation says which permission it needs; programs come in with a token and under a purpose."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from http import HTTPStatus
from typing import Any
from uuid import UUID

from allauth.core.internal import ratelimit
from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from ninja import Router
from ninja.operation import Operation
from ninja.security import HttpBearer
from ninja.utils import contribute_operation_callback

from guiju.access import events, limits, tokens
from guiju.access.actors import Actor
from guiju.access.permissions import Permission
from guiju.access.purposes import PURPOSES
from guiju.kit import clock
from guiju.kit.errors import Invalid, NotPermitted, Problem, Refused
from guiju.ledger import journal

PURPOSE = "Guiju-Purpose"
JSON = "application/json"
PROBLEM = "application/problem+json"
MULTIPART = "multipart/form-data"


class Call(HttpRequest):
    """A request that came through the door: who asks, with which token, under which purpose, at what moment."""

    actor: Actor
    token: UUID
    purpose: str
    at: datetime
    allowance: limits.Allowance


class Unauthenticated(Refused):
    """No live token came with the request."""

    code = "unauthenticated"
    status = 401
    message = _("This needs a token that is neither revoked nor expired.")
    remedy = _("Send the header “Authorization: Bearer gj_…”; tokens are made under My account.")


class TooManyCalls(Refused):
    """The caller's allowance is spent."""

    code = "too-many-calls"
    status = 429
    message = _("Too many calls in this minute.")
    remedy = _("Wait as many seconds as Retry-After says.")


class NotAcceptable(Refused):
    """The caller accepts none of the forms there are."""

    code = "not-acceptable"
    status = 406
    message = _("The answer has none of the types that the header Accept asks for.")


class UnsupportedMediaType(Refused):
    """The body has another type than the operation reads."""

    code = "unsupported-media-type"
    status = 415
    message = _("The body has a type that this operation does not read.")


class PurposeNotHeld(NotPermitted):
    """The token or its person does not work under the purpose."""

    code = "purpose-not-held"
    message = _("This token does not work under this purpose.")


class Bearer(HttpBearer):
    """Lets a call in: token, allowance, permission, purpose, and the shape of the request, in this order."""

    openapi_description = "A token of Guiju (`gj_…`); made under My account, limited to purposes, expiring."

    def __init__(self, *, needs: Permission, purpose: bool, produces: tuple[str, ...]) -> None:
        super().__init__()
        self.needs, self.purpose, self.produces = needs, purpose, produces
        self.operation_id = ""
        self.query: frozenset[str] = frozenset()
        self.reads = ""

    def bind(self, operation: Operation) -> None:
        """Learn the operation's query parameters and the type of its body."""
        self.operation_id = operation.operation_id or ""
        sources = {model.__ninja_param_source__: model for model in operation.models}
        self.query = frozenset(getattr(sources.get("query"), "__ninja_flatten_map__", ()))
        if "file" in sources:
            self.reads = MULTIPART
        elif "body" in sources:
            self.reads = JSON

    def __call__(self, request: HttpRequest) -> Actor:
        """Admit the request or raise what it is refused for."""
        assert isinstance(request, HttpRequest)  # noqa: S101 - for the type checker
        call: Any = request
        call.at = clock.now()
        call.actor = self._known(request, call.at)
        call.token = UUID(call.actor.ref.partition(":")[2])
        call.allowance = limits.count(
            name="token", who=call.actor.ref, limit=settings.API_CALLS_PER_MINUTE, at=call.at
        )
        if call.allowance.spent:
            raise TooManyCalls
        call.purpose = ""
        self._permit(call)
        call.purpose = self._purpose_of(call) if self.purpose else ""
        self._check_shape(call)
        actor: Actor = call.actor
        return actor

    def authenticate(self, request: HttpRequest, token: str) -> Actor | None:
        """Return the actor behind a token."""
        return tokens.authenticate(token)

    def _known(self, request: HttpRequest, at: datetime) -> Actor:
        scheme, _space, secret = request.headers.get("Authorization", "").partition(" ")
        actor = tokens.authenticate(secret.strip(), at=at) if scheme.lower() == "bearer" else None
        if actor is not None:
            return actor
        address = ratelimit.get_ip(request)
        failures = limits.count(name="address", who=address, limit=settings.API_FAILURES_PER_MINUTE, at=at)
        if failures.spent:
            request.allowance = failures  # type: ignore[attr-defined]
            raise TooManyCalls
        raise Unauthenticated

    def _permit(self, call: Call) -> None:
        if call.actor.may(self.needs):
            return
        journal.record(
            events.PermissionRefused(page=self.operation_id, permission=self.needs),
            by=call.actor,
            at=call.at,
            outcome=journal.Outcome.REFUSED,
        )
        raise NotPermitted(
            _("Your role does not allow this (%(permission)s).") % {"permission": self.needs.value},
            remedy=_("Ask a security administrator for a role that includes it."),
        )

    def _purpose_of(self, call: Call) -> str:
        held = call.actor.purposes
        remedy = _("Choose one of: %(codes)s.") % {"codes": ", ".join(code for code in PURPOSES if code in held)}
        asked = call.headers.get(PURPOSE)
        if asked is None and len(held) == 1:
            return next(iter(held))
        if not held or (asked in PURPOSES and asked not in held):
            raise PurposeNotHeld(remedy=remedy if held else None)
        if asked is None:
            message = _("This token works under several purposes; say under which one this call does.")
            raise Invalid(problems=[Problem(field=PURPOSE, rule="required", message=message, remedy=remedy)])
        if asked not in held:
            message = _("There is no such purpose.")
            raise Invalid(problems=[Problem(field=PURPOSE, rule="choice", message=message, remedy=remedy)])
        return asked

    def _check_shape(self, call: Call) -> None:
        if not any(call.accepts(kind) for kind in self.produces):
            raise NotAcceptable(remedy=_("Ask for %(types)s.") % {"types": ", ".join(self.produces)})
        if self.reads and _has_body(call) and not _is_of_type(call, self.reads):
            raise UnsupportedMediaType(remedy=_("Send %(types)s.") % {"types": self.reads})
        problems = [_bad_parameter(name) for name in call.GET if name not in self.query]
        problems += [_bad_text(name) for name, values in call.GET.lists() if any("\0" in one for one in values)]
        if problems:
            raise Invalid(problems=problems)


def _has_body(call: HttpRequest) -> bool:
    return call.META.get("CONTENT_LENGTH") not in (None, "", "0") or "HTTP_TRANSFER_ENCODING" in call.META


def _is_of_type(call: HttpRequest, reads: str) -> bool:
    charset = (call.content_params or {}).get("charset", "utf-8").strip('"').lower()
    return call.content_type == reads and charset in ("utf-8", "utf8", "us-ascii")


def told_name(name: str) -> str:
    """Return a name that a caller made up, where it is a plain word; anything else could hold somebody's data."""
    plain = name.isascii() and name.replace("_", "").replace("-", "").isalpha() and len(name) <= 40  # noqa: PLR2004
    return name if plain else "…"


def _bad_parameter(name: str) -> Problem:
    message = _("This operation has no such parameter.")
    return Problem(field=told_name(name), rule="unknown-parameter", message=message)


def _bad_text(name: str) -> Problem:
    return Problem(field=told_name(name), rule="text", message=_("Text must not hold NUL characters."))


def header(name: str, description: str, **schema: Any) -> dict[str, Any]:
    """Describe a request header."""
    required = schema.pop("required", False)
    return {
        "in": "header",
        "name": name,
        "required": required,
        "description": description,
        "schema": {"type": "string", **schema},
    }


PURPOSE_HEADER = header(
    PURPOSE,
    "The purpose under which this call processes customer data; needed where the token has several.",
    enum=list(PURPOSES),
)
ALWAYS = (401, 403, 406, 422, 429, 500, 503)
WITH_BODY = (400, 413, 415)
FILE = {"type": "string", "format": "binary"}


def refusal(status: int) -> dict[str, Any]:
    """Describe the refusals with one status."""
    told: dict[str, Any] = {
        "description": HTTPStatus(status).phrase,
        "content": {PROBLEM: {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }
    needed = {401: "WWW-Authenticate", 429: "Retry-After"}
    if status in needed:
        told["headers"] = {needed[status]: {"required": True, "schema": {"type": "string"}}}
    return told


def operation(
    router: Router,
    method: str,
    path: str,
    *,
    needs: Permission,
    name: str,
    summary: str,
    answers: Mapping[int, Any],
    purpose: bool = False,
    refuses: Iterable[int] = (),
    headers: Iterable[dict[str, Any]] = (),
    sends: Mapping[str, str] | None = None,
    files: tuple[str, ...] = (),
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Register an operation. ``name`` identifies it, ``answers`` maps each status of success to its schema.

    ``purpose`` says that it touches customer data; ``refuses`` lists statuses beside the usual ones; ``headers`` are
    request headers it reads, ``sends`` response headers it always sets (name to description); ``files`` are the types
    of the file it answers with instead of JSON.
    """
    door = Bearer(needs=needs, purpose=purpose, produces=files or (JSON, PROBLEM))

    def decorate(function: Callable[..., Any]) -> Callable[..., Any]:
        def describe(made: Operation) -> None:
            door.bind(made)
            statuses = {*ALWAYS, *refuses, *(WITH_BODY if door.reads else ()), *((404,) if "{" in path else ())}
            responses: dict[Any, Any] = {status: refusal(status) for status in sorted(statuses)}
            for status in answers:
                described = {
                    key: {"description": text, "required": True, "schema": {"type": "string"}}
                    for key, text in (sends or {}).items()
                }
                responses[status] = {"headers": described} if described else {}
                if files:
                    responses[status]["content"] = {kind: {"schema": FILE} for kind in files}
            made.openapi_extra = {
                "x-permission": needs.value,
                "parameters": [*([PURPOSE_HEADER] if purpose else []), *headers],
                "responses": responses,
            }

        contribute_operation_callback(function, describe)
        register = router.api_operation(
            [method],
            path,
            auth=door,
            response=dict(answers),
            operation_id=name,
            summary=summary,
            url_name=name,
        )
        registered: Callable[..., Any] = register(function)
        return registered

    return decorate
