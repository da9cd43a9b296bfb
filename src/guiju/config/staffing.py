"""What the command line does about people: the same actions as the pages, by names instead of clicks."""

from collections.abc import Iterable
from datetime import timedelta

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from guiju.access import actions, queries, recovering
from guiju.access.models import Grant, Person, Token, Unit
from guiju.config.cli.operator import acting
from guiju.kit import clock
from guiju.kit.errors import NotFound


def add(*, email: str, name: str, role: str, unit: str) -> tuple[Person, str]:
    """Add a person with a role in a unit; return them and the path of a sign-in link. All of it or nothing."""
    by, at = acting(), clock.now()
    place = find_unit(unit)
    with transaction.atomic():
        person = actions.add_person(email=email, name=name or email.partition("@")[0], unit=place, by=by, at=at)
        actions.grant_role(person=person, role=role, unit=place, by=by, at=at)
        raw = recovering.issue_sign_in_link(person=person, by=by, at=at)
    return person, link_path(raw)


def link(*, email: str) -> str:
    """Return the path of a new sign-in link for a person."""
    return link_path(recovering.issue_sign_in_link(person=find_person(email), by=acting(), at=clock.now()))


def reset(*, email: str) -> Person:
    """Remove all second factors of somebody who lost them; they set up new ones at the next sign-in."""
    person = find_person(email)
    recovering.remove_second_factors(person=person, by=acting(), at=clock.now())
    return person


def grant(*, email: str, role: str, unit: str) -> Grant:
    """Give a person a role in a unit, also one that manages people, which takes two in the browser."""
    person, place = find_person(email), find_unit(unit)
    return actions.grant_role(person=person, role=role, unit=place, by=acting(), at=clock.now())


def token(*, email: str, purposes: Iterable[str], name: str, days: int) -> tuple[Token, str]:
    """Make a token for a program that acts for a person; return it with its secret."""
    at = clock.now()
    return actions.create_token(
        person=find_person(email),
        name=name,
        purposes=purposes,
        expires_at=at + timedelta(days=days),
        by=acting(),
        at=at,
    )


def link_path(raw: str) -> str:
    """Return the path of the sign-in link with this secret, which stands where browsers send it to nobody."""
    # The room's own addresses: those of the whole product would load the API for one path.
    return f"{reverse('access:use_link', urlconf='guiju.access.urls')}#{raw}"


def find_person(email: str) -> Person:
    """Return the person with this address; raise NotFound."""
    found = queries.person_by_email(email=email)
    if found is None:
        raise NotFound(
            _("Nobody here has the e-mail address you named."), remedy=_("Add them with “guiju person add”.")
        )
    return found


def find_unit(name: str) -> Unit:
    """Return the unit of this name, or of this path of names with slashes; raise NotFound, naming the units."""
    units = {unit.pk: unit for unit in Unit.objects.order_by("path")}
    paths = {_path_of(unit, units): unit for unit in units.values()}
    matching = [unit for path, unit in paths.items() if name in {path, unit.name}]
    if len(matching) == 1:
        return matching[0]
    raise NotFound(
        _("No single unit is called “%(name)s”.") % {"name": name},
        remedy=_("The units are: %(units)s.") % {"units": ", ".join(paths)},
    )


def _path_of(unit: Unit, units: dict[int, Unit]) -> str:
    above = [int(part) for part in unit.path.split(".") if part]
    return "/".join(units[number].name for number in above)
