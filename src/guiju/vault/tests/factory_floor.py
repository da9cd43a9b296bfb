"""What a worker process does in the tests; it must not need Django."""

import sys
from dataclasses import dataclass
from uuid import UUID

from guiju.vault import making, names, sealing
from guiju.vault.digests import LookupKeys
from guiju.vault.making import Wrapped
from guiju.vault.providers import KeyProvider


@dataclass(frozen=True)
class Made:
    """What travels back: nothing in clear."""

    keys: list[Wrapped]
    ciphertext: bytes
    digests: list[bytes]
    models_loaded: bool


def work(customer: UUID, name: str, provider: KeyProvider, keys: LookupKeys) -> Made:
    """Make a key, seal a name and compute its digests."""
    pair = (customer, "core")
    deks, wrapped = making.make([pair], provider=provider)
    ciphertext = sealing.seal(deks[pair], customer=customer, field="name", version=1, plaintext=name.encode())
    return Made(
        keys=wrapped,
        ciphertext=ciphertext,
        digests=keys.digests("name", names.tokens_of_name(name)),
        models_loaded="guiju.vault.models" in sys.modules,
    )
