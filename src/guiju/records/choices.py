"""What there is to choose from: units within reach, colleagues, countries."""

from functools import lru_cache

from django.utils.translation import get_language

from guiju.access import policy
from guiju.access import queries as access
from guiju.access.actors import Actor
from guiju.access.models import Person, Unit
from guiju.access.permissions import Permission
from guiju.records.values import countries

MOST_COLLEAGUES = 500


def units(*, actor: Actor, permission: Permission) -> list[Unit]:
    """Return the units whose customers the actor reaches with a permission, each below its parent."""
    reach = policy.reach(actor, permission)
    return [unit for unit in access.units() if reach.covers(policy.Envelope(unit_id=unit.pk))]


def colleagues(*, actor: Actor, within: list[Unit]) -> list[Person]:
    """Return who can own customers of these units, by name: people who work there, and the actor."""
    here = Person.objects.filter(is_active=True, unit__in=[unit.pk for unit in within])
    if actor.person_id is not None:
        here = here | Person.objects.filter(pk=actor.person_id)
    return list(here.order_by("name", "id")[:MOST_COLLEAGUES])


def named_units(found: list[Unit]) -> list[tuple[str, str]]:
    """Return units as choices, indented by their place in the tree."""
    top = min((unit.depth for unit in found), default=0)
    return [(str(unit.pk), "\N{EM SPACE}" * (unit.depth - top) + unit.name) for unit in found]


def named_people(found: list[Person]) -> list[tuple[str, str]]:
    """Return people as choices."""
    return [(str(person.pk), person.name) for person in found]


def named_countries() -> list[tuple[str, str]]:
    """Return countries and regions as choices, by name in the reader's language."""
    return _countries((get_language() or "en")[:2])


@lru_cache(maxsize=4)
def _countries(language: str) -> list[tuple[str, str]]:
    return sorted(((code, countries.name(code, language)) for code in countries.codes()), key=lambda pair: pair[1])
