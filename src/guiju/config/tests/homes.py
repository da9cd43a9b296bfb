"""Homes for tests of the embedded PostgreSQL: short-lived, reachable by its user, and gone afterwards."""

import os
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from guiju.config.embedded import Cluster
from guiju.config.home import Home


@contextmanager
def fresh(*parts: str) -> Iterator[Home]:
    """Have a new home inside, below a temporary folder and ``parts``; its server is stopped and its files removed."""
    root = Path(tempfile.mkdtemp(prefix="guiju-home-"))
    root.chmod(0o755)
    home = Home(root.joinpath(*parts) if parts else root)
    try:
        yield home
    finally:
        if (home.cluster / "PG_VERSION").exists():
            Cluster(home=home, durable=False).stop(mode="immediate")
        for folder in (home.cluster, home.socket):
            shutil.rmtree(folder, ignore_errors=True)
            if folder.parent.name != "tmp" and not folder.parent.is_relative_to(root):
                shutil.rmtree(folder.parent, ignore_errors=True)
        shutil.rmtree(root, ignore_errors=True)


def processes(home: Home) -> list[str]:
    """Return the processes of this machine that work in ``home``, by what their command line or environment says."""
    found = []
    for folder in Path("/proc").iterdir():
        if not folder.name.isdigit() or int(folder.name) == os.getpid():
            continue
        try:
            command = (folder / "cmdline").read_bytes()
            told = command + b"\0" + (folder / "environ").read_bytes()
        except OSError:
            continue
        if os.fsencode(home.path) in told or os.fsencode(home.cluster) in command:
            found.append(command.replace(b"\0", b" ").decode(errors="replace"))
    return found


def eventually(question: Callable[[], bool], *, seconds: float) -> bool:
    """Tell whether the answer becomes yes within so many seconds."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if question():
            return True
        time.sleep(0.1)
    return False
