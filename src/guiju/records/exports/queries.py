"""Reads of the export gate: one's own exports, how many customers would leave, and how each column would look."""

from collections.abc import Iterable, Iterator
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from guiju.access import policy
from guiju.access.actors import Actor
from guiju.access.fields import FieldClass, Visibility
from guiju.access.permissions import Permission
from guiju.access.purposes import PURPOSES
from guiju.kit.errors import NotFound
from guiju.records import finding, standard
from guiju.records.finding import Filters
from guiju.records.models import Customer, ExportBatch, ExportedCustomer, State
from guiju.vault import files

TYPES = {"csv": "text/csv", "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}
PIECE = 64 * 1024
COUNT_UP_TO = 10_000
MOST = 50


def recent(*, actor: Actor, before: UUID | None = None, size: int = MOST) -> list[ExportBatch]:
    """Return the actor's own exports, the newest first."""
    found = ExportBatch.objects.filter(actor=actor.ref)
    if before is not None:
        found = found.filter(pk__lt=before)
    return list(found.order_by("-pk")[:size])


def one(*, export: UUID, actor: Actor) -> ExportBatch:
    """Return one of the actor's own exports; raises NotFound for anybody else's."""
    found = ExportBatch.objects.filter(pk=export, actor=actor.ref).first()
    if found is None:
        raise NotFound(_("There is no such export."))
    return found


def content(*, export: UUID) -> Iterator[bytes]:
    """Yield the file of an export piece by piece; ``actions.take`` comes first."""
    with files.reader(export) as sealed:
        while piece := sealed.read(PIECE):
            yield piece


def count(*, actor: Actor, filters: Filters, purpose: str) -> int:
    """Return how many customers would leave, counting no further than one past ``COUNT_UP_TO``."""
    found = finding.matching(actor=actor, filters=filters, permission=Permission.CUSTOMER_EXPORT, purpose=purpose)
    return found.order_by().values("pk")[: COUNT_UP_TO + 1].count()


def purposes(*, actor: Actor) -> frozenset[str]:
    """Return the purposes under which the actor may export: those of roles that include exporting."""
    granted = (hold.means.purposes for hold in policy.reach(actor, Permission.CUSTOMER_EXPORT).holds)
    return actor.purposes & frozenset[str]().union(*granted)


def may_clear(*, actor: Actor, purpose: str) -> bool:
    """Say whether a role of the actor that exports under ``purpose`` also reveals."""
    holds = policy.reach(actor, Permission.CUSTOMER_EXPORT).holds
    return purpose in actor.purposes and any(
        purpose in hold.means.purposes and Permission.CUSTOMER_REVEAL in hold.means.permissions for hold in holds
    )


def sensitive(columns: Iterable[str]) -> list[str]:
    """Return those of ``columns`` that the collection standard classes as sensitive."""
    fields = standard.load().fields
    return [key for key in columns if key in fields and fields[key].field_class is FieldClass.SENSITIVE]


def held_back(*, export: ExportBatch, actor: Actor) -> bool:
    """Say whether the file of an export holds more than the actor may export now.

    So it is where the purpose is no longer the actor's, a field shows less, or a customer in it is out of reach or
    restricted since.
    """
    if export.purpose not in purposes(actor=actor):
        return True
    now = sights(actor=actor, purpose=export.purpose, clear=export.clear)
    rank = policy.ORDER.index
    if any(rank(now.get(key, Visibility.ABSENT)) < rank(Visibility(was)) for key, was in export.seen.items()):
        return True
    within = Customer.objects.filter(policy.reach(actor, Permission.CUSTOMER_EXPORT).q(), exports__export=export)
    if not PURPOSES[export.purpose].inherent:
        within = within.exclude(state=State.RESTRICTED)
    return within.count() < ExportedCustomer.objects.filter(export=export).count()


def sights(*, actor: Actor, purpose: str, clear: bool) -> dict[str, Visibility]:
    """Return how each field of a record that was collected for ``purpose`` would leave; the most any unit allows."""
    fields = standard.load().protected_fields()
    revealed = [one.key for one in fields] if clear else []
    lens = policy.lens(actor, purpose=purpose, fields=fields, revealed=revealed, permission=Permission.CUSTOMER_EXPORT)
    best = dict.fromkeys((one.key for one in fields), Visibility.ABSENT)
    for unit in {hold.unit_id or 0 for hold in actor.holds}:
        place = policy.Envelope(unit_id=unit, owner_id=actor.person_id, purposes=frozenset({purpose}))
        for key, seen in lens.map_for(place).items():
            best[key] = max(best[key], seen, key=policy.ORDER.index)
    return best
