"""The door itself: what passes through it is permitted, recorded and undone as a whole."""

from datetime import datetime

import pytest

from guiju.access.actors import Actor
from guiju.access.door import NothingRecorded, action
from guiju.access.events import PersonActivated
from guiju.access.models import Unit
from guiju.access.permissions import Permission
from guiju.access.tests.cast import NOON, OPERATOR
from guiju.kit.errors import Refused
from guiju.ledger import journal
from guiju.ledger.models import Entry


@action(needs=Permission.PERSON_MANAGE)
def found_silently(*, by: Actor, at: datetime) -> None:
    """Change something and record nothing."""
    Unit.objects.create(name="Silent", path="1.")


@action(needs=Permission.PERSON_MANAGE)
def record_and_refuse(*, by: Actor, at: datetime) -> None:
    """Record something, then refuse."""
    journal.record(PersonActivated(person="person:1"), by=by, at=at)
    raise Refused


@action(needs=Permission.PERSON_MANAGE)
def found_in_the_shadow(*, by: Actor, at: datetime) -> None:
    """Change something beside an action whose refusal is put up with."""
    Unit.objects.create(name="Silent", path="1.")
    try:
        record_and_refuse(by=by, at=at)
    except Refused:
        return


def test_what_changes_something_and_records_nothing_is_undone(db: None) -> None:
    with pytest.raises(NothingRecorded):
        found_silently(by=OPERATOR, at=NOON)
    assert not Unit.objects.exists()


def test_an_entry_that_was_undone_vouches_for_no_change(db: None) -> None:
    with pytest.raises(NothingRecorded):
        found_in_the_shadow(by=OPERATOR, at=NOON)
    assert not Unit.objects.exists()
    assert not Entry.objects.exists()
