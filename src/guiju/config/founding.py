"""The first run: an organisation and its first administrator."""

from guiju.access import actions, recovering
from guiju.access.models import Grant, Person, Unit
from guiju.config.cli.operator import acting
from guiju.config.staffing import link_path
from guiju.kit import clock


def welcome(*, email: str, name: str) -> tuple[str, str]:
    """Found the organisation where there is none; return the first administrator and the path of a sign-in link.

    The path is empty once that person has signed in: from then on links come from the page of people.
    """
    by, at = acting(), clock.now()
    if not Unit.objects.exists():
        raw = actions.found_organisation(name=name, email=email, by=by, at=at)
        return email, link_path(raw)
    first = _first_administrator()
    if first is None or first.last_login is not None or not first.is_active:
        return (first.email if first else ""), ""
    return first.email, link_path(recovering.issue_sign_in_link(person=first, by=by, at=at))


def _first_administrator() -> Person | None:
    grants = Grant.objects.filter(role="security-admin").select_related("person").order_by("granted_at", "pk")
    found = grants.first()
    return found.person if found else None
