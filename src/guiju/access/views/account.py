"""My account: name, language, ways of signing in, sessions, tokens."""

from datetime import timedelta
from uuid import UUID

from allauth.usersessions.models import UserSession
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from guiju.access import actions, queries, signin, web
from guiju.access.forms import AccountForm, TokenForm
from guiju.access.models import Token
from guiju.access.permissions import Permission
from guiju.access.views.rows import notice_row
from guiju.kit.errors import Refused
from guiju.kit.forms import refuse

NOTICES_SHOWN = timedelta(days=90)


@web.page(needs=Permission.ACCOUNT_OWN, methods=web.BOTH)
def account(request: web.Request) -> HttpResponse:
    """Show and change one's own account."""
    person = request.person
    form = AccountForm(request.POST or None, initial={"name": person.name, "language": person.language})
    if request.method == "POST" and form.is_valid():
        try:
            actions.update_account(person=person, **form.cleaned_data, by=request.actor, at=request.at)
        except Refused as refused:
            refuse(form, refused)
        else:
            response = redirect("access:account")
            signin.follow_language(response, person.language)
            messages.success(request, _("Your account is saved."))
            return response
    return _render(request, form)


def _render(request: web.Request, form: AccountForm) -> HttpResponse:
    factors = queries.factors_of(person=request.person)
    notices = queries.notices_of(person=request.person, since=request.at - NOTICES_SHOWN)
    words = {
        "form": form,
        "sessions": queries.sessions_of(person=request.person, at=request.at),
        "tokens": queries.tokens_of(person=request.person, at=request.at),
        "passkeys": sum(factor.type == "webauthn" for factor in factors),
        "app": any(factor.type == "totp" for factor in factors),
        "notices": [notice_row(notice) for notice in notices],
        "now": request.at,
    }
    return render(request, "access/account.html", words, status=422 if form.errors else 200)


@web.page(needs=Permission.ACCOUNT_OWN, methods=web.SEND)
def end_session(request: web.Request, session_id: int) -> HttpResponse:
    """End one of one's own sessions."""
    session = get_object_or_404(UserSession, pk=session_id, user=request.person)
    actions.end_session(session=session, by=request.actor, at=request.at)
    messages.success(request, _("The session is ended."))
    return redirect("access:account")


@web.page(needs=Permission.ACCOUNT_OWN, methods=web.BOTH)
def add_token(request: web.Request) -> HttpResponse:
    """Make a token; its secret is shown in this one answer."""
    form = TokenForm(request.POST or None, actor=request.actor)
    if request.method == "POST" and form.is_valid():
        try:
            token, raw = actions.create_token(
                person=request.person,
                name=form.cleaned_data["name"],
                purposes=form.cleaned_data["purposes"],
                expires_at=request.at + form.life,
                by=request.actor,
                at=request.at,
            )
        except Refused as refused:
            refuse(form, refused)
        else:
            return render(request, "access/token.html", {"token": token, "raw": raw})
    return render(request, "access/add_token.html", {"form": form}, status=422 if form.errors else 200)


@web.page(needs=Permission.ACCOUNT_OWN, methods=web.SEND)
def revoke_token(request: web.Request, token_id: UUID) -> HttpResponse:
    """Stop one of one's own tokens."""
    token = get_object_or_404(Token.objects.select_related("person"), pk=token_id, person=request.person)
    actions.revoke_token(token=token, by=request.actor, at=request.at)
    messages.success(request, _("The token is revoked."))
    return redirect("access:account")
