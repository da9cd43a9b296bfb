"""Reads of the import gate: imports within the actor's right, their quarantined rows."""

from collections.abc import Iterable, Iterator
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from guiju.access import policy
from guiju.access.actors import Actor
from guiju.access.permissions import Permission
from guiju.kit.errors import NotFound
from guiju.records.models import Customer, ImportBatch, QuarantinedRow

MOST = 50


def recent(*, actor: Actor, before: UUID | None = None, size: int = MOST) -> list[ImportBatch]:
    """Return the newest imports that the actor started, or that went into units the actor may import into."""
    found = ImportBatch.objects.filter(_seen_by(actor))
    if before is not None:
        found = found.filter(pk__lt=before)
    return list(found.select_related("unit", "person").order_by("-pk")[:size])


def one(*, batch: UUID, actor: Actor) -> ImportBatch:
    """Return one import; raises NotFound where the actor may not see it."""
    found = ImportBatch.objects.filter(_seen_by(actor), pk=batch).select_related("unit", "person").first()
    if found is None:
        raise NotFound(_("There is no such import."))
    return found


def twins_within(*, batches: Iterable[ImportBatch], actor: Actor) -> frozenset[str]:
    """Return the ids of those customers, found by checks to be there already, that the actor may know of."""
    found = {twin["customer"] for batch in batches for twin in batch.report.get("twins", ()) if twin["customer"]}
    if not found:
        return frozenset()
    within = Customer.objects.filter(policy.reach(actor, Permission.CUSTOMER_READ).q(), pk__in=found)
    return frozenset(str(customer) for customer in within.values_list("pk", flat=True))


def _seen_by(actor: Actor) -> Q:
    if not actor.may(Permission.CUSTOMER_IMPORT):
        return Q(pk__in=())
    return Q(actor=actor.ref) | (Q(unit__isnull=False) & policy.reach(actor, Permission.CUSTOMER_IMPORT).q())


def quarantined(*, batch: UUID, size: int = MOST) -> list[QuarantinedRow]:
    """Return the first quarantined rows of an import, without their cells."""
    return list(QuarantinedRow.objects.filter(batch=batch).defer("sealed").order_by("row")[:size])


def every_quarantined(*, batch: UUID) -> Iterator[QuarantinedRow]:
    """Yield all quarantined rows of an import in the order of the file."""
    yield from QuarantinedRow.objects.filter(batch=batch).order_by("row").iterator(chunk_size=500)
