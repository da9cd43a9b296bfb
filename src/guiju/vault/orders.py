"""Orders to destroy keys: the ledger entry in the main database decides whether one was given."""

from uuid import UUID

from guiju.ledger.models import Entry
from guiju.vault.events import KeysShredded, ShredOrdered


def is_given(order: UUID, *, customer: UUID) -> bool:
    """Say whether the ledger holds the committed order to destroy keys of this customer."""
    return _recorded(ShredOrdered.kind, order=order, customer=customer)


def is_done(order: UUID, *, customer: UUID) -> bool:
    """Say whether the ledger holds the report that the order was carried out."""
    return _recorded(KeysShredded.kind, order=order, customer=customer)


def _recorded(kind: str, *, order: UUID, customer: UUID) -> bool:
    return Entry.objects.filter(
        kind=kind, subjects__contains=[customer], payload__contains=f'"order":"{order}"'
    ).exists()
