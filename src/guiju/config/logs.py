"""Log lines without personal values: no request bodies, no query strings, no statements, no exception messages."""

from io import StringIO
from typing import Any

import structlog
from structlog.typing import ExcInfo, Processor

from guiju.config.quiet import bare_traceback

# These loggers would repeat statements, job arguments or request lines below the given level.
_QUIET = {
    "django.db.backends": "WARNING",
    "django.template": "WARNING",
    "procrastinate": "WARNING",
    "psycopg.pool": "WARNING",
    "asyncio": "WARNING",
    "PIL": "WARNING",
    "fontTools": "WARNING",
}


def _text(exc_info: ExcInfo) -> str:
    out = StringIO()
    bare_traceback(out, exc_info)
    return out.getvalue()


def configuration(*, level: str, style: str) -> dict[str, Any]:
    """Return Django's LOGGING: everything to standard error, as ``text`` or ``json``, from ``level`` on."""
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    end: list[Processor] = (
        [structlog.processors.ExceptionRenderer(_text), structlog.processors.JSONRenderer(ensure_ascii=False)]
        if style == "json"
        else [structlog.dev.ConsoleRenderer(colors=False, exception_formatter=bare_traceback)]
    )
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *shared,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "line": {
                "()": structlog.stdlib.ProcessorFormatter,
                "foreign_pre_chain": shared,
                "processors": [structlog.stdlib.ProcessorFormatter.remove_processors_meta, *end],
            }
        },
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
        "root": {"handlers": ["stderr"], "level": level.upper()},
        "loggers": {
            "django": {"handlers": [], "level": "INFO", "propagate": True},
            "django.server": {"handlers": [], "level": "WARNING", "propagate": True},
            **{name: {"level": least} for name, least in _QUIET.items()},
        },
    }
