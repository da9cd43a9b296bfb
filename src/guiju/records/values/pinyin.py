"""How Chinese names are read: pinyin without tones, with the readings that surnames have."""

import re
import unicodedata
from functools import lru_cache
from importlib.resources import files
from typing import Any

import yaml

from guiju.records.values.base import Outcome, Parsed, Value, ValueType, clean
from guiju.records.values.rules import problem
from guiju.records.values.texts import as_is

HAN = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003134f]+")
LONGEST = 400

FACTS: dict[str, Any] = yaml.safe_load((files("guiju.records.values") / "names.yaml").read_text("utf-8"))
SURNAME_READINGS: dict[str, str] = FACTS["readings"]


@lru_cache(maxsize=50_000)
def syllables(text: str) -> tuple[str, ...]:
    """Return the syllables of Chinese text, and other signs as they are; ü is written v."""
    from pypinyin import lazy_pinyin  # noqa: PLC0415 - loads its dictionaries: a third of a second, at every start

    return tuple(lazy_pinyin(text))


@lru_cache(maxsize=10_000)
def of_surname(surname: str) -> str:
    """Return the reading of a surname in one word."""
    return SURNAME_READINGS.get(surname) or "".join(syllables(surname))


@lru_cache(maxsize=50_000)
def of_name(family: str, given: str) -> str:
    """Return the reading of a Chinese name, family name first: ``Ouyang Xiuwen``."""
    words = (of_surname(family) if family else "", "".join(syllables(given)) if given else "")
    return " ".join(word.capitalize() for word in words if word)


@lru_cache(maxsize=50_000)
def initial(text: str, *, surname: bool = False) -> str:
    """Return the letter A to Z that a name is filed under, ``#`` where there is none."""
    first = text[:1]
    if HAN.match(first):
        read = of_surname(text) if surname else "".join(syllables(first))
        first = read[:1]
    letter = unicodedata.normalize("NFKD", first)[:1].upper()
    return letter if "A" <= letter <= "Z" else "#"


def parse(raw: str, region: str) -> Outcome:
    """Read pinyin that somebody wrote."""
    text = clean(raw)
    if not any(sign.isalpha() for sign in text):
        return problem("name-without-letters")
    return Parsed(text) if len(text) <= LONGEST else problem("too-long")


def terms(value: Value) -> tuple[str, ...]:
    """Return the reading itself."""
    return (str(value),)


PINYIN = ValueType(parse=parse, display=as_is, terms=terms)
