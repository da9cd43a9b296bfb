"""What can be seen without the database: Python, files, permissions, disk, settings."""

import platform
import shutil
import stat
import sys
from collections.abc import Iterator
from pathlib import Path

from guiju.config import words
from guiju.config.doctor.finding import Finding, broken, good, warning
from guiju.config.environment import Environment
from guiju.config.words import _

OLDEST_PYTHON = (3, 12)
LITTLE_SPACE = 2 * 1024**3
TOO_LITTLE_SPACE = 200 * 1024**2
KEY_ENCRYPTION_KEY = "key-encryption-key"
_ASSET = Path(words.LOCALE).parent / "console" / "static" / "vendor" / "tabler.css"


def look(environment: Environment) -> Iterator[Finding]:
    """Yield what this machine looks like for ``environment``."""
    yield python()
    yield secrets(environment)
    yield key(environment)
    yield space(environment)
    yield assets()
    yield translations()
    yield https(environment)


def python() -> Finding:
    """Look at the version of Python."""
    shown = platform.python_version()
    if sys.version_info < OLDEST_PYTHON:
        return broken(
            "python", _("Python {version} is too old.").format(version=shown), mend=_("Install Python 3.13.")
        )
    return good("python", _("Python {version}.").format(version=shown))


def secrets(environment: Environment) -> Finding:
    """Look at the permissions of everything in ``keys/``."""
    folder = environment.folders.keys
    private = [folder, *folder.iterdir()] if folder.is_dir() else []
    private = [path for path in private if not path.name.endswith("public-keys")]
    open_ones = [str(path) for path in private if stat.S_IMODE(path.stat().st_mode) & 0o077]
    if open_ones:
        return broken(
            "permissions",
            _("Others on this machine can read {paths}.").format(paths=", ".join(open_ones)),
            mend=_("Run “chmod -R go-rwx {folder}”.").format(folder=folder),
        )
    return good("permissions", _("Keys and passwords are private to this user."))


def key(environment: Environment) -> Finding:
    """Look for the key-encryption key."""
    path = environment.key_file or environment.folders.keys / KEY_ENCRYPTION_KEY
    if not path.exists():
        return warning(
            "key",
            _("There is no key-encryption key at {path} yet.").format(path=path),
            mend=_("It is made on the first use. If customers exist already, bring it back from its backup."),
        )
    if stat.S_IMODE(path.stat().st_mode) & 0o077:
        return broken(
            "key",
            _("Others on this machine can read the key-encryption key."),
            mend=_("Run “chmod 600 {path}”.").format(path=path),
        )
    return good(
        "key",
        _("The key-encryption key is {path}: keep a copy elsewhere, without it nothing sealed opens.").format(
            path=path
        ),
    )


def space(environment: Environment) -> Finding:
    """Look at the free space where the data lies."""
    free = shutil.disk_usage(environment.folders.cluster if environment.folders.cluster.exists() else "/").free
    shown = _("{size} GB are free where the data lies.").format(size=f"{free / 1024**3:.1f}")
    mend = _("Make room, or move GUIJU_HOME to a larger disk.")
    if free < TOO_LITTLE_SPACE:
        return broken("space", shown, mend=mend)
    if free < LITTLE_SPACE:
        return warning("space", shown, mend=mend)
    return good("space", shown)


def assets() -> Finding:
    """Look for the front-end files."""
    if _ASSET.exists():
        return good("assets", _("The front-end files are in place."))
    return broken("assets", _("The front-end files are missing; pages look bare."), mend=_("Run “make assets”."))


def translations() -> Finding:
    """Look for compiled translations."""
    stale = [
        source.parent.parent.name
        for source in sorted(words.LOCALE.glob("*/LC_MESSAGES/django.po"))
        if not source.with_suffix(".mo").exists()
    ]
    if stale:
        return warning(
            "translations",
            _("These translations are not compiled: {names}.").format(names=", ".join(stale)),
            mend=_("Run “make setup”."),
        )
    return good("translations", _("Translations are compiled."))


def https(environment: Environment) -> Finding:
    """Look at how people reach the product."""
    local = environment.host in {"127.0.0.1", "::1", "localhost"}
    if environment.https and local and not environment.trust_proxy:
        return warning(
            "https",
            _("People come over https, so through a proxy, which Guiju does not trust; it sees plain http."),
            mend=_("Let the proxy set X-Forwarded-Proto and X-Forwarded-For, and set GUIJU_TRUST_PROXY=yes."),
        )
    if not environment.https and not local:
        return broken(
            "https",
            _("Guiju listens on {host} without TLS: passwords travel in the clear.").format(host=environment.host),
            mend=_("Put a TLS proxy in front, set GUIJU_BASE_URL=https://… and GUIJU_HOST=127.0.0.1."),
        )
    return good("https", _("People reach Guiju at {address}.").format(address=environment.address))
