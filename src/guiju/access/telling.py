"""Ledger entries told to a reader: sentences with the names of people, roles, units, tokens and purposes."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from guiju.access.queries import labels
from guiju.ledger.models import Entry
from guiju.ledger.queries import facts, sentence


@dataclass(frozen=True, slots=True)
class Told:
    """An entry and its sentence in the reader's language."""

    entry: Entry
    sentence: str


def tell(entries: Sequence[Entry]) -> list[Told]:
    """Return the sentences of entries, with all names looked up at once."""
    refs = {entry.actor for entry in entries}
    for entry in entries:
        refs |= {ref for value in facts(entry).values() for ref in _refs(value)}
    names = labels(refs)
    return [Told(entry, sentence(entry, actor=names[entry.actor], names=names)) for entry in entries]


def _refs(value: Any) -> list[str]:
    values = value if isinstance(value, list) else [value]
    return [item for item in values if isinstance(item, str) and ":" in item]
