"""How often somebody may ask: counted in one-minute windows in the database, for all web processes together."""

from dataclasses import dataclass
from datetime import datetime

from django.db import connection
from django.utils.crypto import salted_hmac

WINDOW = 60

# One statement of its own: the row is locked for no longer than the count takes. A window that is over starts anew.
_COUNT = """
INSERT INTO access_callcount (who, started, calls) VALUES (%s, %s, 1)
ON CONFLICT (who) DO UPDATE SET
    calls = CASE WHEN access_callcount.started = excluded.started THEN access_callcount.calls + 1 ELSE 1 END,
    started = excluded.started
RETURNING calls
"""
_FORGET = "DELETE FROM access_callcount WHERE started < %s"


@dataclass(frozen=True, slots=True)
class Allowance:
    """What is left of a limit: calls, and seconds until the window starts anew."""

    name: str
    limit: int
    calls: int
    reset: int

    @property
    def spent(self) -> bool:
        """Say whether the last call was one too many."""
        return self.calls > self.limit

    def headers(self) -> dict[str, str]:
        """Return the fields of draft-ietf-httpapi-ratelimit-headers, and Retry-After where nothing is left."""
        left = max(0, self.limit - self.calls)
        told = {
            "RateLimit-Policy": f'"{self.name}";q={self.limit};w={WINDOW}',
            "RateLimit": f'"{self.name}";r={left};t={self.reset}',
        }
        return told | ({"Retry-After": str(self.reset)} if self.spent else {})


def count(*, name: str, who: str, limit: int, at: datetime) -> Allowance:
    """Count one more call of ``who`` and return what is left. Who it was is kept as a keyed digest."""
    seconds = int(at.timestamp())
    started = seconds - seconds % WINDOW
    digest = salted_hmac(f"guiju.calls.{name}", who, algorithm="sha256").digest()
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, [digest, started])
        row = cursor.fetchone()
        if row[0] == 1:
            cursor.execute(_FORGET, [started - WINDOW])
    return Allowance(name=name, limit=limit, calls=row[0], reset=started + WINDOW - seconds)
