"""The system user that PostgreSQL runs as when Guiju itself runs as root."""

import os
import pwd
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from guiju.config.words import _
from guiju.kit.errors import Refused

NAME = "guiju"
STATE = Path("/var/lib/guiju")


class NoSystemUser(Refused):
    """PostgreSQL refuses to run as root and no system user could be made for it."""

    code = "no-system-user"


@dataclass(frozen=True)
class Account:
    """A user of this machine."""

    name: str
    uid: int
    gid: int

    def as_user(self) -> dict[str, Any]:
        """Return the keyword arguments that make a subprocess run as this user."""
        return {"user": self.uid, "group": self.gid, "extra_groups": []}

    def owns(self, path: Path) -> None:
        """Make ``path``, one of our own files, belong to this user."""
        os.chown(path, self.uid, self.gid)

    def may_enter(self, folder: Path) -> bool:
        """Tell whether this user can reach what lies in ``folder``, by trying."""
        return self._can("-x", folder)

    def may_run(self, program: Path) -> bool:
        """Tell whether this user can execute ``program``, by trying."""
        return self._can("-x", program) and self._can("-r", program)

    def _can(self, test: str, path: Path) -> bool:
        return subprocess.run(["/usr/bin/test", test, path], check=False, cwd="/", **self.as_user()).returncode == 0


def _account(entry: pwd.struct_passwd) -> Account:
    return Account(entry.pw_name, entry.pw_uid, entry.pw_gid)


def of(*, data: Path) -> Account | None:
    """Return the user the server of ``data`` runs as: None for our own, else the owner of ``data``, else ``guiju``."""
    if os.geteuid() != 0:
        return None
    if data.exists() and (owner := data.stat().st_uid) != 0:
        try:
            return _account(pwd.getpwuid(owner))
        except KeyError:
            return Account(str(owner), owner, data.stat().st_gid)
    return ensure()


def ensure() -> Account:
    """Return the system user ``guiju``, made when it is missing; raise NoSystemUser where that is impossible."""
    try:
        return _account(pwd.getpwnam(NAME))
    except KeyError:
        pass
    for command in (
        [
            "useradd",
            "--system",
            "--user-group",
            "--no-create-home",
            "--home-dir",
            str(STATE),
            "--shell",
            "/bin/false",
            NAME,
        ],
        ["adduser", "-S", "-D", "-H", "-h", str(STATE), "-s", "/bin/false", NAME],
    ):
        program = shutil.which(command[0], path="/usr/sbin:/sbin:/usr/bin:/bin")
        if program and subprocess.run([program, *command[1:]], check=False, capture_output=True).returncode == 0:
            return _account(pwd.getpwnam(NAME))
    raise NoSystemUser(
        _("PostgreSQL does not run as root, and the system user “guiju” for it could not be made."),
        remedy=_("Make it with “useradd --system guiju”, or run Guiju as an ordinary user."),
    )
