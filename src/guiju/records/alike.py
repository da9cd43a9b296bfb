"""Customers that may be the same as one about to be added: by phone, e-mail, identifier or organisation's name."""

from datetime import datetime

from guiju.access import policy
from guiju.access.actors import Actor
from guiju.access.permissions import Permission
from guiju.records import filing, finding, queries, standard
from guiju.records.filing import Values
from guiju.records.models import Customer
from guiju.records.showing import Shown, show
from guiju.vault import lookups

MOST = 5


def customers(*, values: Values, actor: Actor, purpose: str, at: datetime) -> list[Shown]:
    """Return customers within reach that share a phone, an address, an identifier or a name that the actor sees.

    Records the look.
    """
    rules = standard.load()
    keys = lookups.keys()
    digests = [one.digest for key, value in values.items() for one in filing.digests_of(rules.field(key), value, keys)]
    if not digests:
        return []
    reach = policy.reach(actor, Permission.CUSTOMER_READ).q()
    holders = Customer.objects.filter(reach, finding.holding(digests, finding.shows(actor, purpose=purpose)))
    found = list(holders.select_related("unit", "owner").order_by("-id")[:MOST])
    specs = [rules.field(key) for key in (*queries.NAMES, "phones", "emails")]
    queries.record_listed(found, [spec.key for spec in specs], actor=actor, purpose=purpose, at=at, searched=True)
    return show(customers=found, specs=specs, actor=actor, purpose=purpose, standard=rules)
