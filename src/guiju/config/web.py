"""Serves the product over HTTP with granian."""

from typing import Any

from granian import Granian
from granian.constants import Interfaces
from granian.log import LogLevels

from guiju.config import lifeline
from guiju.config.environment import Environment


def serve(environment: Environment) -> None:
    """Serve until SIGTERM or SIGINT; requests under way are finished first."""
    lifeline.follow_supervisor()
    Granian(
        target="guiju.config.wsgi:application",
        address=environment.host,
        port=environment.port,
        interface=Interfaces.WSGI,
        workers=environment.workers,
        blocking_threads=environment.threads,
        blocking_threads_idle_timeout=600,
        respawn_failed_workers=True,
        respawn_interval=1,
        workers_kill_timeout=10,
        log_level=LogLevels.warning,
        process_name=None,
        websockets=False,
    ).serve(target_loader=load)


def load(*_: Any) -> Any:
    """Return the web application inside a serving process, which ends with the process that started it."""
    lifeline.follow_parent()
    from guiju.config.wsgi import application  # noqa: PLC0415 - each serving process wakes its own Django

    return application
