"""Whoever acts: a person, a token of a person, the command line, the product itself, or a guest."""

from dataclasses import dataclass
from functools import cached_property
from uuid import UUID

from guiju.access.permissions import Permission
from guiju.access.roles import ROLES, Role


@dataclass(frozen=True, kw_only=True)
class Hold:
    """One role held: in which unit, and all units that lie in its tree."""

    role: str
    unit_id: int | None = None
    tree: frozenset[int] = frozenset()
    unit_name: str = ""

    @property
    def place(self) -> str:
        """Return what a token keeps of it: the role and where it is held."""
        return f"{self.role}:{'' if self.unit_id is None else self.unit_id}"

    @property
    def means(self) -> type[Role]:
        """Return the role."""
        return ROLES[self.role]


@dataclass(frozen=True, kw_only=True)
class Actor:
    """Somebody or something that acts, with what it holds now. ``ref`` is what the ledger keeps."""

    ref: str
    label: str = ""
    person_id: UUID | None = None
    unit_id: int | None = None
    holds: tuple[Hold, ...] = ()
    limited_to: frozenset[str] | None = None
    mfa: bool = False

    @cached_property
    def permissions(self) -> frozenset[Permission]:
        """Return all permissions of all roles held."""
        return frozenset().union(*(hold.means.permissions for hold in self.holds))

    @cached_property
    def purposes(self) -> frozenset[str]:
        """Return the purposes the actor may work under; a token's own limit narrows its person's."""
        granted: frozenset[str] = frozenset().union(*(hold.means.purposes for hold in self.holds))
        return granted if self.limited_to is None else granted & self.limited_to

    @property
    def needs_mfa(self) -> bool:
        """Say whether a role held demands a second factor."""
        return any(hold.means.needs_mfa() for hold in self.holds)

    def may(self, permission: Permission) -> bool:
        """Say whether a role held includes ``permission``."""
        return permission in self.permissions


GUEST = Actor(ref="guest")


def operator(name: str) -> Actor:
    """Return the actor for the command line, run by the operating-system account ``name``."""
    return Actor(ref=f"operator:{name}", label=name, holds=(Hold(role="operator"),), mfa=True)


def system(name: str) -> Actor:
    """Return the actor for housekeeping by the part ``name`` of the product."""
    return Actor(ref=f"system:{name}", label=name, holds=(Hold(role="system"),), mfa=True)
