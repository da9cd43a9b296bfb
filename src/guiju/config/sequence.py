"""Runs the ledger's sequencer as a process of its own."""

import signal
import threading
from types import FrameType

from guiju.config import lifeline
from guiju.ledger import sequencer


def sequence() -> None:
    """Seal ledger entries until SIGTERM or SIGINT."""
    stop = threading.Event()

    def leave(_number: int, _frame: FrameType | None) -> None:
        stop.set()

    signal.signal(signal.SIGTERM, leave)
    signal.signal(signal.SIGINT, leave)
    lifeline.follow_supervisor()
    sequencer.run(stop)
