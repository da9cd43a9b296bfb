"""What an import holds that became no record: quarantined rows and the sealed file. Only actions call this."""

from datetime import datetime
from functools import partial
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from guiju.access.actors import Actor
from guiju.ledger import journal
from guiju.records import events
from guiju.records.gate.wording import CUSTOMER_ERASED
from guiju.records.models import Customer, ImportBatch, ImportState, QuarantinedRow, Revision, State
from guiju.vault import files


def erase(customer: UUID, *, by: Actor, at: datetime) -> None:
    """Destroy the quarantined rows known to be about a customer, and the files of failed imports that brought them.

    An import under way destroys its file when it ends; so does one that fails after the erasure (``brought_erased``).
    """
    rows = QuarantinedRow.objects.filter(customer=customer)
    counts: dict[UUID, int] = {}
    for pk in rows.values_list("batch", flat=True):
        counts[pk] = counts.get(pk, 0) + 1
    rows.delete()
    merged = Revision.objects.filter(customer=customer, batch__isnull=False).values("batch")
    created = Customer.objects.filter(pk=customer).values("batch")
    failed = ImportBatch.objects.filter(Q(pk__in=merged) | Q(pk__in=created), state=ImportState.FAILED)
    given_up = {batch.pk: batch for batch in failed.order_by("pk").select_for_update()}
    for batch in given_up.values():
        give_up(batch, at)
    for pk in sorted({*counts, *given_up}):
        event = events.ImportLeftoversDestroyed(
            batch=pk, rows=counts.get(pk, 0), file=pk in given_up, reason=CUSTOMER_ERASED, customers=(customer,)
        )
        journal.record(event, by=by, at=at)


def give_up(batch: ImportBatch, at: datetime) -> None:
    """End an import that is locked: nobody goes on with it, and its file is destroyed once that is committed."""
    batch.state, batch.ended_at = ImportState.CANCELLED, at
    batch.save(update_fields=["state", "ended_at"])
    forget_file(batch)


def forget_file(batch: ImportBatch) -> None:
    """Destroy the sealed upload once the end is written: what became records or quarantine is kept there alone."""
    transaction.on_commit(partial(files.delete, batch.pk), robust=True)


def brought_erased(batch: ImportBatch) -> bool:
    """Say whether a customer whom this import created or merged into is erased by now."""
    merged = Revision.objects.filter(batch=batch, customer__state=State.ERASED)
    return Customer.objects.filter(batch=batch, state=State.ERASED).exists() or merged.exists()
