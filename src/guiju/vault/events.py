"""What happens in the vault, with the sentence people read."""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from guiju.kit.errors import Words
from guiju.ledger.events import Event


@dataclass(frozen=True, kw_only=True)
class ShredOrdered(Event):
    """Somebody ordered data keys to be destroyed; from this entry on they count as destroyed."""

    kind: ClassVar[str] = "vault.shred.ordered"
    sentence: ClassVar[Words] = _("{actor} ordered the keys of the customer's contents to be destroyed: {classes}")
    subject_fields: ClassVar[tuple[str, ...]] = ("customers",)

    customers: tuple[UUID, ...]
    order: UUID
    classes: tuple[str, ...]
    key_ids: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class KeysShredded(Event):
    """The keys named by an order are gone from the keyring database."""

    kind: ClassVar[str] = "vault.keys.shredded"
    sentence: ClassVar[Words] = _("The keys were destroyed; nobody can read these contents any more: {classes}")
    subject_fields: ClassVar[tuple[str, ...]] = ("customers",)

    customers: tuple[UUID, ...]
    order: UUID
    classes: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class NothingToShred(Event):
    """Somebody ordered keys to be destroyed where none was left."""

    kind: ClassVar[str] = "vault.shred.nothing-left"
    sentence: ClassVar[Words] = _("{actor} ordered keys to be destroyed; none was left")
    subject_fields: ClassVar[tuple[str, ...]] = ("customers",)

    customers: tuple[UUID, ...]


@dataclass(frozen=True, kw_only=True)
class KeyringSwept(Event):
    """Housekeeping looked for keys without a customer and for unfinished orders."""

    kind: ClassVar[str] = "vault.keyring.swept"
    sentence: ClassVar[Words] = _(
        "Housekeeping of the keyring: {orphans} keys without a customer destroyed, {finished} orders finished, "
        "{released} orders that never took effect withdrawn"
    )

    orphans: int
    finished: int
    released: int
