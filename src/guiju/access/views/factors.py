"""Passwords and second factors: the sign-in library's pages, with what they change recorded in one transaction."""

from collections.abc import Callable
from functools import wraps

from allauth.account import views as account_views
from allauth.mfa.base import views as factor_views
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes import views as code_views
from allauth.mfa.totp import views as app_views
from allauth.mfa.webauthn import views as passkey_views
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from guiju.access import events, queries, signin, web
from guiju.access.permissions import Permission
from guiju.kit.errors import Refused
from guiju.ledger import journal

type Library = Callable[..., HttpResponse]


class LastFactor(Refused):
    """A role held demands a second factor, and this is the last one."""

    code = "last-factor"
    message = _("Your role needs a second factor, and this is your last one.")
    remedy = _("Add another one first.")


def _recorded(view: Library) -> Library:
    """Run a page of the library in a transaction and record what it did to password and factors."""

    @wraps(view)
    def run(request: web.Request, *args: object, **kwargs: object) -> HttpResponse:
        if request.method != "POST":
            return view(request, *args, **kwargs)
        with transaction.atomic():
            before, password = _factors(request), request.person.password
            response = view(request, *args, **kwargs)
            after = _factors(request)
            if request.person.password != password:
                journal.record(events.PasswordChanged(person=request.person.ref), by=request.actor, at=request.at)
            _record_factors(request, before, after)
        return response

    return run


def _factors(request: web.Request) -> dict[int, str]:
    return {factor.pk: str(factor.type) for factor in queries.factors_of(person=request.person)}


def _record_factors(request: web.Request, before: dict[int, str], after: dict[int, str]) -> None:
    added = [kind for pk, kind in after.items() if pk not in before]
    removed = [kind for pk, kind in before.items() if pk not in after and kind not in added]
    ref = request.person.ref
    for kind in added:
        journal.record(events.SecondFactorEnrolled(person=ref, factor=kind), by=request.actor, at=request.at)
    for kind in removed:
        journal.record(events.SecondFactorRemoved(person=ref, factor=kind), by=request.actor, at=request.at)
    if set(added) - {Authenticator.Type.RECOVERY_CODES.value}:
        request.session[signin.ENROLLED] = str(request.person.pk)


def _keeping_one(view: Library) -> Library:
    """Refuse to remove the last factor of somebody whose role demands one."""

    @wraps(view)
    def run(request: web.Request, *args: object, **kwargs: object) -> HttpResponse:
        rest = [kind for kind in _factors(request).values() if kind != Authenticator.Type.RECOVERY_CODES]
        if request.method == "POST" and len(rest) == 1 and request.actor.needs_mfa:
            raise LastFactor
        return view(request, *args, **kwargs)

    return run


def _proved(view: Library) -> Library:
    """Ask for the second factor first where one is set up: the session may have begun before it was."""

    @wraps(view)
    def run(request: web.Request, *args: object, **kwargs: object) -> HttpResponse:
        return web.ask_for_factor(request) or view(request, *args, **kwargs)

    return run


_way_in = web.page(needs=Permission.ACCOUNT_OWN, methods=web.BOTH, mfa=False)
_own = web.page(needs=Permission.ACCOUNT_OWN, methods=web.BOTH)


@web.page(needs=Permission.ACCOUNT_OWN, mfa=False)
def overview(request: web.Request) -> HttpResponse:
    """Show the second factors; where none is set up and a role demands one, this is the first stop."""
    found = queries.factors_of(person=request.person)
    kinds = {str(factor.type): factor for factor in found}
    words = {
        "app": kinds.get("totp"),
        "codes": kinds.get("recovery_codes"),
        "passkeys": [factor.wrap() for factor in found if factor.type == Authenticator.Type.WEBAUTHN],
        "demanded": request.actor.needs_mfa and not request.actor.mfa,
    }
    return render(request, "access/factors.html", words)


confirm_password = _way_in(account_views.reauthenticate)
confirm_code = _way_in(factor_views.reauthenticate)
confirm_passkey = _way_in(passkey_views.reauthenticate_webauthn)
set_password = _way_in(_proved(_recorded(account_views.password_set)))
change_password = _own(_proved(_recorded(account_views.password_change)))
add_app = _way_in(_proved(_recorded(app_views.activate_totp)))
remove_app = _own(_proved(_recorded(_keeping_one(app_views.deactivate_totp))))
add_passkey = _way_in(_proved(_recorded(passkey_views.add_webauthn)))
rename_passkey = _own(_proved(passkey_views.edit_webauthn))
remove_passkey = _own(_proved(_recorded(_keeping_one(passkey_views.remove_webauthn))))
codes = _own(_proved(code_views.view_recovery_codes))
new_codes = _own(_proved(_recorded(code_views.generate_recovery_codes)))
download_codes = _own(_proved(code_views.download_recovery_codes))
