"""Letting people back in: sign-in links and lost second factors. What opens a settled account takes two who agree.

A settled account has a password or a second factor. One security administrator asks, another one approves within two
days; the operator at the command line may do at once what takes two in the browser. The same holds for the roles that
manage people, and for a link to whoever holds one: otherwise one administrator could invent the one who approves.
"""

from datetime import datetime, timedelta

from allauth.mfa.models import Authenticator
from django.utils.translation import gettext_lazy as _

from guiju.access import actions, events, granting, links, queries
from guiju.access.actors import Actor
from guiju.access.door import action, people_only
from guiju.access.models import Act, Notice, Person, Proposal, SignInLink, Unit
from guiju.access.permissions import Permission
from guiju.kit.errors import NotFound, NotPermitted, Refused
from guiju.ledger import journal

WAITS = timedelta(days=2)


class LinkSpent(Refused):
    """The sign-in link was used, has expired or never was."""

    code = "link-spent"
    status = 410
    message = _("This sign-in link no longer works: it was used, or it is older than 30 minutes.")
    remedy = _("Ask a security administrator for a new link.")


class NobodyElse(Refused):
    """There is no other security administrator who could approve."""

    code = "nobody-else"
    message = _("This takes a second security administrator, and there is none who could approve it.")
    remedy = _("Whoever runs the server does it there: guiju person link, reset or grant.")


class AlreadyProposed(Refused):
    """Somebody asked for the same before, and it waits."""

    code = "already-proposed"
    message = _("This waits for another security administrator already.")


class NoLongerWaits(Refused):
    """The proposal was decided, is older than two days, or its maker may no longer ask."""

    code = "no-longer-waits"
    message = _("This no longer waits: it was decided, or it is older than two days.")
    remedy = _("Ask for it anew if it is still needed.")


class OwnProposal(Refused):
    """Whoever asked cannot approve."""

    code = "own-proposal"
    message = _("You asked for this yourself; another security administrator must approve it.")


@action(needs=Permission.PERSON_MANAGE)
def issue_sign_in_link(*, person: Person, by: Actor, at: datetime) -> str:
    """Return the secret of a new one-time sign-in link; earlier unused links of the person stop working.

    One administrator alone does this for newcomers only. Raises TakesTwo.
    """
    people_only(by)
    _open_only(person)
    alone = by.person_id is not None
    if alone and queries.link_takes_two(person=person, at=at):
        raise granting.TakesTwo
    return links.issue(person=person, first=alone, by=by, at=at)


def _open_only(person: Person) -> None:
    if not person.is_active:
        raise NotFound(_("This account is closed."), remedy=_("Open it again first."))


@action(needs=Permission.SYSTEM_RUN)
def use_sign_in_link(*, raw: str, by: Actor, at: datetime) -> Person:
    """Spend a sign-in link and return its person; the second use of a link is refused."""
    link = queries.live_link(raw=raw, at=at)
    if link is None or (link.first and queries.link_takes_two(person=link.person, at=at)):
        raise LinkSpent
    if not SignInLink.objects.filter(pk=link.pk, used_at__isnull=True).update(used_at=at):
        raise LinkSpent
    journal.record(events.SignInLinkUsed(person=link.person.ref), by=by, at=at)
    return link.person


@action(needs=Permission.SYSTEM_RUN)
def end_password(*, person: Person, by: Actor, at: datetime) -> None:
    """End the password of somebody who came in by a link: whoever needed one forgot it, or does not trust it."""
    person.set_unusable_password()
    person.save(update_fields=["password"])
    journal.record(events.PasswordEnded(person=person.ref), by=by, at=at)


@action(needs=Permission.PERSON_MANAGE)
def remove_second_factors(*, person: Person, by: Actor, at: datetime) -> None:
    """Remove all second factors of somebody who lost them; their sessions end. Raises TakesTwo in the browser."""
    people_only(by)
    if by.person_id is not None:
        raise granting.TakesTwo
    _remove_factors(person, by=by, at=at)


def _remove_factors(person: Person, *, by: Actor, at: datetime) -> None:
    found = queries.factors_of(person=person)
    if not found:
        raise NotFound(_("This person has no second factor."))
    for factor in found:
        journal.record(events.SecondFactorRemoved(person=person.ref, factor=str(factor.type)), by=by, at=at)
    Authenticator.objects.filter(pk__in=[factor.pk for factor in found]).delete()
    links.end_sessions(person)
    links.notify(person=person, act=Act.FACTORS, at=at)


@action(needs=Permission.PERSON_MANAGE)
def propose(
    *,
    act: Act,
    person: Person,
    by: Actor,
    at: datetime,
    role: str = "",
    unit: Unit | None = None,
    until: datetime | None = None,
) -> Proposal:
    """Ask for what takes two: a link into a settled account, the removal of second factors, or a role over people."""
    people_only(by)
    if by.person_id is None:
        raise NotPermitted(_("The command line does this at once."))
    if by.person_id == person.pk:
        raise granting.OwnAccount
    # Whoever asks for the same at this moment waits here, and then finds it asked for.
    person = Person.objects.select_for_update(of=("self",)).get(pk=person.pk)
    _open_only(person)
    _check(act, person, role=role, unit=unit, until=until, by=by, at=at)
    if not queries.approvers(person=person, maker=by.person_id, at=at).exists():
        raise NobodyElse
    same = Proposal.objects.filter(person=person, act=act, role=role, unit=unit, decided_at__isnull=True)
    if same.filter(pk__in=queries.waiting(at=at).values("pk")).exists():
        raise AlreadyProposed
    same.delete()
    proposal = Proposal.objects.create(
        act=act, person=person, role=role, unit=unit, until=until, made_at=at, made_by_id=by.person_id,
        expires_at=at + WAITS,
    )  # fmt: skip
    journal.record(
        events.ProposalMade(proposal=proposal.pk, person=person.ref, act=act, role=_role_ref(proposal)), by=by, at=at
    )
    return proposal


def _check(
    act: Act, person: Person, *, role: str, unit: Unit | None, until: datetime | None, by: Actor, at: datetime
) -> None:
    if act == Act.FACTORS and not queries.factors_of(person=person):
        raise NotFound(_("This person has no second factor."))
    if act != Act.ROLE:
        return
    granting.check(person=person, role=role, unit=unit, expires_at=until, by=by, at=at)
    if queries.live_grants(at=at).filter(person=person, role=role, unit=unit).exists():
        raise actions.AlreadyHeld


def _role_ref(proposal: Proposal) -> str:
    return f"role:{proposal.role}" if proposal.role else ""


@action(needs=Permission.PERSON_MANAGE)
def approve(*, proposal: Proposal, by: Actor, at: datetime) -> str:
    """Approve what another security administrator asked for, and do it; return the secret of a link, else nothing."""
    locked = _waiting(proposal, by=by, at=at)
    if by.person_id == locked.made_by_id:
        raise OwnProposal
    if by.person_id == locked.person_id:
        raise granting.OwnAccount
    _open_only(locked.person)
    _decide(locked, approved=True, by=by, at=at)
    match locked.act:
        case Act.LINK:
            return links.issue(person=locked.person, first=False, by=by, at=at)
        case Act.FACTORS:
            _remove_factors(locked.person, by=by, at=at)
        case Act.ROLE:
            actions.grant_role(
                person=locked.person, role=locked.role, unit=locked.unit, expires_at=locked.until, proposal=locked,
                by=by, at=at,
            )  # fmt: skip
            links.notify(person=locked.person, act=Act.ROLE, at=at)
    return ""


@action(needs=Permission.PERSON_MANAGE)
def decline(*, proposal: Proposal, by: Actor, at: datetime) -> None:
    """Decline what was asked for; whoever asked withdraws it."""
    _decide(_waiting(proposal, by=by, at=at), approved=False, by=by, at=at)


def _waiting(proposal: Proposal, *, by: Actor, at: datetime) -> Proposal:
    """Lock a proposal, so that it is decided once, and refuse one that no longer waits."""
    people_only(by)
    if by.person_id is None:
        raise NotPermitted(_("The command line does this at once."))
    locked = queries.waiting(at=at).select_for_update(of=("self",)).filter(pk=proposal.pk).first()
    if locked is None:
        raise NoLongerWaits
    return locked


def _decide(proposal: Proposal, *, approved: bool, by: Actor, at: datetime) -> None:
    proposal.decided_at, proposal.decided_by_id, proposal.approved = at, by.person_id, approved
    proposal.save(update_fields=["decided_at", "decided_by", "approved"])
    event = events.ProposalApproved if approved else events.ProposalDeclined
    journal.record(
        event(
            proposal=proposal.pk,
            person=proposal.person.ref,
            act=proposal.act,
            maker=proposal.made_by.ref,
            role=_role_ref(proposal),
        ),
        by=by,
        at=at,
    )


@action(needs=Permission.SYSTEM_RUN)
def mark_told(*, person: Person, notices: list[Notice], by: Actor, at: datetime) -> None:
    """Note that a person was told what others did to their way of signing in."""
    Notice.objects.filter(pk__in=[notice.pk for notice in notices], told_at__isnull=True).update(told_at=at)
    acts = tuple(dict.fromkeys(str(notice.act) for notice in notices))
    journal.record(events.NoticesTold(person=person.ref, acts=acts), by=by, at=at)
