"""Puts the API at its address: what Django Ninja leaves to Django is answered as problem+json too."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.http.response import HttpResponseBase
from django.urls import URLPattern, re_path
from django.utils.cache import patch_vary_headers

from guiju.access.calls import PURPOSE
from guiju.config.api import problems

REASON = "every operation asks for a token and names its own permission"
DESCRIBED = "the description of the API holds no data and is the same for everybody"
UNKNOWN = "an address that does not exist says so to everybody"
type View = Callable[..., HttpResponseBase]


def guarded(view: View, *, reason: str = REASON) -> View:
    """Answer whatever happens as the API answers: never cached, with what is left of the allowance."""

    @wraps(view)
    def answered(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            response = view(request, *args, **kwargs)
        except Exception as error:
            response = problems.answer(request, error)
        if isinstance(response, HttpResponseNotAllowed):
            allowed = response["Allow"]
            response = problems.respond(problems.MethodNotAllowed())
            response["Allow"] = allowed
        allowance = getattr(request, "allowance", None)
        if allowance is not None:
            for name, value in allowance.headers().items():
                response[name] = value
        response["Cache-Control"] = "no-store"
        response["X-Content-Type-Options"] = "nosniff"
        patch_vary_headers(response, ("Authorization", PURPOSE, "Accept-Language"))
        return response

    answered.needs = None  # type: ignore[attr-defined]
    answered.reason = reason  # type: ignore[attr-defined]
    answered.csrf_exempt = True  # type: ignore[attr-defined]
    return answered


def _nowhere(request: HttpRequest, *args: Any) -> HttpResponse:
    return problems.respond(problems.NoSuchAddress())


def patterns(found: list[Any]) -> list[URLPattern]:
    """Return the API's addresses guarded, and everything else below as not found."""
    addresses = [one for one in found if isinstance(one, URLPattern) and one.name != "api-root"]
    for one in addresses:
        one.callback = guarded(one.callback, reason=DESCRIBED if one.name == "openapi-json" else REASON)
    root = [one for one in found if isinstance(one, URLPattern) and one.name == "api-root"]
    for one in root:
        one.callback = guarded(one.callback, reason=UNKNOWN)
    return [*addresses, *root, re_path(r"^.+", guarded(_nowhere, reason=UNKNOWN), name="nowhere")]
