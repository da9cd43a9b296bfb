"""Whether the processes that should run do: sequencer and worker."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.db import connection

from guiju.config.doctor.finding import Finding, good, warning
from guiju.config.words import _
from guiju.kit import clock
from guiju.ledger import queries

SILENT = timedelta(seconds=30)
_WORKER = "SELECT max(last_heartbeat) FROM procrastinate_workers"
_JOBS = "SELECT count(*) FROM procrastinate_jobs WHERE status = 'todo' AND coalesce(scheduled_at, now()) <= now()"


def look() -> Iterator[Finding]:
    """Yield whether sequencer and worker are at work."""
    at = clock.now()
    yield sequencer(at)
    yield worker(at)


def sequencer(at: datetime) -> Finding:
    """Look at the sequencer's last sign of life and at what waits for it."""
    seen, waiting = queries.sequencer_seen_at(), queries.pending_count()
    if seen is None or at - seen > SILENT:
        return warning(
            "sequencer",
            _("The sequencer is not at work; {count} entries wait for their place.").format(count=waiting),
            mend=_("Start “guiju up”, or “guiju sequencer” as a unit of its own."),
        )
    return good(
        "sequencer", _("The sequencer is at work; {count} entries wait for their place.").format(count=waiting)
    )


def worker(at: datetime) -> Finding:
    """Look at the worker's last sign of life and at the jobs that wait for it."""
    with connection.cursor() as cursor:
        cursor.execute(_WORKER)
        (seen,) = cursor.fetchone()
        cursor.execute(_JOBS)
        (waiting,) = cursor.fetchone()
    if seen is None or at - seen > SILENT:
        return warning(
            "worker",
            _("The worker is not at work; {count} jobs wait.").format(count=waiting),
            mend=_("Start “guiju up”, or “guiju worker” as a unit of its own."),
        )
    return good("worker", _("The worker is at work; {count} jobs wait.").format(count=waiting))
