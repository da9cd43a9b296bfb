"""The doors of the product: signing in, out, by link, and choosing language and purpose."""

from allauth.account import views as account_views
from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.login import record_authentication
from allauth.account.utils import perform_login
from allauth.mfa.base import views as factor_views
from allauth.mfa.webauthn import views as passkey_views
from django.conf import settings
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from guiju.access import actions, actors, guessing, recovering, signin, web
from guiju.access.forms import LinkForm
from guiju.access.models import Person
from guiju.access.permissions import Permission

HOME = "/"

second_step = web.public(reason="The second step of signing in.")(factor_views.authenticate)
sign_out = web.public(reason="Everybody may sign out.")(account_views.logout)
closed = web.public(reason="Says that an account is closed, after the right password.", methods=web.READ)(
    account_views.account_inactive
)


@web.public(reason="People sign in here.")
def sign_in(request: web.Request) -> HttpResponse:
    """Sign in with e-mail address and password."""
    return guessing.refuse_flood(request) or account_views.login(request)


@web.public(reason="People sign in here with a passkey.")
def sign_in_by_passkey(request: web.Request) -> HttpResponse:
    """Sign in with a passkey. Asking for a challenge counts as well: it is kept in a session of its own."""
    return guessing.refuse_flood(request, asking=True) or passkey_views.login_webauthn(request)


@never_cache
@sensitive_post_parameters("code")
@web.public(reason="What stands behind the # of the link is the secret; it works once, within half an hour.")
def use_link(request: web.Request) -> HttpResponse:
    """Sign in by a one-time link. Opening the page spends nothing: mail scanners open links too.

    The secret comes in the body alone: addresses end up in logs, histories and Referer headers.
    """
    form = LinkForm(request.POST or None)
    if not form.is_valid():
        return render(request, "access/use_link.html", {"form": form}, status=422 if form.errors else 200)
    raw = form.cleaned_data["code"]
    person = recovering.use_sign_in_link(raw=raw, by=actors.system("sign-in"), at=request.at)
    if request.user.is_authenticated:
        get_adapter(request).logout(request)
    record_authentication(request, person, method="link")
    response: HttpResponse = perform_login(request, person, redirect_url=HOME)
    return response


@web.public(reason="The language of the page is everybody's choice.", methods=web.SEND)
def choose_language(request: web.Request) -> HttpResponse:
    """Speak another language from now on, on the same page; people who are signed in keep it."""
    language = request.POST.get("language", "")
    response = HttpResponseRedirect(_back(request))
    if language not in dict(settings.LANGUAGES):
        return response
    signin.follow_language(response, language)
    person = request.user
    if isinstance(person, Person) and person.language != language and request.actor.may(Permission.ACCOUNT_OWN):
        actions.update_account(person=person, name=person.name, language=language, by=request.actor, at=request.at)
    return response


@web.page(needs=Permission.ACCOUNT_OWN, methods=web.SEND)
def choose_purpose(request: web.Request) -> HttpResponse:
    """Work under another purpose from now on, on the same page."""
    purpose = actions.choose_purpose(purpose=request.POST.get("purpose", ""), by=request.actor, at=request.at)
    request.session[web.PURPOSE] = purpose
    return HttpResponseRedirect(_back(request))


def _back(request: web.Request) -> str:
    asked = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(asked, {request.get_host()}, require_https=request.is_secure())
    return asked if asked and safe else HOME
