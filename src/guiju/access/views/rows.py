"""Rows as the pages of access show them: what is stored, with what it means in words and to whoever looks."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from guiju.access.models import Grant, Notice, Person, Proposal
from guiju.access.queries import Listed
from guiju.access.roles import ROLES, Role
from guiju.access.wording import ACTS, HAPPENED
from guiju.kit.errors import Words


@dataclass(frozen=True, slots=True)
class PersonRow:
    """A person of the list, with the titles of the roles held."""

    person: Person
    roles: Sequence[Words]


@dataclass(frozen=True, slots=True)
class GrantRow:
    """A grant, its role where there still is one, and whether it counts."""

    grant: Grant
    role: type[Role] | None
    live: bool


@dataclass(frozen=True, slots=True)
class ProposalRow:
    """A proposal in words; ``own`` where whoever looks asked for it, ``mine`` where it is about them."""

    proposal: Proposal
    words: Words
    role: type[Role] | None
    own: bool
    mine: bool


@dataclass(frozen=True, slots=True)
class NoticeRow:
    """What others did to a way of signing in, in words."""

    words: Words
    at: datetime


def person_row(listed: Listed) -> PersonRow:
    """Return a person of the list with their roles."""
    return PersonRow(listed.person, [ROLES[grant.role].title for grant in listed.grants])


def grant_row(grant: Grant, *, at: datetime) -> GrantRow:
    """Return a grant as it stands at ``at``."""
    live = grant.revoked_at is None and (grant.expires_at is None or grant.expires_at > at)
    return GrantRow(grant, ROLES.get(grant.role), live)


def proposal_row(proposal: Proposal, *, person: Person) -> ProposalRow:
    """Return a proposal as ``person`` sees it."""
    return ProposalRow(
        proposal,
        words=ACTS[proposal.act],
        role=ROLES.get(proposal.role),
        own=proposal.made_by_id == person.pk,
        mine=proposal.person_id == person.pk,
    )


def notice_row(notice: Notice) -> NoticeRow:
    """Return a notice in words."""
    return NoticeRow(HAPPENED[notice.act], notice.at)
