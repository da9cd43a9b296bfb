"""Making data keys without a database and without Django's models, so that worker processes can do it.

What may travel between processes is the wrapped form; ``keyring.insert_wrapped`` commits it.
"""

from collections.abc import Sequence
from typing import NamedTuple
from uuid import UUID

from guiju.vault.providers import KeyProvider
from guiju.vault.sealing import Dek, new_dek

type Pair = tuple[UUID, str]


class Wrapped(NamedTuple):
    """A data key in the form in which it is stored and may travel between processes."""

    customer: UUID
    retention_class: str
    key_id: str
    wrapped: bytes


def purpose_of(customer: UUID, retention_class: str) -> bytes:
    """Return what a wrapped data key is bound to."""
    return b"guiju data key" + customer.bytes + retention_class.encode()


def make(pairs: Sequence[Pair], *, provider: KeyProvider) -> tuple[dict[Pair, Dek], list[Wrapped]]:
    """Return new data keys for ``pairs``, in clear and wrapped."""
    deks = {pair: new_dek() for pair in pairs}
    wrapped = provider.wrap_many([(dek.raw, purpose_of(*pair)) for pair, dek in deks.items()])
    key_id = provider.key_id
    return deks, [Wrapped(*pair, key_id, blob) for pair, blob in zip(deks, wrapped, strict=True)]
