"""What every type of value is made of."""

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from guiju.kit.errors import Problem

type Value = Any
"""A canonical value: JSON-able text, list or object."""


@dataclass(frozen=True, slots=True)
class Parsed:
    """A value that was understood, with what a person should look at."""

    value: Value
    warnings: tuple[Problem, ...] = ()


type Outcome = Parsed | Problem


@dataclass(frozen=True, slots=True, kw_only=True)
class ValueType:
    """The functions of one type.

    ``parse(raw, region)`` never raises on text; a Problem it returns has no field yet and never repeats the value.
    ``display(value, language)`` gives one line of text; ``terms(value)`` gives the normalised texts to look it up by.
    """

    parse: Callable[[str, str], Outcome]
    display: Callable[[Value, str], str]
    terms: Callable[[Value], tuple[str, ...]]


_INVISIBLE = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ud800-\udfff\ufeff\ufffe\uffff]"
)
_SPACE = re.compile(r"\s+")
_ZEROS = ("无", "暂无", "空", "未知")
PLACEHOLDERS = frozenset({"-", "--", "---", "n/a", "#n/a", "null", "(null)", "none", "nil", "unknown", "\\n", *_ZEROS})


def clean(raw: str) -> str:
    """Return text in NFC on one line: no invisible characters, no outer or double spaces."""
    if raw.isascii() and raw.isprintable():
        text = raw.strip()
        return _SPACE.sub(" ", text) if "  " in text else text
    text = unicodedata.normalize("NFC", _INVISIBLE.sub("", raw))
    return _SPACE.sub(" ", text).strip()


def clean_lines(raw: str) -> str:
    """Return text in NFC with its line breaks: no invisible characters, no spaces at the ends of lines."""
    text = unicodedata.normalize("NFC", _INVISIBLE.sub("", raw.replace("\r\n", "\n").replace("\r", "\n")))
    return "\n".join(_SPACE.sub(" ", line).strip() for line in text.split("\n")).strip()


def narrow(raw: str) -> str:
    """Return text with full-width letters, digits and signs in their ordinary width."""
    return raw if raw.isascii() else clean(unicodedata.normalize("NFKC", raw))


_SCIENTIFIC = re.compile(r"\d(?:[.,]\d+)?[eE]\+?\d{1,3}")


def is_scientific(text: str) -> bool:
    """Say whether a spreadsheet has turned a long number into powers of ten and lost its last digits."""
    return _SCIENTIFIC.fullmatch(text) is not None
