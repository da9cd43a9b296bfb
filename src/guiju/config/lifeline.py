"""Ends a process of ours when the process that started it is gone, even if that one was killed."""

import multiprocessing
import os
import signal
import threading

VARIABLE = "GUIJU_SUPERVISED"
GRACE_SECONDS = 15
_STDIN = 0


def follow_supervisor() -> None:
    """Stop this process when its standard input closes: the supervisor holds the other end and never writes.

    Does nothing where no supervisor started the process.
    """
    if os.environ.get(VARIABLE) == "yes":
        threading.Thread(target=_wait_for_end_of_input, daemon=True, name="lifeline").start()


def follow_parent() -> None:
    """Stop this process when the ``multiprocessing`` parent that forked or spawned it is gone."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_wait_for_parent, args=[parent], daemon=True, name="lifeline").start()


def _wait_for_end_of_input() -> None:
    while os.read(_STDIN, 1024):
        pass
    _leave()


def _wait_for_parent(parent: multiprocessing.process.BaseProcess) -> None:
    parent.join()
    _leave()


def _leave() -> None:
    """Stop as on SIGTERM; where that takes too long, at once."""
    patience = threading.Timer(GRACE_SECONDS, os._exit, args=[1])
    patience.daemon = True
    patience.start()
    os.kill(os.getpid(), signal.SIGTERM)
