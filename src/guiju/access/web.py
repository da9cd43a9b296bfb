"""The web door: every page says which permission it needs, or in words why it needs none."""

from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Any, Concatenate
from urllib.parse import urlencode

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.shortcuts import render, resolve_url
from django.urls import reverse
from django.utils.cache import add_never_cache_headers, patch_vary_headers
from django.utils.translation import gettext_lazy as _
from django_htmx.middleware import HtmxDetails

from guiju.access import events, queries, signin
from guiju.access.actors import GUEST, Actor
from guiju.access.models import Person
from guiju.access.permissions import Permission
from guiju.access.purposes import PURPOSES
from guiju.kit import clock
from guiju.kit.errors import NotFound, NotPermitted, Refused
from guiju.ledger import journal

PURPOSE = "access_purpose"
READ = ("GET", "HEAD")
BOTH = ("GET", "HEAD", "POST")
SEND = ("POST",)


class Request(HttpRequest):
    """A request that came through the door: who asks, under which purpose, at what moment."""

    actor: Actor
    person: Person
    purpose: str
    at: datetime
    htmx: HtmxDetails


type View[**P] = Callable[Concatenate[Request, P], HttpResponse]
type Opened = Callable[..., HttpResponse]


class Missing(NotFound):
    """What every stranger hears: the page may exist or not."""

    message = _("There is no such page, or it is not open to you.")
    remedy = _("Check the address, or ask for a role that includes it.")


def page[**P](*, needs: Permission, methods: tuple[str, ...] = READ, mfa: bool = True) -> Callable[[View[P]], Opened]:
    """Open a view to people who hold ``needs``; everybody else gets 404, guests are asked to sign in.

    A password, and a second factor where a role held demands one, come first, except with ``mfa`` False: on the pages
    that lead to them. The view finds ``request.actor``, ``request.person``, ``request.purpose`` and ``request.at``; a
    Refused it raises becomes a page, or under htmx an alert.
    """

    def decorate(view: View[P]) -> Opened:
        @wraps(view)
        def opened(request: Request, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
            request.at = clock.now()
            if not isinstance(request.user, Person):
                return _to_sign_in(request)
            _admit(request, request.user)
            try:
                response = _stop(request, needs=needs, methods=methods, mfa=mfa) or view(request, *args, **kwargs)
            except (Refused, Http404) as refusal:
                response = _refuse(request, refusal)
            add_never_cache_headers(response)
            patch_vary_headers(response, ("HX-Request",))
            return response

        opened.needs = needs  # type: ignore[attr-defined]
        opened.methods = methods  # type: ignore[attr-defined]
        return opened

    return decorate


def public[**P](*, reason: str, methods: tuple[str, ...] = BOTH) -> Callable[[View[P]], Opened]:
    """Open a view to everybody; ``reason`` says why that is right."""

    def decorate(view: View[P]) -> Opened:
        @wraps(view)
        def opened(request: Request, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
            if request.method not in methods:
                return HttpResponseNotAllowed(methods)
            request.at, request.actor, request.purpose = clock.now(), GUEST, ""
            if isinstance(request.user, Person):
                _admit(request, request.user)
            try:
                return view(request, *args, **kwargs)
            except (Refused, Http404) as refusal:
                return _refuse(request, refusal)

        opened.needs = None  # type: ignore[attr-defined]
        opened.reason = reason  # type: ignore[attr-defined]
        opened.methods = methods  # type: ignore[attr-defined]
        return opened

    return decorate


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Answer an address that does not exist, in the reader's language; the project's ``handler404``."""
    return refused(request, Missing())


def refused(request: HttpRequest, refusal: Refused) -> HttpResponse:
    """Render a refusal: a page of its own, or under htmx a toast.

    Under htmx the status is always 422, the one refusal whose words the pages show; its code is in ``X-Refused``.
    """
    if getattr(request, "htmx", False):
        response = render(request, "access/refused_toast.html", {"refusal": refusal}, status=422)
        response["HX-Retarget"] = "#toasts"
        response["HX-Reswap"] = "beforeend"
    else:
        words = {"refusal": refusal, "signed_in": getattr(request, "actor", GUEST) is not GUEST}
        response = render(request, "access/refused.html", words, status=refusal.status)
    response["X-Refused"] = refusal.code
    return response


def ask_for_factor(request: Request) -> HttpResponse | None:
    """Return the way to the page that asks for a second factor; None where none is set up or the session showed it."""
    kinds = set() if request.actor.mfa else _factor_kinds(request)
    if kinds & {Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN}:
        return _redirect(request, _factor_step(request, kinds))
    return None


def context(request: HttpRequest) -> dict[str, Any]:
    """Give templates the actor, the purposes to choose from and the one chosen."""
    actor = getattr(request, "actor", GUEST)
    return {
        "actor": actor,
        "purpose": PURPOSES.get(getattr(request, "purpose", "")),
        "purposes": [PURPOSES[code] for code in PURPOSES if code in actor.purposes],
        "languages": settings.LANGUAGES,
    }


def _admit(request: Request, person: Person) -> None:
    request.person = person
    request.actor = queries.actor_for(person=person, at=request.at, mfa=signin.factor_used(request, person))
    chosen = request.session.get(PURPOSE, "")
    allowed = request.actor.purposes
    request.purpose = chosen if chosen in allowed else next((code for code in PURPOSES if code in allowed), "")


def _stop(request: Request, *, needs: Permission, methods: tuple[str, ...], mfa: bool) -> HttpResponse | None:
    """Return what to answer instead of the page: a step still to take, or nothing where the page opens."""
    if not request.actor.holds:
        return render(request, "access/no_role.html", status=NotPermitted.status)
    step = _step(request) if mfa else ""
    if step:
        return _redirect(request, step)
    if not request.actor.may(needs):
        _record_refusal(request, needs)
        raise Missing
    return None if request.method in methods else HttpResponseNotAllowed(methods)


def _factor_kinds(request: Request) -> set[str]:
    return {str(factor.type) for factor in queries.factors_of(person=request.person)}


def _step(request: Request) -> str:
    """Return where a step is still to be taken: a password to set, a second factor to show or to enrol."""
    person = request.person
    demanded = request.actor.needs_mfa and not request.actor.mfa
    if person.has_usable_password() and not demanded:
        return ""
    kinds = _factor_kinds(request)
    if not person.has_usable_password() and Authenticator.Type.WEBAUTHN not in kinds:
        return reverse("account_set_password")
    return _factor_step(request, kinds) if demanded else ""


def _factor_step(request: Request, kinds: set[str]) -> str:
    if Authenticator.Type.TOTP in kinds:
        return _with_next(request, reverse("mfa_reauthenticate"))
    if Authenticator.Type.WEBAUTHN in kinds:
        return _with_next(request, reverse("mfa_reauthenticate_webauthn"))
    return reverse("mfa_index")


def _refuse(request: Request, refusal: Refused | Http404) -> HttpResponse:
    if isinstance(refusal, Http404):
        return refused(request, Missing())
    if isinstance(refusal, NotPermitted):
        _record_refusal(request, refusal.code)
    return refused(request, refusal)


def _record_refusal(request: Request, permission: str) -> None:
    match = request.resolver_match
    journal.record(
        events.PermissionRefused(page=match.view_name if match else "", permission=permission),
        by=request.actor,
        at=request.at,
        purpose=request.purpose,
        outcome=journal.Outcome.REFUSED,
    )


def _to_sign_in(request: Request) -> HttpResponse:
    return _redirect(request, _with_next(request, resolve_url(settings.LOGIN_URL)))


def _with_next(request: Request, address: str) -> str:
    if request.htmx:
        back = request.htmx.current_url_abs_path or "/"
    else:
        back = request.get_full_path() if request.method in READ else "/"
    return f"{address}?{urlencode({'next': back})}"


def _redirect(request: Request, address: str) -> HttpResponse:
    if request.htmx:
        response = HttpResponse(status=204)
        response["HX-Redirect"] = address
        return response
    return HttpResponseRedirect(address)
