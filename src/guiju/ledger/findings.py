"""What a check of the ledger found, in words. Pure: an offline check needs no settings."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


def gettext_noop(message: str) -> str:
    """Mark ``message`` for translation; the screen that shows it translates it."""
    return message


WORDS = {
    "entry-changed": gettext_noop(
        "Entry %(id)s (place %(index)s, %(kind)s) is not what was sealed: it was changed afterwards."
    ),
    "entry-missing": gettext_noop("Entry %(id)s (place %(index)s) was sealed and is missing: it was deleted."),
    "entry-extra": gettext_noop(
        "Entry %(id)s (%(kind)s) is old but has no place in the tree: it was put in behind the product's back."
    ),
    "entry-lines": gettext_noop("Entry %(id)s (place %(index)s) holds a line break: it was changed afterwards."),
    "places-changed": gettext_noop(
        "The list of entries for the places from %(first)s on was changed: entries were swapped, added or taken away."
    ),
    "tile-missing": gettext_noop("The hashes for the places from %(first)s on are missing (%(path)s)."),
    "tile-changed": gettext_noop("Stored hashes of the tree were changed (%(path)s)."),
    "tree-differs": gettext_noop(
        "The tree does not match the checkpoint of %(size)s entries: entries and their hashes were changed together, "
        "between the places %(first)s and %(last)s."
    ),
    "span-differs": gettext_noop(
        "The places %(first)s to %(last)s do not add up to the hash stored above them (%(path)s)."
    ),
    "checkpoint-forged": gettext_noop("The checkpoint of %(size)s entries is not signed by this ledger: %(reason)s."),
    "checkpoint-differs": gettext_noop("The checkpoint of %(size)s entries does not say what its signed note says."),
    "checkpoint-missing": gettext_noop("There is no checkpoint for the %(size)s entries that were sealed."),
    "kept-checkpoint-differs": gettext_noop(
        "The ledger no longer holds the %(size)s entries of the checkpoint you kept: it was cut short or rewritten."
    ),
    "guard-missing": gettext_noop("The database no longer guards the ledger: %(guard)s is missing or switched off."),
    "file-missing": gettext_noop("The file %(path)s is missing or cannot be read."),
    "file-broken": gettext_noop("The file %(path)s is cut short or has bytes too many."),
}


@dataclass(frozen=True)
class Finding:
    """One thing wrong: a code, and what its sentence speaks of."""

    code: str
    facts: Mapping[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        return WORDS[self.code] % self.facts

    @property
    def index(self) -> int | None:
        """Return the place of the entry it is about, where it is about one."""
        return self.facts.get("index")


@dataclass(kw_only=True)
class Report:
    """The result of a check."""

    origin: str = ""
    size: int = 0
    pending: int = 0
    checkpoints: int = 0
    root: bytes = b""
    findings: list[Finding] = field(default_factory=list)
    found: int = 0

    @property
    def ok(self) -> bool:
        """Return whether everything is as it was sealed."""
        return not self.found

    @property
    def first_bad(self) -> Finding | None:
        """Return the first bad entry, or whatever else is wrong first."""
        about_entries = [item for item in self.findings if "id" in item.facts]
        about_entries.sort(key=lambda item: item.facts.get("index", self.size))
        return next(iter(about_entries or self.findings), None)

    def add(self, code: str, **facts: Any) -> None:
        """Add a finding; of very many alike only the first are kept, but all are counted."""
        self.found += 1
        if sum(item.code == code for item in self.findings) < KEPT:
            self.findings.append(Finding(code, facts))


KEPT = 20


def kind_of(leaf: bytes) -> str:
    """Return the kind that a leaf names, or a question mark."""
    try:
        kind = json.loads(leaf).get("kind", "?")
    except (ValueError, AttributeError):
        return "?"
    return str(kind)
