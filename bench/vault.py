"""What the vault costs: sealing and opening against bare AES-GCM, making keys, digests. Prints ratios of one run.

Run it with ``python bench/vault.py`` in the project folder; it starts a PostgreSQL of its own and removes it.
"""

import os
import time
from collections.abc import Callable
from datetime import UTC, datetime

import harness
from harness import say

ROUNDS = 5
VALUES = 20_000
PAIRS = 1_000
VALUE = b"v" * 64


def best(work: Callable[[], object], *, of: int = ROUNDS) -> float:
    """Return the shortest time that ``work`` took, in seconds."""
    times = []
    for _ in range(of):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return min(times)


def sealing() -> None:
    """Compare sealing and opening with bare AES-GCM of the same bytes, nonces included."""
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    from guiju.kit.ids import uuid7
    from guiju.vault.sealing import new_dek, open_, pack, seal, unpack_one

    dek, customer = new_dek(), uuid7()
    bare, place = AESGCM(dek.raw), bytes(30)
    nonce = os.urandom(12)
    done = bare.encrypt(nonce, VALUE, place)
    sealed = seal(dek, customer=customer, field="phone", version=1, plaintext=VALUE)
    packed = pack({f"field-{n}": (1, sealed) for n in range(12)})
    bare_seal = best(lambda: [bare.encrypt(os.urandom(12), VALUE, place) for _ in range(VALUES)])
    bare_open = best(lambda: [bare.decrypt(nonce, done, place) for _ in range(VALUES)])
    our_seal = best(
        lambda: [seal(dek, customer=customer, field="phone", version=1, plaintext=VALUE) for _ in range(VALUES)]
    )
    our_open = best(
        lambda: [open_(dek, customer=customer, field="phone", version=1, ciphertext=sealed) for _ in range(VALUES)]
    )
    one_of_twelve = best(lambda: [unpack_one(packed, "field-9") for _ in range(VALUES)])
    say(f"seal            {VALUES / our_seal:>12,.0f}/s   bare AES-GCM {VALUES / bare_seal:>12,.0f}/s   "
        f"{our_seal / bare_seal:.2f}x the time")  # fmt: skip
    say(f"open            {VALUES / our_open:>12,.0f}/s   bare AES-GCM {VALUES / bare_open:>12,.0f}/s   "
        f"{our_open / bare_open:.2f}x the time")  # fmt: skip
    say(f"find one of 12  {VALUES / one_of_twelve:>12,.0f}/s   in a pack")


def lookups() -> None:
    """Measure digests and the search terms of names."""
    from guiju.vault.lookups import LookupKeys, tokens_of_name

    keys = LookupKeys(root=bytes(32))
    terms = [f"+86138{n:08}" for n in range(VALUES)]
    digests = best(lambda: keys.digests("phone", terms))
    names = best(lambda: [tokens_of_name("王小明") for _ in range(VALUES)])
    say(f"digests         {VALUES / digests:>12,.0f}/s")
    say(f"names           {VALUES / names:>12,.0f}/s   to search terms")


def keys() -> None:
    """Measure making and committing keys, and opening a page of them."""
    from guiju.kit.ids import uuid7
    from guiju.vault import keyring
    from guiju.vault.providers.current import current

    at = datetime.now(tz=UTC)
    provider = current()
    pairs = [(uuid7(), "core") for _ in range(PAIRS)]
    pure = best(lambda: keyring.make(pairs, provider=provider))
    committed = best(lambda: keyring.create_many([(uuid7(), "core") for _ in range(PAIRS)], at=at))
    python = _python_time(lambda: keyring.create_many([(uuid7(), "core") for _ in range(PAIRS)], at=at))
    keyring.create_many(pairs, at=at)
    page = pairs[:50]

    def read() -> None:
        opened = keyring.open_many(page)
        for pair in page:
            opened.dek(*pair)

    say(f"keys made       {PAIRS / pure:>12,.0f}/s   wrapped, without a database")
    say(f"keys committed  {PAIRS / committed:>12,.0f}/s   {PAIRS:,} in {committed * 1000:.1f} ms, "
        f"of it {python * 1000:.1f} ms Python")  # fmt: skip
    say(f"page of 50      {best(read, of=50) * 1000:>12.2f} ms  one query, 50 keys unwrapped")


def _python_time(work: Callable[[], object]) -> float:
    start = time.process_time()
    work()
    return time.process_time() - start


def main() -> None:
    """Run everything."""
    with harness.installation():
        sealing()
        lookups()
        keys()


if __name__ == "__main__":
    main()
