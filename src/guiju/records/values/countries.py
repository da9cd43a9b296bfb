"""Countries and regions: two-letter codes (ISO 3166-1) from codes and from names in many languages."""

import re
import unicodedata
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any

import yaml
from babel import Locale
from babel.core import get_global

from guiju.records.values.base import Outcome, Parsed, Value, ValueType, clean
from guiju.records.values.rules import problem
from guiju.records.values.texts import nothing

LANGUAGES = ("en", "zh", "zh_Hant", "de", "es", "fr", "pt", "it", "ja", "ko", "ru", "nl")
NOT_COUNTRIES = frozenset({"AC", "CP", "CQ", "DG", "EA", "EU", "EZ", "IC", "QO", "TA", "UN", "XA", "XB", "ZZ"})
LONGEST = 80

_CODE = re.compile(r"[A-Z]{2}")
_NOISE = re.compile(r"[\s.,'’()\-]")


def _folded(name: str) -> str:
    plain = unicodedata.normalize("NFKD", name.casefold())
    return _NOISE.sub("", "".join(sign for sign in plain if not unicodedata.combining(sign)))


@cache
def _own() -> Any:
    return yaml.safe_load((files("guiju.records.values") / "countries.yaml").read_text("utf-8"))


@cache
def codes() -> frozenset[str]:
    """Return the two-letter codes of all countries and regions."""
    territories = (str(code) for code in Locale("en").territories)
    return frozenset(code for code in territories if _CODE.fullmatch(code)) - NOT_COUNTRIES


@cache
def _by_name() -> dict[str, str]:
    found: dict[str, str] = {}
    for code, aliases in _own()["aliases"].items():
        found.update((_folded(alias), code) for alias in aliases)
    for code, names in _own()["names"].items():
        found.update((_folded(name), code) for name in names.values())
    for language in LANGUAGES:
        for code, name in Locale.parse(language).territories.items():
            if code in codes():
                found.setdefault(_folded(name), code)
    for alias, (code, *_rest) in get_global("territory_aliases").items():
        if code in codes() and alias.isalpha():
            found.setdefault(_folded(alias), code)
    found.update((code.casefold(), code) for code in codes())
    return found


@lru_cache(maxsize=4_000)
def find(name: str) -> str:
    """Return the two-letter code that a code or a name stands for; empty where nothing is known by it."""
    return _by_name().get(_folded(name), "") if len(name) <= LONGEST else ""


@lru_cache(maxsize=2_000)
def name(code: str, language: str) -> str:
    """Return the name of a country in English or Chinese."""
    tongue = "zh" if language.startswith("zh") else "en"
    own = _own()["names"].get(code)
    return str(own[tongue] if own else Locale(tongue).territories.get(code, code))


def parse(raw: str, region: str) -> Outcome:
    """Read a country into its two-letter code."""
    code = find(clean(raw))
    return Parsed(code) if code else problem("country-unknown")


def display(value: Value, language: str) -> str:
    """Return the country's name."""
    return name(str(value), language)


COUNTRY = ValueType(parse=parse, display=display, terms=nothing)
