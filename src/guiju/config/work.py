"""Does the deferred jobs."""

import asyncio

from procrastinate import App
from procrastinate.contrib.django import app
from procrastinate.contrib.django.django_connector import DjangoConnector

from guiju.config import lifeline

GRACE_SECONDS = 10


def work() -> None:
    """Do jobs until SIGTERM or SIGINT; the job under way gets ten seconds to finish."""
    lifeline.follow_supervisor()
    connector = app.connector
    if not isinstance(connector, DjangoConnector):
        raise TypeError("The jobs live in Django's database")
    # A copy fetches the jobs over its own connections; jobs that a job defers still join Django's transaction.
    asyncio.run(_run(app.with_connector(connector.get_worker_connector())))


async def _run(worker: App) -> None:
    async with worker.open_async():
        await worker.run_worker_async(
            name="guiju",
            shutdown_graceful_timeout=GRACE_SECONDS,
            delete_jobs="successful",
            install_signal_handlers=True,
        )
