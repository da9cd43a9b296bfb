"""Which tables and files for browsers this version of the product wants, without waking Django."""

import hashlib
from importlib.metadata import version
from pathlib import Path

_PACKAGE = Path(__file__).parent.parent
_OTHERS_WITH_TABLES = ("django", "django-allauth", "procrastinate")


def fingerprint() -> str:
    """Return a digest of every migration and file for browsers, and of the versions of what comes along."""
    digest = hashlib.sha256()
    for path in sorted([*_PACKAGE.glob("*/migrations/*.py"), _PACKAGE / "ledger" / "grants.py"]):
        digest.update(path.relative_to(_PACKAGE).as_posix().encode() + path.read_bytes())
    for path in sorted(path for path in _PACKAGE.glob("*/static/**/*") if path.is_file()):
        found = path.stat()
        digest.update(f"{path.relative_to(_PACKAGE)} {found.st_size} {found.st_mtime_ns}".encode())
    for name in _OTHERS_WITH_TABLES:
        digest.update(f"{name} {version(name)}".encode())
    return digest.hexdigest()
