"""Which provider this installation uses, and its first run."""

import functools
import logging
from pathlib import Path

from django.conf import settings

from guiju.kit import clock
from guiju.vault.models import DataKey, IndexKey
from guiju.vault.providers.base import KeyProvider
from guiju.vault.providers.keyfile import KeyFile, KeyFileMissing
from guiju.vault.providers.protected import ProtectedKeyFile

log = logging.getLogger(__name__)


def current() -> KeyProvider:
    """Return the provider of the key-encryption key, opened once per process.

    The first call of a new installation makes the key file. It refuses to make one where the keyring already holds
    keys: then the file was lost, and a new one would only hide that.
    """
    path = settings.KEY_FILE or Path(settings.HOME) / "keys" / "key-encryption-key"
    return _opened(path, settings.KEY_PASSPHRASE_FILE)


@functools.cache
def _opened(path: Path, passphrase_file: Path | None) -> KeyProvider:
    try:
        return ProtectedKeyFile(path, passphrase_file) if passphrase_file else KeyFile(path)
    except KeyFileMissing:
        if DataKey.objects.filter(wrapped__isnull=False).exists() or IndexKey.objects.exists():
            raise
    at = clock.now()
    protected = passphrase_file and ProtectedKeyFile.protect(path, passphrase_file, at=at)
    provider = protected or KeyFile.create(path, at=at)
    log.warning(
        "A new key-encryption key was written to %s. BACK IT UP NOW, apart from the database: without it, no backup "
        "and no copy of this installation can ever be read.",
        path,
    )
    return provider
