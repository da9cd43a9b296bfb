"""Keeps the embedded PostgreSQL up exactly as long as somebody uses it.

Every process that needs the database holds a shared lock. Whoever comes first starts the server and, beside it, a
keeper: a small process that waits until the last lock is gone (the kernel drops the lock of a killed process too) and
then stops the server. So nothing stays behind, and two commands at once do not pull the floor from under each other.
"""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NoReturn

from guiju.config.embedded import START_SECONDS, Cluster
from guiju.config.home import Home
from guiju.config.locks import Lock
from guiju.config.words import _
from guiju.kit.errors import Unavailable

# A Popen that is collected while its process runs makes Python warn; keepers outlive us by design.
_outliving_us: dict[Path, list[subprocess.Popen[bytes]]] = {}


class Busy(Unavailable):
    """Another process has been starting or stopping the database for too long."""

    code = "database-busy"
    message = _("Another Guiju process has been starting this installation's PostgreSQL for too long.")
    remedy = _("Look at its log under GUIJU_HOME and stop that process.")


def _users(home: Home) -> Lock:
    return Lock(home.locks / "users")


def _keeper(home: Home) -> Lock:
    return Lock(home.locks / "keeper")


def _starting(home: Home) -> Lock:
    return Lock(home.locks / "starting")


@contextmanager
def serving(cluster: Cluster) -> Iterator[None]:
    """Have the cluster up inside; it stops after the last process inside has left."""
    cluster.home.make()
    user = _users(cluster.home)
    try:
        with _starting_alone(cluster.home):
            # A keeper that is stopping the server holds this lock alone until it is done.
            if not user.take(shared=True, wait=START_SECONDS):
                _give_up()
            _bring_up(cluster)
        yield
    finally:
        user.release()


def revive(cluster: Cluster) -> None:
    """Start the cluster again after a crash; for a process inside ``serving``."""
    with _starting_alone(cluster.home):
        _bring_up(cluster)


@contextmanager
def _starting_alone(home: Home) -> Iterator[None]:
    starting = _starting(home)
    if not starting.take(wait=START_SECONDS):
        _give_up()
    try:
        yield
    finally:
        starting.release()


def _give_up() -> NoReturn:
    raise Busy


def kept(home: Home) -> bool:
    """Tell whether a keeper watches over the server; a server that is just being started counts as kept."""
    starting, keeper = _starting(home), _keeper(home)
    if not starting.take():
        return True
    # Nobody starts a keeper meanwhile, so this look at the lock is never taken for one.
    free = keeper.take()
    keeper.release()
    starting.release()
    return not free


def settle(cluster: Cluster, *, wait: float) -> bool:
    """Wait until the keeper has stopped the server; False where others still use it after ``wait`` seconds."""
    deadline = time.monotonic() + wait
    while kept(cluster.home):
        if time.monotonic() >= deadline:
            return False
        time.sleep(0.05)
    for started in _outliving_us.pop(cluster.home.path, []):
        started.wait()
    return True


def _bring_up(cluster: Cluster) -> None:
    cluster.start()
    keeper = _keeper(cluster.home)
    if keeper.take():
        # The keeper is born with the lock: there is no moment at which a server has none.
        keeper_process = subprocess.Popen(
            [sys.executable, "-m", "guiju.config.keeper", str(cluster.home.path), str(keeper.fileno())],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
            cwd="/",
            pass_fds=[keeper.fileno()],
        )
        keeper.release()
        _outliving_us.setdefault(cluster.home.path, []).append(keeper_process)


def keep(home: Home, *, lock: int) -> None:
    """Wait for the last user to leave, then stop the server; ``lock`` is the descriptor of the keeper's lock."""
    users = _users(home)
    users.take(wait=None)
    Cluster(home=home).stop()
    # In this order: whoever is let in next must find that there is no keeper.
    os.close(lock)
    users.release()


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    keep(Home(Path(sys.argv[1])), lock=int(sys.argv[2]))
