"""Who is told of an event inside the transaction that recorded it."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, Protocol

from guiju.ledger.events import Event
from guiju.ledger.models import Entry


class Subscriber(Protocol):
    """A function of a higher room, called with the event, its entry, who acted and when."""

    def __call__(self, *, event: Any, entry: Entry, by: Any, at: datetime) -> object:
        """Hear of ``event``."""
        ...


_subscribers: dict[type[Event], list[Subscriber]] = {}


def subscribe[S: Subscriber](*events: type[Event]) -> Callable[[S], S]:
    """Call the decorated function for each of ``events``, before the transaction that recorded it ends.

    What it raises undoes the whole transaction. Subscribing to a base class subscribes to all its events.
    """

    def decorate(function: S) -> S:
        for event in events:
            known = _subscribers.setdefault(event, [])
            if function not in known:
                known.append(function)
        return function

    return decorate


def subscribers(event: type[Event]) -> list[Subscriber]:
    """Return who is told of ``event``, in the order of subscribing."""
    return [function for base in event.__mro__ for function in _subscribers.get(base, ())]
