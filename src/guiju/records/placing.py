"""Where a record may lie and whose it may be."""

from uuid import UUID

from django.utils.translation import gettext_lazy as _

from guiju.access import policy
from guiju.access.actors import Actor
from guiju.access.models import Person, Unit
from guiju.access.permissions import Permission
from guiju.kit.errors import Problem


def problems(*, unit_id: int, owner_id: UUID | None, by: Actor, permission: Permission) -> list[Problem]:
    """Return what is wrong with a place: a unit out of the actor's reach, an owner who does not work here."""
    found = []
    place = policy.Envelope(unit_id=unit_id, owner_id=owner_id)
    if not policy.reach(by, permission).covers(place) or not Unit.objects.filter(pk=unit_id).exists():
        found.append(
            Problem(
                field="unit",
                rule="reach",
                message=_("Your role does not reach this unit."),
                remedy=_("Choose a unit that your role reaches."),
            )
        )
    if owner_id is not None and not Person.objects.filter(pk=owner_id, is_active=True).exists():
        found.append(
            Problem(
                field="owner",
                rule="reach",
                message=_("There is no such colleague."),
                remedy=_("Choose somebody who works here, or leave the record without an owner."),
            )
        )
    return found
