"""Which tables this version of the product wants, without waking Django."""

import hashlib
from importlib.metadata import version
from pathlib import Path

_PACKAGE = Path(__file__).parent.parent
_OTHERS_WITH_TABLES = ("django", "django-allauth", "procrastinate")


def fingerprint() -> str:
    """Return a digest of every migration of the product and of the versions of those it brings along."""
    digest = hashlib.sha256()
    for path in sorted([*_PACKAGE.glob("*/migrations/*.py"), _PACKAGE / "ledger" / "grants.py"]):
        digest.update(path.relative_to(_PACKAGE).as_posix().encode() + path.read_bytes())
    for name in _OTHERS_WITH_TABLES:
        digest.update(f"{name} {version(name)}".encode())
    return digest.hexdigest()
