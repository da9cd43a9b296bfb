"""How a database address becomes Django's settings of it."""

from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit


def settings(*, url: str, pool: int = 0) -> dict[str, Any]:
    """Return Django's settings of the database at ``url``; what its query says goes to the driver as it is.

    ``pool`` connections are shared by the threads of a process; 0 keeps one open per thread.
    """
    parts = urlsplit(url)
    options: dict[str, Any] = dict(parse_qsl(parts.query))
    socket = options.pop("host", "")
    if pool:
        options["pool"] = {"min_size": 1, "max_size": pool, "timeout": 10}
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": socket or parts.hostname or "",
        "PORT": str(parts.port or ""),
        "CONN_MAX_AGE": 0 if pool else 600,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": options,
    }
