"""Runs the whole product as one tree of processes and takes all of it down again."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from guiju.config import lifeline

GRACE_SECONDS = 20
_LONGEST_PAUSE = 30.0
_STABLE_SECONDS = 60.0
_BIGGEST_LOG = 5_000_000


@dataclass
class Child:
    """One process that is kept running: restarted after a crash, later each time it crashes soon again."""

    name: str
    command: list[str]
    log: Path
    variables: Mapping[str, str] = field(default_factory=dict)
    process: subprocess.Popen[bytes] | None = None
    crashes: int = 0
    started: float = 0.0
    due: float = 0.0

    def start(self) -> None:
        """Start the process in a group of its own; its standard input is the line it holds on to."""
        if self.log.exists() and self.log.stat().st_size > _BIGGEST_LOG:
            self.log.replace(self.log.with_suffix(".log.1"))
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                self.command,
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
                start_new_session=True,
                env={**os.environ, **self.variables, lifeline.VARIABLE: "yes"},
            )
        self.started = time.monotonic()

    def alive(self) -> bool:
        """Tell whether the process runs."""
        return self.process is not None and self.process.poll() is None

    def look_after(self) -> bool:
        """Restart the process where it crashed and its pause is over; tell whether it has just crashed."""
        now = time.monotonic()
        if self.process is None:
            if now >= self.due:
                self.start()
            return False
        if self.alive():
            return False
        self._end_group()
        self.crashes = 1 if now - self.started > _STABLE_SECONDS else self.crashes + 1
        self.due = now + min(_LONGEST_PAUSE, 0.25 * 2**self.crashes)
        self.process = None
        return True

    def ask_to_stop(self) -> None:
        """Send SIGTERM to the process."""
        if self.process is not None and self.alive():
            self.process.terminate()

    def see_off(self, *, deadline: float) -> None:
        """Wait until the process has ended; at the deadline it is killed with all it started."""
        if self.process is None:
            return
        with suppress(subprocess.TimeoutExpired):
            self.process.wait(timeout=max(0.1, deadline - time.monotonic()))
        self._end_group()
        self.process.wait()
        self.process = None

    def _end_group(self) -> None:
        if self.process is not None:
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(self.process.pid, signal.SIGKILL)
            if self.process.stdin is not None:
                self.process.stdin.close()

    def last_words(self) -> str:
        """Return the last line of the process's log."""
        lines = self.log.read_text(errors="replace").splitlines() if self.log.exists() else []
        return next((line.strip() for line in reversed(lines) if line.strip()), "")


class Supervisor:
    """Keeps children running; ``tend`` is called every round, ``tell`` with a crashed child's name and last words."""

    def __init__(self, *, children: list[Child], tend: Callable[[], None], tell: Callable[[str, str], None]) -> None:
        self.children = children
        self.tend = tend
        self.tell = tell

    def start(self) -> None:
        """Start every child."""
        for child in self.children:
            child.start()

    def add(self, children: list[Child]) -> None:
        """Look after further children, which start in the next round."""
        self.children += children

    def run(self, *, until: Callable[[], bool] = lambda: False, wait: float | None = None) -> bool:
        """Look after the children until ``until`` says yes; False where it does not within ``wait`` seconds."""
        deadline = None if wait is None else time.monotonic() + wait
        while deadline is None or time.monotonic() < deadline:
            if until():
                return True
            self.tend()
            for child in self.children:
                if child.look_after():
                    self.tell(child.name, child.last_words())
            time.sleep(0.1)
        return False

    def end(self) -> None:
        """Stop the children in their order, gracefully; none is left."""
        deadline = time.monotonic() + GRACE_SECONDS
        for child in self.children:
            child.ask_to_stop()
            child.see_off(deadline=deadline)


def guiju(*arguments: str) -> list[str]:
    """Return the command line that runs ``guiju`` with the Python of this process."""
    return [sys.executable, "-m", "guiju.config.cli", *arguments]
