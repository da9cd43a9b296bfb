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
INSERT INTO access_repeatablecall (token_id, key, body, status, at) VALUES (%s, %s, %s, 0, %s)
ON CONFLICT (token_id, key) DO NOTHING
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
    _sweep(at)
    name, content = _digest("key", f"{operation}\n{key}".encode()), _digest("body", operation.encode() + b"\n" + body)
    with connection.cursor() as cursor:
        cursor.execute(_CLAIM, [token, name, content, at])
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


def _sweep(at: datetime) -> None:
    old = RepeatableCall.objects.filter(at__lt=at - KEPT_FOR).order_by("at").values_list("token_id", "key")
    for token, key in old.select_for_update(skip_locked=True)[:SWEPT]:
        RepeatableCall.objects.filter(token_id=token, key=key).delete()
