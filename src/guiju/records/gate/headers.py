"""Guesses where the columns of a file go, from their names."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

from guiju.records.gate import targets
from guiju.records.gate.targets import DROP
from guiju.records.standard import Standard
from guiju.records.values.base import narrow

CERTAIN = 1.0
LIKELY = 0.8
UNKNOWN = 0.0

_NOISE = re.compile(r"[\s_\-./\\:：*＊#'’`]+|[(（\[【][^)）\]】]*[)）\]】]")
_LAST_NUMBER = re.compile(r"\d+$")


@dataclass(frozen=True, slots=True)
class Guess:
    """A path for one column and how sure it is; an empty path where nothing is known of the name."""

    column: str
    path: str
    confidence: float


def folded(name: str) -> str:
    """Return the name of a column without case, spaces, punctuation and remarks in brackets."""
    return _NOISE.sub("", narrow(name).casefold())


@cache
def _content() -> Any:
    return yaml.safe_load((files("guiju.records") / "standards" / "headers.yaml").read_text("utf-8"))


@cache
def _known() -> dict[str, str]:
    known = {folded(name): DROP for name in quarantine_columns()}
    for path, names in _content()["targets"].items():
        for name in names:
            known.setdefault(folded(name), path)
    return known


@cache
def quarantine_columns() -> tuple[str, ...]:
    """Return the names of the columns that a quarantine file adds: row, column, rule, message and remedy."""
    return tuple(_content()["quarantine"])


def guess(columns: Sequence[str], standard: Standard) -> list[Guess]:
    """Guess a path for each column; no two columns get the same path unless their values can be joined."""
    found = [_look_up(column) for column in columns]
    main, human = _subjects([path for path, _confidence in found])
    taken: set[str] = set()
    guesses = []
    for column, (template, confidence) in zip(columns, found, strict=True):
        path = template.replace("main.", f"{main}.").replace("human.", f"{human}.")
        if not path or not _fits(path, taken, standard):
            guesses.append(Guess(column, "", UNKNOWN))
            continue
        taken.add(path)
        guesses.append(Guess(column, path, confidence))
    return guesses


def _look_up(column: str) -> tuple[str, float]:
    name = folded(column)
    known = _known()
    if name in known:
        return known[name], CERTAIN
    shorter = _LAST_NUMBER.sub("", name)
    return (known[shorter], LIKELY) if shorter in known else ("", UNKNOWN)


def _subjects(paths: Sequence[str]) -> tuple[str, str]:
    """Return what a row is about and what its person is called in paths.

    A file with both an organisation and a person is about the one whose name comes first; a bare "Name" is an
    organisation's where other columns speak of organisations only.
    """
    organisation = next((place for place, path in enumerate(paths) if path == "organisation.name"), None)
    person = next((place for place, path in enumerate(paths) if path.startswith("human.name")), None)
    if organisation is not None and (person is None or organisation < person):
        return "organisation", "contact"
    if person is None and any(path.startswith("organisation.") for path in paths) and "main.name" in paths:
        return "organisation", "contact"
    return "person", "person"


def _fits(path: str, taken: set[str], standard: Standard) -> bool:
    if path == DROP:
        return True
    target = targets.parse(path)
    if target is None:
        return False
    if not target.party:
        return path not in taken and targets.envelope_field(target, standard) is not None
    spec = targets.field(target, standard)
    if spec is None:
        return False
    joins = spec.multi and target.piece in {"", "line"}
    return joins or path not in taken
