"""Values that nobody may share, met at a customer out of reach: refused without telling whose, counted, limited."""

from collections.abc import Collection
from datetime import datetime, timedelta

from django.utils.translation import gettext_lazy as _

from guiju.access import policy
from guiju.access.actors import Actor
from guiju.access.permissions import Permission
from guiju.kit.errors import Problem, Refused
from guiju.ledger import journal
from guiju.ledger.models import Entry
from guiju.records import events

MOST = 5
WITHIN = timedelta(days=1)


class NotAccepted(Refused):
    """A customer out of the actor's reach has the value; the refusal tells no more than that it cannot stand here."""

    code = "not-accepted"
    status = 409
    message = _("This value cannot be kept here.")
    remedy = _("Look for a slip. If it is right, ask the records administrator.")


class TooOften(Refused):
    """Whoever tries one identifier after another learns which exist: so nobody goes on for ever."""

    code = "too-many-refusals"
    status = 429
    message = _("Too many identifiers of yours could not be kept; none is taken until a day has passed.")
    remedy = _("Ask the records administrator.")


def refusal(fields: Collection[str], *, by: Actor) -> NotAccepted:
    """Return the refusal of values in ``fields``; the door records it without the values."""
    problems = [
        Problem(field=key, rule="not-accepted", message=NotAccepted.message, remedy=NotAccepted.remedy)
        for key in fields
    ]
    refused = NotAccepted(problems=problems)
    refused.leaves = events.TakenValueMet(fields=tuple(fields), count=len(fields), person=_person(by))
    return refused


def check(*, by: Actor, at: datetime) -> None:
    """Raise TooOften where the actor's person, by any token, met ``MOST`` such refusals within a day."""
    if policy.reach(by, Permission.CUSTOMER_READ).q() == policy.EVERYWHERE:
        return
    met = Entry.objects.filter(
        kind=events.TakenValueMet.kind,
        outcome=journal.Outcome.REFUSED,
        at__gt=at - WITHIN,
        payload__contains=f'"person":"{_person(by)}"',
    )
    if met[:MOST].count() >= MOST:
        raise TooOften


def _person(by: Actor) -> str:
    return str(by.person_id or by.ref)
