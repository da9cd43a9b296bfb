"""How guessing passwords is slowed down without letting a stranger lock anybody out.

Failures count per network address and account together, and per address; never per account alone. A browser in which
the person signed in before is known by a cookie and counts for itself, so that what others do, even from the same
address, does not reach it (OWASP, "Slow Down Online Guessing Attacks with Device Cookies"). While an account fails
often from everywhere, each unknown address gets fewer attempts, but always one. The rates are in
``ACCOUNT_RATE_LIMITS``.
"""

import secrets
from dataclasses import dataclass
from datetime import timedelta

from allauth.core.internal import ratelimit
from allauth.core.internal.ratelimit import RateLimitUsage
from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import salted_hmac

from guiju.access.models import Person

COOKIE = "guiju_browser"
KNOWN_FOR = timedelta(days=180)
_APP = "allauth.account"
_SALT = "guiju.access.known-browser"


@dataclass(frozen=True, slots=True)
class Browser:
    """A browser in which a person signed in before; ``mark`` is new with each sign-in."""

    person: str
    mark: str


def remember(response: HttpResponse, person: Person) -> None:
    """Know this browser as one of ``person`` from now on."""
    response.set_cookie(
        COOKIE,
        signing.dumps([str(person.pk), secrets.token_urlsafe(16)], salt=_SALT),
        max_age=KNOWN_FOR,
        samesite="Lax",
        httponly=True,
        secure=settings.SESSION_COOKIE_SECURE,
    )


def known(request: HttpRequest) -> Browser | None:
    """Return whose browser this is, or None for one that is not known."""
    try:
        person, mark = signing.loads(request.COOKIES.get(COOKIE, ""), salt=_SALT, max_age=KNOWN_FOR)
    except signing.BadSignature:
        return None
    return Browser(person, mark)


def refuse_flood(request: HttpRequest, *, asking: bool = False) -> HttpResponse | None:
    """Return the answer to an address, or to a person's browsers, that send too many sign-ins; None for the others.

    With ``asking`` a page that is only asked for counts as well.
    """
    browser = known(request)
    action, key = ("sign_in_browser", _key("person", browser.person)) if browser else ("sign_in_address", None)
    response: HttpResponse | None = ratelimit.consume_or_429(
        request, app=_APP, action=action, key=key, limit_get=asking
    )
    return response


def allow(request: HttpRequest, *, email: str, person: Person | None) -> RateLimitUsage | None:
    """Count one attempt at an account and return what to give back when it succeeds; None where it must wait."""
    browser = known(request)
    if browser is not None and person is not None and browser.person == str(person.pk):
        return _count(request, "failed_browser", _key("browser", browser.mark))
    account = _key("account", email)
    pair = _key("pair", email, ratelimit.get_ip(request))
    besieged = _count(request, "failed_account", account, dry_run=True) is None
    spent = [
        _count(request, "failed_address", None),
        _count(request, "failed_pair_besieged" if besieged else "failed_pair", pair),
    ]
    if None in spent:
        return None
    spent.append(_count(request, "failed_account", account))
    return RateLimitUsage(usage=[one for usage in spent if usage is not None for one in usage.usage])


def _count(request: HttpRequest, action: str, key: str | None, *, dry_run: bool = False) -> RateLimitUsage | None:
    return ratelimit.consume(request, app=_APP, action=action, key=key, dry_run=dry_run)


def _key(kind: str, *parts: str) -> str:
    """Return a keyed digest, so that no address stands in the table of counts."""
    return str(salted_hmac(f"guiju.access.guessing.{kind}", "\n".join(parts), algorithm="sha256").hexdigest())
