"""Which roles may be given to whom, and what takes two who agree."""

from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from guiju.access.actors import Actor
from guiju.access.door import people_only
from guiju.access.models import Person, Unit
from guiju.access.permissions import Permission
from guiju.access.roles import ROLES, Scope
from guiju.kit.errors import Invalid, Problem, Refused


class OwnAccount(Refused):
    """People do not give themselves roles or shut themselves out; somebody else must."""

    code = "own-account"
    message = _("You cannot do this to your own account.")
    remedy = _("Ask another security administrator.")


class TakesTwo(Refused):
    """One security administrator alone could take an account over with this."""

    code = "takes-two"
    message = _("This takes a second security administrator.")
    remedy = _("Ask for it, and let another security administrator approve it.")


def invalid(field: str, rule: str, message: Any, remedy: Any = "") -> Invalid:
    """Return the refusal of one field."""
    return Invalid(message, remedy=remedy, problems=[Problem(field=field, rule=rule, message=message, remedy=remedy)])


def takes_two(role: str) -> bool:
    """Say whether whoever holds the role manages people: a made-up colleague could approve what its maker asks for."""
    return Permission.PERSON_MANAGE in ROLES[role].permissions


def check(
    *, person: Person, role: str, unit: Unit | None, expires_at: datetime | None, by: Actor, at: datetime
) -> None:
    """Refuse a grant that may not be."""
    people_only(by)
    if by.person_id == person.pk:
        raise OwnAccount
    if role not in ROLES or not ROLES[role].grantable:
        raise invalid("role", "choice", _("There is no such role to grant."))
    if unit is None and ROLES[role].scope is not Scope.ALL:
        raise invalid("unit", "required", _("This role is held in a unit; choose one."))
    if expires_at is not None and expires_at <= at:
        raise invalid("expires_at", "future", _("The end must lie in the future."))
