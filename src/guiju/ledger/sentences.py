"""An entry in words, in the reader's language."""

import json
import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from guiju.kit.errors import Words
from guiju.ledger.events import CATALOGUE, Event
from guiju.ledger.models import Entry

type Vocabulary = Mapping[str, Callable[[], Mapping[str, Words]]]

_FALLBACK = _("{actor} did something that this version of the product does not know: {kind}")
_CLAUSES = re.compile(r"(; |；)")
_VOCABULARIES: dict[str, Vocabulary] = {}


def teach(*rooms: str, words: Vocabulary) -> None:
    """Keep what the codes in the entries of ``rooms`` are called: ``words`` gives, for a fact, its codes' words."""
    _VOCABULARIES.update(dict.fromkeys(rooms, words))


class _Known(dict[str, Any]):
    """What the sentence may name; what the entry does not hold reads as a dash."""

    def __missing__(self, key: str) -> str:
        return "–"


def sentence(entry: Entry, *, actor: str | None = None, names: Mapping[str, str] | None = None) -> str:
    """Return what ``entry`` records as a sentence, without the clauses that have nothing to say.

    ``actor`` is the name to show instead of the bare reference; ``names`` does the same for references such as
    ``person:…`` or ``role:…`` among the entry's facts.
    """
    event, said = CATALOGUE.get(entry.kind), facts(entry)
    known = _VOCABULARIES.get(entry.kind.partition(".")[0], {})
    values = {
        fact: _words(value, {**(known[fact]() if fact in known else {}), **(names or {})})
        for fact, value in said.items()
    }
    template = _without(str(event.sentence if event else _FALLBACK), [fact for fact in said if not _says(said[fact])])
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


def _says(value: Any) -> bool:
    return value not in ("", None, [])


def _without(template: str, empty: Iterable[str]) -> str:
    first, *rest = _CLAUSES.split(template)
    pairs = zip(rest[::2], rest[1::2], strict=True)
    unsaid = [f"{{{name}}}" for name in empty]
    return first + "".join(mark + clause for mark, clause in pairs if not any(name in clause for name in unsaid))


def _words(value: Any, known: Mapping[str, Words]) -> str:
    if isinstance(value, list):
        return gettext(", ").join(_words(item, known) for item in value) or "–"
    if isinstance(value, bool):
        return gettext("yes") if value else gettext("no")
    return str(known.get(str(value), value)) if _says(value) else "–"
