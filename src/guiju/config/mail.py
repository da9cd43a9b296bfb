"""How the address of a mail server becomes Django's settings of it."""

from typing import Any
from urllib.parse import unquote, urlsplit

_BACKENDS = "django.core.mail.backends"
_PORTS = {"smtp": 587, "smtps": 465}


def settings(*, url: str) -> dict[str, Any]:
    """Return Django's mail settings for ``smtp://``, ``smtps://``, ``console:`` or nothing (mail is not sent).

    Mail travels encrypted: ``smtp`` demands STARTTLS except to this machine itself.
    """
    parts = urlsplit(url)
    if parts.scheme not in _PORTS:
        return {"BACKEND": f"{_BACKENDS}.{'console' if url else 'dummy'}.EmailBackend"}
    return {
        "BACKEND": f"{_BACKENDS}.smtp.EmailBackend",
        "OPTIONS": {
            "host": parts.hostname,
            "port": parts.port or _PORTS[parts.scheme],
            "username": unquote(parts.username or ""),
            "password": unquote(parts.password or ""),
            "use_ssl": parts.scheme == "smtps",
            "use_tls": parts.scheme == "smtp" and parts.hostname not in {"localhost", "127.0.0.1", "::1"},
            "timeout": 20,
        },
    }
