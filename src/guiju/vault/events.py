"""What happens in the vault, with the sentence people read."""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from guiju.kit.errors import Words
from guiju.ledger.events import Event


@dataclass(frozen=True, kw_only=True)
class ShredOrdered(Event):
    """Somebody ordered data keys of a customer to be destroyed; from this entry on they count as destroyed."""

    kind: ClassVar[str] = "vault.shred.ordered"
    sentence: ClassVar[Words] = _("{actor} ordered the keys of a customer to be destroyed: {classes}")
    subject_fields: ClassVar[tuple[str, ...]] = ("customer",)

    customer: UUID
    order: UUID
    classes: tuple[str, ...]
    key_ids: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class KeysShredded(Event):
    """The keys named by an order are gone from the keyring database."""

    kind: ClassVar[str] = "vault.keys.shredded"
    sentence: ClassVar[Words] = _("The keys of a customer were destroyed; nobody can read these contents: {classes}")
    subject_fields: ClassVar[tuple[str, ...]] = ("customer",)

    customer: UUID
    order: UUID
    classes: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class KeyringSwept(Event):
    """Housekeeping looked for keys without a customer and for unfinished orders."""

    kind: ClassVar[str] = "vault.keyring.swept"
    sentence: ClassVar[Words] = _(
        "Housekeeping of the keyring: {orphans} keys without a customer destroyed, {finished} orders finished, "
        "{released} withdrawn orders released"
    )

    orphans: int
    finished: int
    released: int
