"""An entry in words, in the reader's language."""

import json
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from guiju.ledger.events import CATALOGUE, Event
from guiju.ledger.models import Entry

_FALLBACK = _("{actor} did something that this version of the product does not know: {kind}")


class _Known(dict[str, Any]):
    """What the sentence may name; what the entry does not hold reads as a dash."""

    def __missing__(self, key: str) -> str:
        return "–"


def sentence(entry: Entry, *, actor: str | None = None, names: Mapping[str, str] | None = None) -> str:
    """Return what ``entry`` records as a sentence.

    ``actor`` is the name to show instead of the bare reference; ``names`` does the same for references such as
    ``person:…`` or ``role:…`` among the entry's facts.
    """
    event = CATALOGUE.get(entry.kind)
    template = str(event.sentence if event else _FALLBACK)
    values = {name: _words(value, names or {}) for name, value in facts(entry).items()}
    named = _subjects(event, entry) if event else {}
    return template.format_map(_Known(named | values | {"actor": actor or entry.actor, "kind": entry.kind}))


def facts(entry: Entry) -> dict[str, Any]:
    """Return the entry's payload."""
    found: dict[str, Any] = json.loads(entry.payload)
    return found


def _subjects(event: type[Event], entry: Entry) -> dict[str, str]:
    names = event.subject_fields
    if len(names) == len(entry.subjects):
        return {name: str(subject) for name, subject in zip(names, entry.subjects, strict=True)}
    return dict.fromkeys(names, str(len(entry.subjects)))


def _words(value: Any, names: Mapping[str, str]) -> Any:
    if isinstance(value, list):
        return ", ".join(names.get(str(item), str(item)) for item in value) or "–"
    return "–" if value is None else names.get(str(value), value)
