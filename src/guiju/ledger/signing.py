"""The ledger's signing key: a private file, and a public list of every key this installation has signed with."""

import os
import secrets
from contextlib import suppress
from pathlib import Path

from django.conf import settings

from guiju.ledger.notes import Signer, generate_key, read_skey

_SECRET = "ledger-signing-key"  # noqa: S105
_PUBLIC = "ledger-public-keys"


def signer() -> Signer:
    """Return the signing key, made on first use with mode 0600.

    Where the file was lost, a new key continues the log under its old name and joins the list of public keys.
    """
    secret = _folder() / _SECRET
    if not secret.exists():
        known = vkeys()
        chosen = settings.LEDGER_ORIGIN or f"guiju.local/ledger-{secrets.token_hex(4)}"
        name = known[-1].partition("+")[0] if known else chosen
        _place(secret, generate_key(name).skey)
    key = read_skey(secret.read_text().strip())
    if key.vkey not in vkeys():
        with (_folder() / _PUBLIC).open("a") as file:
            file.write(f"{key.vkey}\n")
    return key


def vkeys() -> list[str]:
    """Return the public keys of this ledger, oldest first; none before the first checkpoint."""
    path = _folder() / _PUBLIC
    return path.read_text().split() if path.exists() else []


def _folder() -> Path:
    return Path(settings.HOME) / "keys"


def _place(path: Path, text: str) -> None:
    """Write a private file in one step; of two processes that try, the first wins."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(f"{text}\n")
        file.flush()
        os.fsync(file.fileno())
    with suppress(FileExistsError):
        path.hardlink_to(draft)
    draft.unlink()
