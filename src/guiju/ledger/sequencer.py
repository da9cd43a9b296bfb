"""The sequencer: the one process that gives entries their place in the tree, round after round."""

import threading
import time
from contextlib import suppress

import psycopg
import structlog

from guiju.kit import clock
from guiju.ledger import signing
from guiju.ledger.connecting import Connection, connect
from guiju.ledger.sequencing import BATCH, LOCK, Broken, Sealed, beat, seal, waiting

POLL_SECONDS = 0.1
ROUND_SECONDS = 0.5
"""The shortest time between two checkpoints, unless a round was full."""
BEAT_SECONDS = 5.0
STANDBY_SECONDS = 1.0
_LONGEST_PAUSE = 30.0

log = structlog.get_logger("guiju.ledger")


class Busy(RuntimeError):
    """Another sequencer is at work."""


def run(stop: threading.Event) -> None:
    """Seal entries until ``stop`` is set.

    Of several processes one is active and the others stand by. A lost database is awaited with growing pauses, and a
    tree that is not the signed one stops the sealing, loudly, until it is mended.
    """
    pause = 0.0
    while not stop.wait(pause):
        try:
            with connect(name="guiju-sequencer") as connection:
                pause = 0.0
                _stand_by(connection, stop)
                _work(connection, stop)
        except (psycopg.Error, OSError) as error:
            pause = min(_LONGEST_PAUSE, pause * 2 or 0.2)
            log.warning("sequencer.lost-database", error=type(error).__name__, again_in=pause)
        except Broken as error:
            pause = _LONGEST_PAUSE
            log.exception("sequencer.tree-broken", reason=str(error), again_in=pause)


def seal_pending(*, limit: int = BATCH) -> int:
    """Seal everything committed so far, once, and return how many entries that were; raises Busy."""
    count = 0
    with connect(name="guiju-sealing") as connection:
        if not _lock(connection):
            raise Busy
        sealed = Sealed(0, 0, more=True)
        while sealed.more:
            sealed = seal(connection, signer=signing.signer(), at=clock.now(), limit=limit)
            count += sealed.count
    return count


def _stand_by(connection: Connection, stop: threading.Event) -> None:
    while not _lock(connection) and not stop.wait(STANDBY_SECONDS):
        pass


def _work(connection: Connection, stop: threading.Event) -> None:
    signer = signing.signer()
    beaten = -BEAT_SECONDS
    if not stop.is_set():
        log.info("sequencer.active", origin=signer.name)
    while not stop.is_set():
        if time.monotonic() - beaten >= BEAT_SECONDS:
            beaten = time.monotonic()
            beat(connection, at=clock.now())
        if not waiting(connection):
            stop.wait(POLL_SECONDS)
            continue
        sealed = seal(connection, signer=signer, at=clock.now())
        if not sealed.more:
            stop.wait(ROUND_SECONDS if sealed.count else POLL_SECONDS)
    with suppress(psycopg.Error):
        connection.execute("SELECT pg_advisory_unlock(%s)", [LOCK])


def _lock(connection: Connection) -> bool:
    row = connection.execute("SELECT pg_try_advisory_lock(%s)", [LOCK]).fetchone()
    return bool(row and row[0])
