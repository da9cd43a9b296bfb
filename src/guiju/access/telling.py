"""Ledger entries told to a reader: sentences with the names of people, roles, units, tokens and purposes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from guiju.access.queries import labels
from guiju.access.wording import ACTS, FACTORS, PERMISSIONS
from guiju.ledger.models import Entry
from guiju.ledger.queries import facts, sentence, teach


@dataclass(frozen=True, slots=True)
class Told:
    """An entry, its sentence in the reader's language, and the name of who acted."""

    entry: Entry
    sentence: str
    actor: str


def tell(entries: Sequence[Entry], *, known: Mapping[str, str] | None = None) -> list[Told]:
    """Return the sentences of entries, with all names looked up at once except those ``known`` already."""
    names = dict(known or {})
    refs = {entry.actor for entry in entries}
    for entry in entries:
        refs |= {ref for value in facts(entry).values() for ref in _refs(value)}
    names |= labels(refs - names.keys())
    return [
        Told(entry, sentence(entry, actor=names[entry.actor], names=names), names[entry.actor]) for entry in entries
    ]


def _refs(value: Any) -> list[str]:
    values = value if isinstance(value, list) else [value]
    return [item for item in values if isinstance(item, str) and ":" in item]


teach(
    "access",
    words={
        "act": lambda: ACTS,
        "acts": lambda: ACTS,
        "factor": lambda: FACTORS,
        "reason": lambda: {"password": _("wrong password"), "locked": _("too many attempts")},
        "fields": lambda: {"name": _("Name"), "language": _("Language")},
        "permission": lambda: {str(one): words for one, words in PERMISSIONS.items()},
    },
)
