"""Where everything lies under ``GUIJU_HOME``, the folder that holds one installation."""

import os
import secrets
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from guiju.config.words import _
from guiju.kit.errors import Refused

OWNER = "guiju"
APPLICATION = "guiju_app"
MAIN_DATABASE = "guiju"
KEYRING_DATABASE = "guiju_keyring"


class CannotWrite(Refused):
    """The folder of the installation cannot be made or written."""

    code = "cannot-write"


@dataclass(frozen=True)
class Home:
    """The folders and small private files of one installation."""

    path: Path

    @property
    def keys(self) -> Path:
        """Return the folder of keys and passwords, mode 0700."""
        return self.path / "keys"

    @property
    def locks(self) -> Path:
        """Return the folder of lock files."""
        return self.path / "locks"

    @property
    def logs(self) -> Path:
        """Return the folder of the supervisor's log files."""
        return self.path / "logs"

    @property
    def cluster(self) -> Path:
        """Return the data directory of the embedded PostgreSQL, links followed."""
        return (self.path / "postgres").resolve()

    @property
    def socket(self) -> Path:
        """Return the folder of the embedded PostgreSQL's socket, links followed."""
        return (self.path / "run").resolve()

    def make(self) -> None:
        """Make the folders that are missing; raise CannotWrite with a sentence where that is impossible."""
        try:
            self.path.mkdir(parents=True, exist_ok=True)
            for folder in (self.keys, self.locks, self.logs):
                folder.mkdir(exist_ok=True, mode=0o700)
            (self.path / "static").mkdir(exist_ok=True)
            with (self.locks / "probe").open("w"):
                pass
        except OSError as error:
            raise CannotWrite(
                _("Guiju cannot write to its folder {folder}: {reason}.").format(
                    folder=self.path, reason=(error.strerror or str(error)).lower()
                ),
                remedy=_("Choose a folder you may write to with GUIJU_HOME."),
            ) from error

    def secret(self, name: str) -> str:
        """Return the random secret ``keys/<name>``, made with mode 0600 on first use."""
        path = self.keys / name
        if not path.exists():
            self.make()
            draft = self.keys / f".{name}.{secrets.token_hex(6)}"
            descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "w") as file:
                file.write(secrets.token_urlsafe(48))
            with suppress(FileExistsError):
                os.link(draft, path)
            draft.unlink()
        return path.read_text()

    def password(self, role: str) -> str:
        """Return the password of a role of the embedded PostgreSQL."""
        return self.secret(f"postgres-{role}")

    def url(self, *, role: str, database: str) -> str:
        """Return the address of a database of the embedded PostgreSQL for ``role``."""
        return f"postgresql://{role}:{quote(self.password(role), safe='')}@/{database}?host={quote(str(self.socket))}"
