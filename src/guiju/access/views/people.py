"""People and roles: the list, adding somebody, and everything about one person."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from allauth.usersessions.models import UserSession
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from guiju.access import actions, policy, queries, recovering, telling, web
from guiju.access.forms import GrantForm, PeopleFilter, PersonForm, TokenForm
from guiju.access.granting import TakesTwo, takes_two
from guiju.access.models import Act, Grant, Person, Proposal, Token
from guiju.access.permissions import Permission
from guiju.access.views.rows import ProposalRow, grant_row, person_row, proposal_row
from guiju.access.wording import FACTORS
from guiju.kit.errors import Refused
from guiju.kit.forms import refuse
from guiju.ledger import queries as ledger

TRAIL = 20


@web.page(needs=Permission.PERSON_READ, methods=web.BOTH)
def people(request: web.Request) -> HttpResponse:
    """List people, filtered; the filter is posted so that no name stands in a URL."""
    form = PeopleFilter(request.POST if request.method == "POST" else None)
    chosen = {key: value for key, value in form.cleaned_data.items() if value} if form.is_valid() else {}
    within = policy.reach(request.actor, Permission.PERSON_READ).q()
    listed = queries.people(within=within, at=request.at, **chosen)
    words = {
        "form": form,
        "people": [person_row(one) for one in listed.people],
        "after": listed.after,
        "filtered": bool(chosen),
        "proposals": _waiting(request) if request.actor.may(Permission.PERSON_MANAGE) else [],
    }
    return render(request, "access/people.html", words)


@web.page(needs=Permission.PERSON_MANAGE, methods=web.BOTH)
def add_person(request: web.Request) -> HttpResponse:
    """Add somebody and show the link that lets them in once."""
    form = PersonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            person = actions.add_person(**form.cleaned_data, by=request.actor, at=request.at)
        except Refused as refused:
            refuse(form, refused)
        else:
            raw = recovering.issue_sign_in_link(person=person, by=request.actor, at=request.at)
            return _show_link(request, person, raw)
    return render(request, "access/add_person.html", {"form": form}, status=422 if form.errors else 200)


def _show_link(request: web.Request, person: Person, raw: str) -> HttpResponse:
    address = f"{request.build_absolute_uri(reverse('access:use_link'))}#{raw}"
    return render(request, "access/link.html", {"person": person, "address": address})


def _reachable(request: web.Request, person_id: UUID) -> Person:
    person = queries.person(person_id=person_id, within=policy.reach(request.actor, Permission.PERSON_READ).q())
    if person is None:
        raise web.Missing
    return person


@web.page(needs=Permission.PERSON_READ)
def person(request: web.Request, person_id: UUID) -> HttpResponse:
    """Show one person: grants, ways of signing in, sessions, tokens."""
    return _render(request, _reachable(request, person_id), GrantForm())


def _render(request: web.Request, person: Person, form: GrantForm) -> HttpResponse:
    manages = request.actor.may(Permission.PERSON_MANAGE)
    factors = queries.factors_of(person=person)
    words = {
        "person": person,
        "grants": [grant_row(one, at=request.at) for one in queries.grants_of(person=person)],
        "form": form,
        "manages": manages and request.actor.person_id != person.pk,
        "factors": [FACTORS[str(factor.type)] for factor in factors],
        "link_takes_two": manages and queries.link_takes_two(person=person, at=request.at),
        "proposals": _waiting(request, person) if manages else [],
        "sessions": queries.sessions_of(person=person, at=request.at) if manages else [],
        "tokens": queries.tokens_of(person=person, at=request.at),
        "manages_tokens": request.actor.may(Permission.TOKEN_MANAGE),
        "makes_tokens": queries.is_service(person=person, at=request.at),
        "trail": _trail(person) if request.actor.may(Permission.LEDGER_READ) else None,
        "now": request.at,
    }
    return render(request, "access/person.html", words, status=422 if form.errors else 200)


def _waiting(request: web.Request, person: Person | None = None) -> list[ProposalRow]:
    return [proposal_row(one, person=request.person) for one in queries.waiting(at=request.at, person=person)]


def _trail(person: Person) -> list[telling.Told]:
    return telling.tell(ledger.entries(ledger.Filters(actor=person.ref), limit=TRAIL).entries)


@web.page(needs=Permission.PERSON_MANAGE, methods=web.SEND)
def grant(request: web.Request, person_id: UUID) -> HttpResponse:
    """Give a role."""
    person = _reachable(request, person_id)
    form = GrantForm(request.POST)
    if form.is_valid():
        role, unit, until = form.cleaned_data["role"], form.cleaned_data["unit"], _end_of(form.cleaned_data["until"])
        try:
            if takes_two(role):
                return _ask(request, act=Act.ROLE, person=person, role=role, unit=unit, until=until)
            actions.grant_role(person=person, role=role, unit=unit, expires_at=until, by=request.actor, at=request.at)
        except Refused as refused:
            refuse(form, refused)
        else:
            messages.success(request, _("The role is granted."))
            return redirect("access:person", person.pk)
    return _render(request, person, form)


def _end_of(day: date | None) -> datetime | None:
    return datetime.combine(day + timedelta(days=1), time.min, tzinfo=UTC) if day else None


@web.page(needs=Permission.PERSON_MANAGE, methods=web.SEND)
def revoke(request: web.Request, grant_id: UUID) -> HttpResponse:
    """Take a role back."""
    grant = get_object_or_404(Grant, pk=grant_id)
    actions.revoke_role(grant=grant, by=request.actor, at=request.at)
    messages.success(request, _("The role is taken back."))
    return redirect("access:person", grant.person_id)


@web.page(needs=Permission.PERSON_MANAGE, methods=web.SEND)
def set_active(request: web.Request, person_id: UUID) -> HttpResponse:
    """Open or close an account."""
    person = _reachable(request, person_id)
    active = request.POST.get("active") == "yes"
    actions.set_active(person=person, active=active, by=request.actor, at=request.at)
    messages.success(request, _("The account is open.") if active else _("The account is closed."))
    return redirect("access:person", person.pk)


@web.page(needs=Permission.PERSON_MANAGE, methods=web.SEND)
def new_link(request: web.Request, person_id: UUID) -> HttpResponse:
    """Show a newcomer's sign-in link; ask for anybody else's, which takes two."""
    person = _reachable(request, person_id)
    try:
        raw = recovering.issue_sign_in_link(person=person, by=request.actor, at=request.at)
    except TakesTwo:
        return _ask(request, act=Act.LINK, person=person)
    return _show_link(request, person, raw)


def _ask(request: web.Request, *, act: Act, person: Person, **asked: Any) -> HttpResponse:
    recovering.propose(act=act, person=person, by=request.actor, at=request.at, **asked)
    messages.success(request, _("This waits until another security administrator approves it."))
    return redirect("access:person", person.pk)


@web.page(needs=Permission.PERSON_MANAGE, methods=web.SEND)
def remove_factors(request: web.Request, person_id: UUID) -> HttpResponse:
    """Ask that all second factors of somebody who lost them be removed."""
    return _ask(request, act=Act.FACTORS, person=_reachable(request, person_id))


@web.page(needs=Permission.PERSON_MANAGE, methods=web.SEND)
def approve(request: web.Request, proposal_id: UUID) -> HttpResponse:
    """Approve what another security administrator asked for; a link is shown this once, to be handed over."""
    proposal = get_object_or_404(Proposal.objects.select_related("person"), pk=proposal_id)
    raw = recovering.approve(proposal=proposal, by=request.actor, at=request.at)
    if raw:
        return _show_link(request, proposal.person, raw)
    messages.success(request, _("You approved it, and it is done."))
    return redirect("access:person", proposal.person_id)


@web.page(needs=Permission.PERSON_MANAGE, methods=web.SEND)
def decline(request: web.Request, proposal_id: UUID) -> HttpResponse:
    """Decline what another security administrator asked for, or withdraw what one asked for oneself."""
    proposal = get_object_or_404(Proposal, pk=proposal_id)
    recovering.decline(proposal=proposal, by=request.actor, at=request.at)
    messages.success(request, _("It is declined; nothing was changed."))
    return redirect("access:person", proposal.person_id)


@web.page(needs=Permission.PERSON_MANAGE, methods=web.SEND)
def end_session(request: web.Request, session_id: int) -> HttpResponse:
    """End somebody's session."""
    session = get_object_or_404(UserSession, pk=session_id)
    actions.end_session(session=session, by=request.actor, at=request.at)
    messages.success(request, _("The session is ended."))
    return redirect("access:person", session.user_id)


@web.page(needs=Permission.TOKEN_MANAGE, methods=web.BOTH)
def add_token(request: web.Request, person_id: UUID) -> HttpResponse:
    """Make a token for a service account or somebody else; its secret is shown in this one answer."""
    person = _reachable(request, person_id)
    form = TokenForm(request.POST or None, actor=queries.actor_for(person=person, at=request.at))
    if request.method == "POST" and form.is_valid():
        try:
            token, raw = actions.create_token(
                person=person,
                name=form.cleaned_data["name"],
                purposes=form.cleaned_data["purposes"],
                expires_at=request.at + form.life,
                by=request.actor,
                at=request.at,
            )
        except Refused as refused:
            refuse(form, refused)
        else:
            return render(request, "access/token.html", {"token": token, "raw": raw, "person": person})
    words = {"form": form, "person": person}
    return render(request, "access/add_token.html", words, status=422 if form.errors else 200)


@web.page(needs=Permission.TOKEN_MANAGE, methods=web.SEND)
def revoke_token(request: web.Request, token_id: UUID) -> HttpResponse:
    """Stop somebody's token."""
    token = get_object_or_404(Token.objects.select_related("person"), pk=token_id)
    actions.revoke_token(token=token, by=request.actor, at=request.at)
    messages.success(request, _("The token is revoked."))
    return redirect("access:person", token.person_id)
