"""Files that hold keys: private to their owner, written whole or not at all."""

import os
import secrets
from pathlib import Path

from django.utils.translation import gettext_lazy as _

from guiju.kit import durable
from guiju.kit.errors import Unavailable


class KeyFileMissing(Unavailable):
    """There is no key file."""

    message = _("The key file is missing; sealed data cannot be read and nothing was changed.")
    remedy = _("Put the key file back from its backup.")


class KeyFileUnsafe(Unavailable):
    """Others than the owner may read or change the key file."""

    remedy = _("Run: chmod 600 on the key file; if others may have read it, plan a new key.")


class KeyFileDamaged(Unavailable):
    """The key file is not one that Guiju wrote."""

    remedy = _("Put the key file back from its backup.")

    @classmethod
    def of(cls, path: Path) -> "KeyFileDamaged":
        """Return the refusal that names the file."""
        return cls(_("The key file %(path)s is damaged or was not written by Guiju.") % {"path": path})


class PassphraseMissing(Unavailable):
    """A protected key file needs a passphrase, which is missing or empty."""

    message = _("The passphrase of the key file is not at hand; sealed data cannot be read and nothing was changed.")
    remedy = _("Put the passphrase where GUIJU_KEY_PASSPHRASE_FILE says.")


def read(path: Path) -> bytes:
    """Return what a private file holds; raises KeyFileMissing, KeyFileUnsafe and Unavailable."""
    try:
        mode = path.stat().st_mode
        content = path.read_bytes()
    except FileNotFoundError:
        raise KeyFileMissing from None
    except OSError:
        raise Unavailable(_("The key file %(path)s cannot be read.") % {"path": path}) from None
    if mode & 0o077:
        raise KeyFileUnsafe(_("The key file %(path)s is open to other accounts of this machine.") % {"path": path})
    return content


def write_once(path: Path, content: bytes) -> None:
    """Write a new file, mode 0600; where another process was faster, its file stays."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(draft, path)
        except FileExistsError:
            return
        durable.sync(path.parent)
    finally:
        draft.unlink()
