"""The one place that asks what time it is; everything below receives ``at``."""

from datetime import UTC, datetime


def now() -> datetime:
    """Return the current moment in UTC, with microseconds."""
    return datetime.now(tz=UTC)
