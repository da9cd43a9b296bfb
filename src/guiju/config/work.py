"""Does the deferred jobs."""

import asyncio
import threading

from procrastinate import App
from procrastinate.contrib.django import app
from procrastinate.contrib.django.django_connector import DjangoConnector

from guiju.config import lifeline, rescuing

GRACE_SECONDS = 5


def work() -> None:
    """Do jobs until SIGTERM or SIGINT; a long job under way is put back after five seconds, where it stands."""
    lifeline.follow_supervisor()
    connector = app.connector
    if not isinstance(connector, DjangoConnector):
        raise TypeError("The jobs live in Django's database")
    stop = threading.Event()
    rescuer = threading.Thread(target=rescuing.keep_rescuing, args=[stop], daemon=True, name="rescuer")
    rescuer.start()
    try:
        # A copy fetches the jobs over its own connections; jobs that a job defers still join Django's transaction.
        asyncio.run(_run(app.with_connector(connector.get_worker_connector())))
    finally:
        stop.set()
        rescuer.join()


async def _run(worker: App) -> None:
    async with worker.open_async():
        await worker.run_worker_async(
            name="guiju",
            shutdown_graceful_timeout=GRACE_SECONDS,
            update_heartbeat_interval=rescuing.HEARTBEAT_SECONDS,
            stalled_worker_timeout=rescuing.SILENT_SECONDS,
            delete_jobs="successful",
            install_signal_handlers=True,
        )
