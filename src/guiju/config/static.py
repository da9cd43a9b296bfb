"""Files for browsers: collected once per change, named by their contents so that they can be cached for a year."""

import hashlib

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command
from whitenoise.storage import CompressedManifestStaticFilesStorage

from guiju.config.home import Home
from guiju.config.locks import Lock

_STAMP = ".collected"


class Storage(CompressedManifestStaticFilesStorage):  # type: ignore[misc]
    """Names files by their contents; one that was not collected keeps its plain name."""

    manifest_strict = False

    def stored_name(self, name: str) -> str:
        """Return the name a file is served under."""
        try:
            stored: str = super().stored_name(name)
        except ValueError:
            return name
        return stored


def fingerprint() -> str:
    """Return a digest of every file there is to collect: path, size, moment of its last change."""
    digest = hashlib.sha256()
    for finder in get_finders():
        for path, storage in finder.list([]):
            digest.update(f"{path}|{storage.size(path)}|{storage.get_modified_time(path)}\n".encode())
    return digest.hexdigest()


def collect() -> bool:
    """Collect the files under ``GUIJU_HOME/static`` where any has changed, and tell whether that was so.

    One process collects at a time; the others wait and find the work done.
    """
    stamp = settings.STATIC_ROOT / _STAMP
    with Lock(Home(settings.HOME).locks / "static").held():
        wanted = fingerprint()
        if stamp.exists() and stamp.read_text() == wanted:
            return False
        call_command("collectstatic", interactive=False, verbosity=0, clear=True)
        stamp.write_text(wanted)
        return True
