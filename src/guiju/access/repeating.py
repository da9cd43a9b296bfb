"""Writes that may be sent twice: the same key and the same body get the same answer, without a second write."""

from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import UUID

from django.db import connection
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from guiju.access import events
from guiju.access.actors import Actor
from guiju.access.door import action
from guiju.access.models import RepeatableCall
from guiju.access.permissions import Permission
from guiju.kit.errors import Refused
from guiju.ledger import journal

KEPT_FOR = timedelta(days=1)
SWEPT = 200

type Made = tuple[int, UUID]

_CLAIM = """
INSERT INTO access_repeatablecall AS held (token_id, key, body, status, at) VALUES (%s, %s, %s, 0, %s)
ON CONFLICT (token_id, key) DO UPDATE SET body = excluded.body, at = excluded.at WHERE held.at < %s
"""
_SWEEP = """
DELETE FROM access_repeatablecall WHERE (token_id, key) IN (
    SELECT token_id, key FROM access_repeatablecall WHERE at < %s ORDER BY at LIMIT %s FOR UPDATE SKIP LOCKED)
"""


class KeyReused(Refused):
    """The Idempotency-Key belongs to another request."""

    code = "idempotency-key-reused"
    status = 422
    message = _("This Idempotency-Key was used for another request within the last day.")
    remedy = _("Send the first request unchanged, or choose a new key.")


@action(needs=Permission.ACCOUNT_OWN)
def once(
    *, key: str, operation: str, body: bytes, make: Callable[[], Made], by: Actor, token: UUID, at: datetime
) -> tuple[Made, bool]:
    """Call ``make`` unless this token did so with ``key`` within a day; return what was made, and whether then.

    A second request with the same key waits for the first to end. Raises KeyReused where the body is another one.
    """
    name, content = _digest("key", f"{operation}\n{key}".encode()), _digest("body", operation.encode() + b"\n" + body)
    with connection.cursor() as cursor:
        cursor.execute(_SWEEP, [at - KEPT_FOR, SWEPT])
        cursor.execute(_CLAIM, [token, name, content, at, at - KEPT_FOR])
        first = cursor.rowcount == 1
    call = RepeatableCall.objects.filter(token_id=token, key=name)
    if first:
        status, made = make()
        call.update(status=status, made=made)
        return (status, made), False
    found = call.get()
    if bytes(found.body) != content or found.made is None:
        raise KeyReused
    journal.record(events.CallRepeated(operation=operation, made=found.made), by=by, at=at)
    return (found.status, found.made), True


def _digest(part: str, content: bytes) -> bytes:
    return salted_hmac(f"guiju.repeatable.{part}", content, algorithm="sha256").digest()
