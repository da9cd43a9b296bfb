"""The product as people run it: ``guiju up`` in a home of its own, and commands beside it."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self
from urllib.error import URLError
from urllib.request import urlopen

import psycopg

from guiju.config.home import KEYRING_DATABASE, MAIN_DATABASE, OWNER, Home
from guiju.config.tests import homes

READY_SECONDS = 120
NAMES = ("web", "worker", "sequencer")


def free_port() -> int:
    """Return a port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Said:
    """What a command said: its exit code, its JSON document, and its messages."""

    code: int
    data: dict[str, Any]
    messages: str


@dataclass
class Product:
    """One installation with its own home, port and temporary folder."""

    home: Home
    temporary: Path
    port: int = field(default_factory=free_port)
    settings: dict[str, str] = field(default_factory=dict)
    process: subprocess.Popen[bytes] | None = None

    @property
    def address(self) -> str:
        """Return where its pages are."""
        return f"http://localhost:{self.port}"

    @property
    def variables(self) -> dict[str, str]:
        """Return the environment of its processes."""
        plain = {name: value for name, value in os.environ.items() if not name.startswith(("GUIJU_", "PYTEST_"))}
        own = {"GUIJU_HOME": str(self.home.path), "GUIJU_PORT": str(self.port), "TMPDIR": str(self.temporary)}
        return plain | own | {"PYTHONWARNINGS": "ignore"} | self.settings

    def begin(self, *arguments: str) -> subprocess.Popen[bytes]:
        """Start a ``guiju`` command that answers as JSON."""
        return subprocess.Popen(
            [sys.executable, "-m", "guiju.config.cli", *arguments, "--json"],
            env=self.variables,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
        )

    def tell(self, *arguments: str, good: bool = True) -> dict[str, Any]:
        """Run a ``guiju`` command to its end and return what it says; fail where it does not end well."""
        said = finish(self.begin(*arguments))
        assert not good or said.code == 0, f"guiju {' '.join(arguments)}: {said}"
        return said.data

    def up(self) -> Self:
        """Start everything and wait until pages are served."""
        log = (self.temporary.parent / "up.log").open("ab")
        command = [sys.executable, "-m", "guiju.config.cli", "up", "--no-demo"]
        with log:
            self.process = subprocess.Popen(
                command, env=self.variables, stdout=log, stderr=log, stdin=subprocess.DEVNULL, start_new_session=True
            )
        self.wait_until(self.serving)
        return self

    def serving(self) -> bool:
        """Say whether the web process answers."""
        assert self.process is None or self.process.poll() is None, self.words()
        with suppress(URLError, OSError), urlopen(f"{self.address}/healthz", timeout=2) as answer:
            return bool(answer.status == 200)
        return False

    def words(self) -> str:
        """Return the last things that ``guiju up`` said."""
        return (self.temporary.parent / "up.log").read_text(errors="replace")[-2000:]

    def wait_until(self, done: Any, *, seconds: float = READY_SECONDS) -> None:
        """Wait until ``done()`` says yes; fail after ``seconds``."""
        deadline = time.monotonic() + seconds
        while not done():
            assert time.monotonic() < deadline, f"waited too long; {self.words()}"
            time.sleep(0.1)

    def down(self) -> None:
        """Stop everything as Ctrl-C does."""
        if self.process is not None:
            self.process.send_signal(signal.SIGINT)
            self.process.wait(timeout=120)
            self.process = None

    def pid_of(self, name: str) -> int | None:
        """Return the process of ``web``, ``worker``, ``sequencer`` or ``postgres``."""
        if name == "postgres":
            with suppress(OSError, ValueError, IndexError):
                return int((self.home.cluster / "postmaster.pid").read_text().splitlines()[0])
            return None
        return next((pid for pid, words in self._children() if words[-1] == name), None)

    def _children(self) -> Iterator[tuple[int, list[str]]]:
        assert self.process is not None
        for folder in Path("/proc").iterdir():
            with suppress(OSError, IndexError, ValueError):
                status = (folder / "stat").read_text().rpartition(")")[2].split()
                if int(status[1]) == self.process.pid:
                    words = (folder / "cmdline").read_bytes().decode().strip("\0").split("\0")
                    yield int(folder.name), words

    def kill(self, name: str) -> None:
        """End a process at once, with no chance to tidy up."""
        pid = self.pid_of(name)
        if pid is not None:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)

    @contextmanager
    def ask(self, *, keyring: bool = False, role: str = OWNER) -> Iterator[psycopg.Connection[tuple[Any, ...]]]:
        """Connect to one of its databases, as the superuser who owns it unless told otherwise."""
        database = KEYRING_DATABASE if keyring else MAIN_DATABASE
        with psycopg.connect(self.home.url(role=role, database=database), autocommit=True) as connection:
            yield connection

    def rows(self, question: str, *parameters: Any, keyring: bool = False) -> list[tuple[Any, ...]]:
        """Return what one of its databases answers."""
        with self.ask(keyring=keyring) as connection:
            return connection.execute(question.encode(), parameters).fetchall()


def finish(process: subprocess.Popen[bytes], *, seconds: float = 600) -> Said:
    """Wait for a command and return what it said."""
    out, errors = process.communicate(timeout=seconds)
    try:
        data = json.loads(out)
    except ValueError:
        data = {}
    return Said(process.returncode, data, errors.decode(errors="replace"))


@contextmanager
def installed(**settings: str) -> Iterator[Product]:
    """Have a new installation inside, not yet running; everything of it is stopped and removed afterwards."""
    with homes.fresh("home") as home:
        temporary = home.path.parent / "temporary"
        temporary.mkdir()
        temporary.chmod(0o1777)
        product = Product(home=home, temporary=temporary, settings=settings)
        try:
            yield product
        finally:
            try:
                product.down()
            except subprocess.TimeoutExpired:
                if product.process is not None:
                    os.killpg(product.process.pid, signal.SIGKILL)
