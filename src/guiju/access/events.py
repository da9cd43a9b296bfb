"""What happens in access, in the past tense. People, roles, units, tokens and purposes are named by references.

A reference is ``kind:id`` (``person:…``, ``role:sales``, ``unit:3``, ``purpose:service``, ``token:…``);
``queries.labels`` turns references into names for the reader.
"""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from guiju.kit.errors import Words
from guiju.ledger.events import Event


@dataclass(frozen=True, kw_only=True)
class OrganisationFounded(Event):
    """The first unit and the first administrator were created."""

    kind: ClassVar[str] = "access.organisation.founded"
    sentence: ClassVar[Words] = _("{actor} set up the organisation with {person} as its first administrator")
    person: str
    unit: str


@dataclass(frozen=True, kw_only=True)
class UnitCreated(Event):
    """A unit was added to the tree."""

    kind: ClassVar[str] = "access.unit.created"
    sentence: ClassVar[Words] = _("{actor} created the unit {unit}")
    unit: str
    parent: str = ""


@dataclass(frozen=True, kw_only=True)
class PersonAdded(Event):
    """Somebody was added."""

    kind: ClassVar[str] = "access.person.added"
    sentence: ClassVar[Words] = _("{actor} added {person}")
    person: str
    unit: str = ""


@dataclass(frozen=True, kw_only=True)
class PersonChanged(Event):
    """Fields of somebody's account were changed; ``fields`` names them."""

    kind: ClassVar[str] = "access.person.changed"
    sentence: ClassVar[Words] = _("{actor} changed the account of {person}: {fields}")
    person: str
    fields: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class PersonActivated(Event):
    """Somebody may sign in again."""

    kind: ClassVar[str] = "access.person.activated"
    sentence: ClassVar[Words] = _("{actor} opened the account of {person} again")
    person: str


@dataclass(frozen=True, kw_only=True)
class PersonDeactivated(Event):
    """Somebody may no longer sign in."""

    kind: ClassVar[str] = "access.person.deactivated"
    sentence: ClassVar[Words] = _("{actor} closed the account of {person}")
    person: str


@dataclass(frozen=True, kw_only=True)
class RoleGranted(Event):
    """A role was given."""

    kind: ClassVar[str] = "access.role.granted"
    sentence: ClassVar[Words] = _("{actor} granted {person} the role {role}")
    grant: str
    person: str
    role: str
    unit: str = ""
    until: str = ""


@dataclass(frozen=True, kw_only=True)
class RoleRevoked(Event):
    """A role was taken back."""

    kind: ClassVar[str] = "access.role.revoked"
    sentence: ClassVar[Words] = _("{actor} took the role {role} back from {person}")
    grant: str
    person: str
    role: str
    unit: str = ""


@dataclass(frozen=True, kw_only=True)
class SignedIn(Event):
    """Somebody signed in; ``method`` is password, passkey or link."""

    kind: ClassVar[str] = "access.session.started"
    sentence: ClassVar[Words] = _("{actor} signed in")
    method: str
    second_factor: bool


@dataclass(frozen=True, kw_only=True)
class SignInFailed(Event):
    """A sign-in failed. ``account`` is the person where known, else a keyed hash of what was typed."""

    kind: ClassVar[str] = "access.session.refused"
    sentence: ClassVar[Words] = _("A sign-in failed ({reason}) for {account}")
    account: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class SignedOut(Event):
    """Somebody signed out."""

    kind: ClassVar[str] = "access.session.closed"
    sentence: ClassVar[Words] = _("{actor} signed out")


@dataclass(frozen=True, kw_only=True)
class SessionEnded(Event):
    """A session was ended from elsewhere."""

    kind: ClassVar[str] = "access.session.ended"
    sentence: ClassVar[Words] = _("{actor} ended a session of {person}")
    person: str


@dataclass(frozen=True, kw_only=True)
class SecondFactorEnrolled(Event):
    """An authenticator app, passkey or set of recovery codes was added; ``factor`` says which."""

    kind: ClassVar[str] = "access.factor.enrolled"
    sentence: ClassVar[Words] = _("{actor} added a second factor ({factor})")
    person: str
    factor: str


@dataclass(frozen=True, kw_only=True)
class SecondFactorRemoved(Event):
    """An authenticator app, passkey or set of recovery codes was removed."""

    kind: ClassVar[str] = "access.factor.removed"
    sentence: ClassVar[Words] = _("{actor} removed a second factor of {person} ({factor})")
    person: str
    factor: str


@dataclass(frozen=True, kw_only=True)
class PasswordChanged(Event):
    """Somebody set a new password."""

    kind: ClassVar[str] = "access.password.changed"
    sentence: ClassVar[Words] = _("{actor} set a new password")
    person: str


@dataclass(frozen=True, kw_only=True)
class PasswordEnded(Event):
    """Somebody came in by a link, so their old password works no more and they choose a new one."""

    kind: ClassVar[str] = "access.password.ended"
    sentence: ClassVar[Words] = _("{actor} ended the old password of {person}, who came in by a one-time sign-in link")
    person: str


@dataclass(frozen=True, kw_only=True)
class TokenCreated(Event):
    """A token for programs was made."""

    kind: ClassVar[str] = "access.token.created"
    sentence: ClassVar[Words] = _("{actor} created a token for {person}, limited to {purposes}; roles: {roles}")
    token: str
    person: str
    purposes: tuple[str, ...]
    roles: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class TokenUsed(Event):
    """A token was used; recorded at most once an hour."""

    kind: ClassVar[str] = "access.token.used"
    sentence: ClassVar[Words] = _("{actor} was used")
    token: str


@dataclass(frozen=True, kw_only=True)
class TokenRevoked(Event):
    """A token was revoked."""

    kind: ClassVar[str] = "access.token.revoked"
    sentence: ClassVar[Words] = _("{actor} revoked a token of {person}")
    token: str
    person: str


@dataclass(frozen=True, kw_only=True)
class SignInLinkIssued(Event):
    """A one-time sign-in link was issued."""

    kind: ClassVar[str] = "access.link.issued"
    sentence: ClassVar[Words] = _("{actor} issued a one-time sign-in link for {person}")
    person: str


@dataclass(frozen=True, kw_only=True)
class SignInLinkUsed(Event):
    """A one-time sign-in link was used."""

    kind: ClassVar[str] = "access.link.used"
    sentence: ClassVar[Words] = _("The one-time sign-in link of {person} was used")
    person: str


@dataclass(frozen=True, kw_only=True)
class ProposalMade(Event):
    """A security administrator asked for what another must approve; ``act`` is link, factors or role."""

    kind: ClassVar[str] = "access.proposal.made"
    sentence: ClassVar[Words] = _("{actor} asked another security administrator to approve {act} for {person}; {role}")
    proposal: UUID
    person: str
    act: str
    role: str = ""


@dataclass(frozen=True, kw_only=True)
class ProposalApproved(Event):
    """Another security administrator approved it, and it was done."""

    kind: ClassVar[str] = "access.proposal.approved"
    sentence: ClassVar[Words] = _("{actor} approved {act} for {person}, which {maker} had asked for; {role}")
    proposal: UUID
    person: str
    act: str
    maker: str
    role: str = ""


@dataclass(frozen=True, kw_only=True)
class ProposalDeclined(Event):
    """It was declined, or withdrawn by whoever had asked for it."""

    kind: ClassVar[str] = "access.proposal.declined"
    sentence: ClassVar[Words] = _("{actor} declined {act} for {person}, which {maker} had asked for; {role}")
    proposal: UUID
    person: str
    act: str
    maker: str
    role: str = ""


@dataclass(frozen=True, kw_only=True)
class NoticesTold(Event):
    """Somebody was told at sign-in what others did to their way of signing in."""

    kind: ClassVar[str] = "access.notices.told"
    sentence: ClassVar[Words] = _("{actor} told {person} at sign-in what others did to their account: {acts}")
    person: str
    acts: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class PurposeChosen(Event):
    """Somebody chose the purpose to work under."""

    kind: ClassVar[str] = "access.purpose.chosen"
    sentence: ClassVar[Words] = _("{actor} now works under the purpose {chosen}")
    chosen: str


@dataclass(frozen=True, kw_only=True)
class PermissionRefused(Event):
    """Somebody asked for a page their roles do not include."""

    kind: ClassVar[str] = "access.permission.refused"
    sentence: ClassVar[Words] = _("{actor} was refused {page} (needs {permission})")
    page: str
    permission: str


@dataclass(frozen=True, kw_only=True)
class CallRepeated(Event):
    """A program sent a write again and got the first answer."""

    kind: ClassVar[str] = "access.call.repeated"
    sentence: ClassVar[Words] = _("{actor} sent {operation} again and got the first answer; nothing was written")
    operation: str
    made: UUID
