"""Names of people and of organisations."""

import re
from functools import lru_cache

from guiju.records.values import pinyin
from guiju.records.values.base import Outcome, Parsed, Value, ValueType, clean
from guiju.records.values.pinyin import FACTS
from guiju.records.values.rules import problem
from guiju.records.values.texts import as_is

LONGEST = 200
EDGES = "·, "
FAMILY_FIRST = "family-first"
GIVEN_FIRST = "given-first"
FEWEST_FOR_COMPOUND = 3

COMPOUND_SURNAMES: frozenset[str] = frozenset(FACTS["compound_surnames"])
PARTICLES: frozenset[str] = frozenset(FACTS["particles"])
SUFFIXES: frozenset[str] = frozenset(FACTS["suffixes"])

_HANGUL = re.compile(r"[\uac00-\ud7a3]+")
_KANA = re.compile(r"[\u3040-\u30ff]")
_DOTS = re.compile(r"\s*[·•・‧]\s*")


@lru_cache(maxsize=50_000)
def split(text: str, region: str = "") -> tuple[str, str, str]:
    """Return (family, given, order) of a full name already cleaned; the family name is empty where nobody can tell.

    Chinese and Korean names are split by their surnames, ``Anders, Maria`` at the comma, an all-capitals word is the
    family name, and otherwise the last word is, with the particles before it (``Isabel de Castro``).
    """
    if _is_east_asian(text):
        return _split_east_asian(text, region)
    family, comma, given = text.partition(",")
    family, given = family.strip(EDGES), given.strip(EDGES)
    if comma and _has_letter(family) and _has_letter(given) and "," not in given and given.casefold() not in SUFFIXES:
        return family, given, GIVEN_FIRST
    return _split_spaced(text.split(" "))


def _is_east_asian(text: str) -> bool:
    bare = text.replace(" ", "")
    return bool(pinyin.HAN.fullmatch(bare) or _HANGUL.fullmatch(bare) or (_KANA.search(bare) and "・" not in bare))


def _split_east_asian(text: str, region: str) -> tuple[str, str, str]:
    family, space, given = text.partition(" ")
    if space:
        return family, given.replace(" ", ""), FAMILY_FIRST
    if region == "JP" or _KANA.search(text) or len(text) == 1:
        return "", text, FAMILY_FIRST
    length = 2 if len(text) >= FEWEST_FOR_COMPOUND and text[:2] in COMPOUND_SURNAMES else 1
    return text[:length], text[length:], FAMILY_FIRST


def _split_spaced(words: list[str]) -> tuple[str, str, str]:
    if len(words) == 1:
        return "", words[0], GIVEN_FIRST
    if _is_shouted(words[0]) and not any(_is_shouted(word) for word in words[1:]):
        return words[0], " ".join(words[1:]), FAMILY_FIRST
    last = len(words) - 1
    if words[last].casefold() in SUFFIXES and last > 1:
        last -= 1
    start = last
    while start > 1 and words[start - 1].casefold() in PARTICLES:
        start -= 1
    return " ".join(words[start:]), " ".join(words[:start]), GIVEN_FIRST


def _is_shouted(word: str) -> bool:
    return len(word) > 1 and word.isalpha() and word.isupper()


def parse_person(raw: str, region: str) -> Outcome:
    """Read a full name into ``{"full": …, "family": …, "given": …, "order": …}``."""
    text = _DOTS.sub("·", clean(raw)).strip(EDGES)
    broken = _check(text)
    if broken:
        return problem(broken)
    family, given, order = split(text, region)
    return Parsed(_value(family, given, order))


def build_person(*, family: str, given: str, region: str = "") -> Outcome:
    """Make a person's name of a family name and a given name that came in two columns."""
    family, given = clean(family), clean(given)
    if not family or not given:
        return parse_person(family or given, region)
    east_asian = _is_east_asian(family + given)
    value = _value(family, given, FAMILY_FIRST if east_asian else GIVEN_FIRST)
    broken = _check(value["full"])
    return problem(broken) if broken else Parsed(value)


def _check(text: str) -> str:
    if not text:
        return "empty"
    if len(text) > LONGEST:
        return "too-long"
    return "" if _has_letter(text) else "name-without-letters"


def _has_letter(text: str) -> bool:
    return any(sign.isalpha() for sign in text)


def _value(family: str, given: str, order: str) -> dict[str, Value]:
    glue = "" if _is_east_asian(family + given) else " "
    words = (family, given) if order == FAMILY_FIRST else (given, family)
    return {"full": glue.join(word for word in words if word), "family": family, "given": given, "order": order}


def display_person(value: Value, language: str) -> str:
    """Return the full name: the family name first where the name is written so, last where it is not."""
    return str(value["full"])


def listed(value: Value) -> str:
    """Return the name as it stands in an alphabetical list: ``Anders, Maria`` but 李娜."""
    if value["order"] == FAMILY_FIRST or not value["family"]:
        return str(value["full"])
    return f"{value['family']}, {value['given']}"


def pinyin_of(value: Value) -> str:
    """Return the reading of a person's name, empty where it is not Chinese."""
    name = value["family"] + value["given"]
    return pinyin.of_name(value["family"], value["given"]) if pinyin.HAN.fullmatch(name) else ""


def initial(value: Value) -> str:
    """Return the letter A to Z that a person or an organisation is filed under, ``#`` where there is none."""
    if isinstance(value, str):
        return pinyin.initial(value[:1])
    family = value["family"]
    return pinyin.initial(family or value["given"], surname=bool(family))


def person_terms(value: Value) -> tuple[str, ...]:
    """Return the full name."""
    return (str(value["full"]),)


PERSON = ValueType(parse=parse_person, display=display_person, terms=person_terms)


def parse_organisation(raw: str, region: str) -> Outcome:
    """Read the name of an organisation into clean text."""
    text = clean(raw)
    broken = _check(text) if not any(sign.isdigit() for sign in text) or len(text) > LONGEST else ""
    return problem(broken) if broken else Parsed(text)


def organisation_terms(value: Value) -> tuple[str, ...]:
    """Return the name itself."""
    return (str(value),)


ORGANISATION = ValueType(parse=parse_organisation, display=as_is, terms=organisation_terms)
