"""What an operator sets: environment variables, their defaults and their checks."""

import os
import secrets
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit


@dataclass(frozen=True)
class Environment:
    """The operator's settings as read from ``GUIJU_*`` variables."""

    home: Path
    database_url: str
    keyring_url: str

    @cached_property
    def secret_key(self) -> str:
        """Return the key that signs sessions, made on first use under ``GUIJU_HOME``."""
        path = self.home / "secret-key"
        if not path.exists():
            self.home.mkdir(parents=True, exist_ok=True)
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "w") as file:
                file.write(secrets.token_urlsafe(48))
        return path.read_text()

    @property
    def allowed_hosts(self) -> list[str]:
        """Return the host names the web process answers for."""
        return os.environ.get("GUIJU_ALLOWED_HOSTS", "localhost,127.0.0.1,[::1]").split(",")

    @property
    def trusted_origins(self) -> list[str]:
        """Return the origins forms may be sent from, beyond the own host."""
        return [origin for origin in os.environ.get("GUIJU_TRUSTED_ORIGINS", "").split(",") if origin]

    @property
    def database(self) -> dict[str, Any]:
        """Return Django's settings of the main database."""
        return _database(self.database_url)

    @property
    def keyring(self) -> dict[str, Any]:
        """Return Django's settings of the key database."""
        return _database(self.keyring_url)


def _database(url: str) -> dict[str, Any]:
    parts = urlsplit(url)
    query = dict(pair.split("=", 1) for pair in parts.query.split("&") if pair)
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": unquote(query.get("host", parts.hostname or "")),
        "PORT": str(parts.port or ""),
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {},
    }


def read() -> Environment:
    """Read the operator's settings; unset ones take the documented defaults."""
    home = Path(os.environ.get("GUIJU_HOME", "var")).absolute()
    socket = home / "run"
    return Environment(
        home=home,
        database_url=os.environ.get("GUIJU_DATABASE_URL", f"postgresql://guiju@/guiju?host={socket}"),
        keyring_url=os.environ.get("GUIJU_KEYRING_URL", f"postgresql://guiju@/guiju_keyring?host={socket}"),
    )


environment = read()
