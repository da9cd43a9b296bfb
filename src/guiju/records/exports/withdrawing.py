"""Takes exports back before their time: the file is destroyed and the ledger says why. Only actions call this."""

from collections.abc import Collection
from datetime import datetime
from functools import partial
from uuid import UUID

from django.db import transaction

from guiju.access.actors import Actor
from guiju.ledger import journal
from guiju.records.exports import events
from guiju.records.models import ExportBatch, ExportedCustomer, ExportState
from guiju.vault import files

ALIVE = (ExportState.RUNNING, ExportState.DONE)
"""What a withdrawal still finds: a file, or one that is being written."""


def holding(*, customers: Collection[UUID], reason: str, by: Actor, at: datetime) -> None:
    """Withdraw every export that holds one of ``customers``, whose rows the caller has locked.

    ``actions.put_in`` locks in the same order: the customers, then the export.
    """
    held: dict[UUID, list[UUID]] = {}
    found = ExportedCustomer.objects.filter(customer_id__in=customers).order_by("customer_id")
    for customer, export in found.values_list("customer_id", "export_id"):
        held.setdefault(export, []).append(customer)
    if not held:
        return
    alive = ExportBatch.objects.filter(pk__in=held, state__in=ALIVE).order_by("pk")
    for batch in alive.select_for_update():
        one(batch, reason=reason, customers=tuple(held[batch.pk]), by=by, at=at)


def one(batch: ExportBatch, *, reason: str, by: Actor, at: datetime, customers: tuple[UUID, ...] = ()) -> None:
    """Withdraw one export that is locked; where it still runs, its next step finds that it is over."""
    batch.state, batch.ending, batch.ended_at = ExportState.WITHDRAWN, reason, batch.ended_at or at
    batch.save(update_fields=["state", "ending", "ended_at"])
    forget(batch)
    event = events.ExportWithdrawn(export=batch.pk, reason=reason, customers=customers)
    journal.record(event, by=by, at=at, purpose=batch.purpose)


def forget(batch: ExportBatch) -> None:
    """Destroy the file of an export once this is committed, and forget who was in it."""
    ExportedCustomer.objects.filter(export=batch).delete()
    transaction.on_commit(partial(files.delete, batch.pk), robust=True)
