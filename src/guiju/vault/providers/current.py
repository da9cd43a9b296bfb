"""Which provider this installation uses, and its first run."""

import functools
import logging
from pathlib import Path

from django.conf import settings

from guiju.kit import clock
from guiju.vault.models import DataKey, IndexKey
from guiju.vault.providers.base import KeyProvider
from guiju.vault.providers.keyfile import KeyFile, KeyFileMissing

log = logging.getLogger(__name__)


def current() -> KeyProvider:
    """Return the provider of the key-encryption key, opened once per process.

    The first call of a new installation makes the key file. It refuses to make one where the keyring already holds
    keys: then the file was lost, and a new one would only hide that.
    """
    return _opened(settings.KEY_FILE or Path(settings.HOME) / "keys" / "key-encryption-key")


@functools.cache
def _opened(path: Path) -> KeyProvider:
    try:
        return KeyFile(path)
    except KeyFileMissing:
        if DataKey.objects.filter(wrapped__isnull=False).exists() or IndexKey.objects.exists():
            raise
    provider = KeyFile.create(path, at=clock.now())
    log.warning(
        "A new key-encryption key was written to %s. BACK IT UP NOW, apart from the database: without it, no backup "
        "and no copy of this installation can ever be read.",
        path,
    )
    return provider
