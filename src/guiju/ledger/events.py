"""What an event is: a fact in the past tense of ids, codes, counts and hashes, with its sentence."""

from collections.abc import Iterable
from dataclasses import dataclass, fields
from typing import Any, ClassVar
from uuid import UUID

from guiju.kit.errors import Words

type Scalar = str | int | bool | None
type Payload = dict[str, Scalar | list[Scalar]]

CATALOGUE: dict[str, type["Event"]] = {}


@dataclass(frozen=True, kw_only=True)
class Event:
    """Base of every event. Subclasses set ``kind`` and ``sentence`` and add fields of scalars or tuples of scalars.

    ``sentence`` is a lazily translated format string; it may name the event's fields and ``{actor}``.
    ``subject_fields`` names the fields that hold customer ids (a UUID or a tuple of them); those go into the entry's
    ``subjects`` and not into its payload.
    """

    kind: ClassVar[str]
    sentence: ClassVar[Words]
    subject_fields: ClassVar[tuple[str, ...]] = ()

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if "kind" in cls.__dict__:
            known = CATALOGUE.setdefault(cls.kind, cls)
            if known.__qualname__ != cls.__qualname__:
                raise TypeError(f"Two events share the kind {cls.kind}")

    def subjects(self) -> list[UUID]:
        """Return the ids of the customers this event is about."""
        found: list[UUID] = []
        for name in self.subject_fields:
            value = getattr(self, name)
            found.extend(value if isinstance(value, tuple) else [value])
        return found

    def payload(self) -> Payload:
        """Return the event's other fields as JSON scalars and lists of them."""
        return {
            field.name: _plain(getattr(self, field.name))
            for field in fields(self)
            if field.name not in self.subject_fields
        }


def _plain(value: Any) -> Any:
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, str):
        return str(value)
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, Iterable):
        return [_plain(item) for item in value]
    raise TypeError(f"An event holds ids, codes, counts and hashes; not {type(value).__name__}")
