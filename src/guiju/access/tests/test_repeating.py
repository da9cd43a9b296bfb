"""Keys of repeatable calls are forgotten after a day, however many wait to be swept."""

from datetime import datetime, timedelta
from uuid import UUID

from django.db import connection
from django.test.utils import CaptureQueriesContext

from guiju.access import actions, queries, repeating
from guiju.access.events import PersonChanged
from guiju.access.models import Person, RepeatableCall
from guiju.access.tests.cast import NOON, OPERATOR, last
from guiju.ledger import journal

LATER = NOON + repeating.KEPT_FOR + timedelta(seconds=1)


def token_of(person: Person) -> UUID:
    token, _secret = actions.create_token(
        person=person, name="Sync", purposes=["service"], expires_at=NOON + timedelta(days=30),
        by=queries.actor_for(person=person, at=NOON), at=NOON,
    )  # fmt: skip
    return token.pk


def call(person: Person, token: UUID, *, at: datetime, body: bytes = b"{}") -> tuple[UUID, bool]:
    """Ask for the same write under the same key; return what was made, and whether that was before."""

    def make() -> tuple[int, UUID]:
        entry = journal.record(PersonChanged(person=person.ref, fields=()), by=OPERATOR, at=at)
        return 201, UUID(int=entry.id)

    by = queries.actor_for(person=person, at=at)
    (_status, made), repeated = repeating.once(
        key="order-1", operation="create", body=body, make=make, by=by, token=token, at=at
    )
    return made, repeated


def leave_old_keys(token: UUID, *, number: int) -> None:
    """Leave keys of yesterday, each older than any that a test makes."""
    RepeatableCall.objects.bulk_create(
        RepeatableCall(
            token_id=token, key=number.to_bytes(32), body=b"", status=201, made=token, at=NOON - timedelta(hours=1)
        )
        for number in range(number)
    )


def test_a_key_older_than_a_day_is_new_again_while_others_wait_to_be_swept(bo: Person) -> None:
    token = token_of(bo)
    first, _repeated = call(bo, token, at=NOON)
    leave_old_keys(token, number=repeating.SWEPT)
    again, repeated = call(bo, token, at=LATER, body=b'{"other":1}')
    assert (again, repeated) == (UUID(int=last().id), False)
    assert again != first
    assert call(bo, token, at=LATER, body=b'{"other":1}') == (again, True)


def test_sweeping_many_keys_costs_as_much_as_sweeping_none(bo: Person) -> None:
    token = token_of(bo)
    with CaptureQueriesContext(connection) as none:
        call(bo, token, at=NOON)
    leave_old_keys(token, number=repeating.SWEPT)
    with CaptureQueriesContext(connection) as many:
        call(bo, token, at=LATER)
    assert len(many) == len(none)
    assert RepeatableCall.objects.count() == 1
