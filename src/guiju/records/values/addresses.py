"""Postal addresses: lines, city, region, postal code and country."""

from collections.abc import Mapping, Sequence

from guiju.kit.errors import Problem
from guiju.records.values import countries
from guiju.records.values.base import Outcome, Parsed, Value, ValueType, clean, clean_lines
from guiju.records.values.rules import problem
from guiju.records.values.texts import nothing

LONGEST_LINE = 200
LONGEST_PART = 120
MOST_LINES = 8
SMALL_PARTS = ("district", "city", "region", "postal_code")
PARTS = ("line", "district", "city", "region", "postal-code", "country")
EAST_ASIA = frozenset({"CN", "HK", "MO", "TW", "JP", "KR"})


def build(parts: Mapping[str, Sequence[str]]) -> Outcome:
    """Make an address of the texts of its PARTS.

    ``{"lines": […], "district": …, "city": …, "region": …, "postal_code": …, "country": …}`` without the empty ones.
    A country that is not known stays as a line, with a warning.
    """
    value: dict[str, Value] = {}
    lines = [line for text in parts.get("line", ()) for line in clean_lines(text).split("\n") if line]
    named = clean(" ".join(parts.get("country", ())))
    country = countries.find(named) if named else ""
    warnings: tuple[Problem, ...] = ()
    if named and not country:
        lines.append(named)
        warnings = (problem("country-kept-as-text"),)
    if lines:
        value["lines"] = lines
    for part in SMALL_PARTS:
        text = clean(" ".join(parts.get(part.replace("_", "-"), ())))
        if text:
            value[part] = text
    if country:
        value["country"] = country
    return _checked(value, warnings)


def _checked(value: dict[str, Value], warnings: tuple[Problem, ...]) -> Outcome:
    if not value:
        return problem("empty")
    lines = value.get("lines", [])
    small = (value.get(part, "") for part in SMALL_PARTS)
    if len(lines) > MOST_LINES or any(len(line) > LONGEST_LINE for line in lines):
        return problem("too-long")
    if any(len(text) > LONGEST_PART for text in small):
        return problem("too-long")
    return Parsed(value, warnings)


def parse(raw: str, region: str) -> Outcome:
    """Read an address out of one text: each line of it is one line of the address."""
    return build({"line": (raw,)})


def display(value: Value, language: str) -> str:
    """Return the address on one line, in the order of its country."""
    lines = ", ".join(value.get("lines", ()))
    country = countries.name(value["country"], language) if "country" in value else ""
    if value.get("country") in EAST_ASIA and not lines.isascii():
        place = "".join(value.get(part, "") for part in ("region", "city", "district"))
        shown = [country, value.get("postal_code", ""), f"{place}{lines}"]
        return " ".join(part for part in shown if part)
    town = " ".join(value[part] for part in ("postal_code", "city") if part in value)
    shown = [lines, value.get("district", ""), town, value.get("region", ""), country]
    return ", ".join(part for part in shown if part)


ADDRESS = ValueType(parse=parse, display=display, terms=nothing)
