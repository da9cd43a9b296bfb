"""Gives jobs back whose worker died in the middle: another goes on from where they were acknowledged."""

import threading

from django.db import Error, close_old_connections, connection, transaction
from procrastinate.contrib.django import app
from procrastinate.exceptions import ConnectorException
from procrastinate.jobs import Job, Status
from procrastinate.utils import async_to_sync

from guiju.kit import clock

HEARTBEAT_SECONDS = 2.0
SILENT_SECONDS = 10.0
MOST_ATTEMPTS = 20
"""A job that took so many workers with it is left to people."""
_LOOK_SECONDS = 2.0
_ADVISORY_LOCK = 0x67_75_69_6A_76


def rescue() -> int:
    """Put the jobs of workers that have been silent back into the queue, once each, and return how many."""
    with transaction.atomic(), connection.cursor() as cursor:
        # Two that look at once would give the same job back twice, the second time while a worker is at it again.
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [_ADVISORY_LOCK])
        if not cursor.fetchone()[0]:
            return 0
        stalled = list(async_to_sync(app.job_manager.get_stalled_jobs, seconds_since_heartbeat=SILENT_SECONDS))
        for job in stalled:
            _give_back(job)
    return len(stalled)


def _give_back(job: Job) -> None:
    if job.attempts >= MOST_ATTEMPTS:
        async_to_sync(app.job_manager.finish_job, job=job, status=Status.FAILED, delete_job=False)
    else:
        async_to_sync(app.job_manager.retry_job, job=job, retry_at=clock.now())


def keep_rescuing(stop: threading.Event) -> None:
    """Look for such jobs until ``stop``, in a thread beside the worker: a long job must not hold the rescue up."""
    try:
        while not stop.wait(_LOOK_SECONDS):
            close_old_connections()
            try:
                rescue()
            except (Error, ConnectorException):
                connection.close()  # the database is away, or the job has just ended; the next look is soon
    finally:
        connection.close()
