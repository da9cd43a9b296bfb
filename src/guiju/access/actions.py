"""Everything that changes people, units, roles, tokens and sessions."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

from allauth.usersessions.models import UserSession
from django.utils.translation import gettext_lazy as _

from guiju.access import events, granting, links, queries
from guiju.access.actors import Actor
from guiju.access.door import action, people_only
from guiju.access.granting import invalid
from guiju.access.minting import SHOWN, TOKEN_PREFIX, digest, mint
from guiju.access.models import Act, Grant, Person, Proposal, Token, Unit
from guiju.access.permissions import Permission
from guiju.kit.errors import NotFound, NotPermitted, Refused
from guiju.ledger import journal

TOKEN_LIFE = timedelta(days=366)
TOKEN_TOUCH = timedelta(hours=1)
FOUNDER_ROLES = ("security-admin", "records-admin", "compliance-officer")
LANGUAGES = ("en", "zh-hans")


class LastAdministrator(Refused):
    """Without a security administrator nobody could add people or roles any more."""

    code = "last-administrator"
    message = _("This is the last security administrator.")
    remedy = _("Grant the role to somebody else without an end date first.")


class NotAService(NotPermitted):
    """A token speaks in its person's name, so nobody makes one in the name of a colleague."""

    code = "not-a-service-account"
    message = _("Only this person can make a token in their own name.")
    remedy = _("They make it under My account; make tokens for people whose only role is service account.")


class AlreadyHeld(Refused):
    """The person holds this role in this unit."""

    code = "already-held"
    message = _("This person already holds this role there.")


class AlreadyRevoked(Refused):
    """The grant or token was revoked before."""

    code = "already-revoked"
    message = _("This was revoked before.")


class AlreadyFounded(Refused):
    """There is an organisation."""

    code = "already-founded"
    message = _("The organisation is already set up.")


def _unit_ref(unit_id: int | None) -> str:
    return "" if unit_id is None else f"unit:{unit_id}"


@action(needs=Permission.PERSON_MANAGE)
def found_organisation(*, name: str, email: str, by: Actor, at: datetime, person_name: str = "") -> str:
    """Create the first unit and the first administrator; return the secret of a one-time sign-in link."""
    if Unit.objects.exists():
        raise AlreadyFounded
    unit = _new_unit(name=name, parent=None)
    person = _new_person(email=email, name=person_name or email.partition("@")[0], language="", unit=unit, at=at)
    journal.record(events.OrganisationFounded(person=person.ref, unit=_unit_ref(unit.pk)), by=by, at=at)
    for role in FOUNDER_ROLES:
        _grant(person=person, role=role, unit=unit, expires_at=None, by=by, at=at)
    return links.issue(person=person, first=False, by=by, at=at)


@action(needs=Permission.PERSON_MANAGE)
def create_unit(*, name: str, parent: Unit | None, by: Actor, at: datetime) -> Unit:
    """Add a unit to the tree."""
    name = name.strip()
    if not name:
        raise invalid("name", "required", _("A unit needs a name."))
    if Unit.objects.filter(parent=parent, name=name).exists():
        raise invalid("name", "unique", _("There is already a unit with this name there."))
    unit = _new_unit(name=name, parent=parent)
    journal.record(
        events.UnitCreated(unit=_unit_ref(unit.pk), parent=_unit_ref(parent.pk if parent else None)), by=by, at=at
    )
    return unit


def _new_unit(*, name: str, parent: Unit | None) -> Unit:
    unit = Unit.objects.create(name=name, parent=parent, path=f"new {mint()}")
    unit.path = f"{parent.path if parent else ''}{unit.pk}."
    unit.save(update_fields=["path"])
    return unit


@action(needs=Permission.PERSON_MANAGE)
def add_person(
    *, email: str, name: str, by: Actor, at: datetime, language: str = "", unit: Unit | None = None
) -> Person:
    """Add somebody, without a password: they come in by a sign-in link and set one.

    Without a ``language`` the one of their browser is kept when they come in first.
    """
    people_only(by)
    person = _new_person(email=email, name=name, language=language, unit=unit, at=at)
    journal.record(events.PersonAdded(person=person.ref, unit=_unit_ref(person.unit_id)), by=by, at=at)
    return person


def _new_person(*, email: str, name: str, language: str, unit: Unit | None, at: datetime) -> Person:
    if language and language not in LANGUAGES:
        raise invalid("language", "choice", _("Choose one of the product's languages."))
    if not name.strip():
        raise invalid("name", "required", _("A person needs a name."))
    if queries.person_by_email(email=email):
        raise invalid("email", "unique", _("Somebody with this e-mail address is already here."))
    person = Person(email=email.strip().lower(), name=name.strip(), language=language, unit=unit, joined_at=at)
    person.set_unusable_password()
    person.save(force_insert=True)
    return person


@action(needs=Permission.ACCOUNT_OWN)
def update_account(*, person: Person, name: str, language: str, by: Actor, at: datetime) -> Person:
    """Change the own name and language; administrators may change those of others."""
    _own_or(person, by=by, permission=Permission.PERSON_MANAGE)
    if not name.strip():
        raise invalid("name", "required", _("A person needs a name."))
    if language not in LANGUAGES:
        raise invalid("language", "choice", _("Choose one of the product's languages."))
    changed = tuple(
        field for field, value in (("name", name.strip()), ("language", language)) if getattr(person, field) != value
    )
    person.name, person.language = name.strip(), language
    person.save(update_fields=["name", "language"])
    journal.record(events.PersonChanged(person=person.ref, fields=changed), by=by, at=at)
    return person


def _own_or(person: Person, *, by: Actor, permission: Permission) -> None:
    people_only(by)
    if by.person_id != person.pk and not by.may(permission):
        raise NotPermitted(_("This is somebody else's account."), remedy=_("Ask a security administrator."))


@action(needs=Permission.PERSON_MANAGE)
def set_active(*, person: Person, active: bool, by: Actor, at: datetime) -> Person:
    """Open or close an account; closing ends its sessions, links and tokens at once, and opening revives none."""
    people_only(by)
    if by.person_id == person.pk:
        raise granting.OwnAccount
    if not active:
        _keep_an_administrator(without=person.pk, at=at)
        links.end_sessions(person)
        links.recall(person)
        for token in Token.objects.select_for_update().filter(person=person, revoked_at__isnull=True).order_by("id"):
            _stop(token, by=by, at=at)
    person.is_active = active
    person.save(update_fields=["is_active"])
    event = events.PersonActivated if active else events.PersonDeactivated
    journal.record(event(person=person.ref), by=by, at=at)
    return person


def _keep_an_administrator(*, at: datetime, without: UUID | None = None, without_grant: UUID | None = None) -> None:
    """Lock the lasting security administrators' grants and refuse where none would remain."""
    lasting = Grant.objects.filter(role="security-admin", revoked_at__isnull=True, expires_at__isnull=True)
    # Whoever waits for these locks reads afterwards what the one before did to accounts.
    list(lasting.select_for_update().order_by("id").values_list("id"))
    rows = list(lasting.filter(granted_at__lte=at, person__is_active=True).values_list("id", "person_id"))
    rest = [grant for grant, person in rows if grant != without_grant and person != without]
    if rows and not rest:
        raise LastAdministrator


@action(needs=Permission.PERSON_MANAGE)
def grant_role(
    *,
    person: Person,
    role: str,
    unit: Unit | None,
    by: Actor,
    at: datetime,
    expires_at: datetime | None = None,
    proposal: Proposal | None = None,
) -> Grant:
    """Give a role in a unit, until ``expires_at`` where given. Nobody gives themselves a role.

    A role that manages people takes two who agree, or the operator: the ``proposal`` that was approved.
    """
    granting.check(person=person, role=role, unit=unit, expires_at=expires_at, by=by, at=at)
    if by.person_id is not None and granting.takes_two(role):
        asked = Proposal.objects.filter(act=Act.ROLE, person=person, role=role, unit=unit, until=expires_at)
        # Approved in this moment: an approval is good for one grant.
        if proposal is None or not asked.filter(pk=proposal.pk, approved=True, decided_at=at).exists():
            raise granting.TakesTwo
    return _grant(person=person, role=role, unit=unit, expires_at=expires_at, by=by, at=at)


def _grant(
    *, person: Person, role: str, unit: Unit | None, expires_at: datetime | None, by: Actor, at: datetime
) -> Grant:
    held = Grant.objects.select_for_update().filter(person=person, role=role, unit=unit, revoked_at__isnull=True)
    for old in held.order_by("id"):
        if old.expires_at is None or old.expires_at > at:
            raise AlreadyHeld
        _revoke(old, by=by, at=at)
    grant = Grant.objects.create(
        person=person, role=role, unit=unit, granted_at=at, granted_by=by.ref, expires_at=expires_at
    )
    journal.record(
        events.RoleGranted(
            grant=str(grant.pk),
            person=person.ref,
            role=f"role:{role}",
            unit=_unit_ref(grant.unit_id),
            until=expires_at.isoformat() if expires_at else "",
        ),
        by=by,
        at=at,
    )
    return grant


@action(needs=Permission.PERSON_MANAGE)
def revoke_role(*, grant: Grant, by: Actor, at: datetime) -> Grant:
    """Take a role back at once; the last security administrator stays."""
    people_only(by)
    if grant.role == "security-admin":
        _keep_an_administrator(without_grant=grant.pk, at=at)
    locked = Grant.objects.select_for_update().get(pk=grant.pk)
    if locked.revoked_at is not None:
        raise AlreadyRevoked
    return _revoke(locked, by=by, at=at)


def _revoke(grant: Grant, *, by: Actor, at: datetime) -> Grant:
    grant.revoked_at, grant.revoked_by = at, by.ref
    grant.save(update_fields=["revoked_at", "revoked_by"])
    journal.record(
        events.RoleRevoked(
            grant=str(grant.pk),
            person=f"person:{grant.person_id}",
            role=f"role:{grant.role}",
            unit=_unit_ref(grant.unit_id),
        ),
        by=by,
        at=at,
    )
    return grant


@action(needs=Permission.ACCOUNT_OWN)
def create_token(
    *, person: Person, name: str, purposes: Iterable[str], expires_at: datetime, by: Actor, at: datetime
) -> tuple[Token, str]:
    """Make a token for programs; return it with its secret, which cannot be shown again."""
    _own_or(person, by=by, permission=Permission.TOKEN_MANAGE)
    if by.person_id not in (None, person.pk) and not queries.is_service(person=person, at=at):
        raise NotAService
    chosen = sorted(set(purposes))
    held = queries.actor_for(person=person, at=at)
    if not chosen or not held.purposes.issuperset(chosen):
        raise invalid(
            "purposes", "choice", _("Choose among the purposes this person may work under."),
            _("A role with the purpose must be granted first."),
        )  # fmt: skip
    if not at < expires_at <= at + TOKEN_LIFE:
        raise invalid("expires_at", "range", _("A token lives between a moment and one year."))
    if not name.strip():
        raise invalid("name", "required", _("Say what the token is for."))
    raw = mint(TOKEN_PREFIX)
    token = Token.objects.create(
        person=person,
        name=name.strip(),
        prefix=raw[:SHOWN],
        digest=digest(raw),
        purposes=chosen,
        roles=[hold.place for hold in held.holds],
        created_at=at,
        created_by=by.ref,
        expires_at=expires_at,
    )
    named = tuple(f"purpose:{purpose}" for purpose in chosen)
    roles = tuple(dict.fromkeys(f"role:{hold.role}" for hold in held.holds))
    event = events.TokenCreated(token=f"token:{token.pk}", person=person.ref, purposes=named, roles=roles)
    journal.record(event, by=by, at=at)
    return token, raw


@action(needs=Permission.ACCOUNT_OWN)
def revoke_token(*, token: Token, by: Actor, at: datetime) -> Token:
    """Stop a token at once."""
    _own_or(token.person, by=by, permission=Permission.TOKEN_MANAGE)
    locked = Token.objects.select_for_update().get(pk=token.pk)
    if locked.revoked_at is not None:
        raise AlreadyRevoked
    _stop(locked, by=by, at=at)
    return locked


def _stop(token: Token, *, by: Actor, at: datetime) -> None:
    token.revoked_at, token.revoked_by = at, by.ref
    token.save(update_fields=["revoked_at", "revoked_by"])
    journal.record(events.TokenRevoked(token=f"token:{token.pk}", person=f"person:{token.person_id}"), by=by, at=at)


@action(needs=Permission.ACCOUNT_OWN)
def mark_token_used(*, token: UUID, by: Actor, at: datetime) -> None:
    """Note that a token is in use, to the hour."""
    Token.objects.filter(pk=token).update(last_used_at=at)
    journal.record(events.TokenUsed(token=f"token:{token}"), by=by, at=at)


@action(needs=Permission.ACCOUNT_OWN)
def end_session(*, session: UserSession, by: Actor, at: datetime) -> None:
    """End a session of one's own, or as an administrator of somebody else."""
    people_only(by)
    if by.person_id != session.user_id and not by.may(Permission.PERSON_MANAGE):
        raise NotFound(_("There is no such session."))
    session.end()
    journal.record(events.SessionEnded(person=f"person:{session.user_id}"), by=by, at=at)


@action(needs=Permission.ACCOUNT_OWN)
def choose_purpose(*, purpose: str, by: Actor, at: datetime) -> str:
    """Work under another purpose from now on."""
    if purpose not in by.purposes:
        raise NotPermitted(
            _("No role you hold works under this purpose."), remedy=_("Choose one of the purposes offered.")
        )
    journal.record(events.PurposeChosen(chosen=f"purpose:{purpose}"), by=by, at=at, purpose=purpose)
    return purpose
