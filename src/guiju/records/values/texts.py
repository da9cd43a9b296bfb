"""Plain text, long text, tags, numbers, choices, and yes or no."""

import re
from collections.abc import Callable, Iterable
from decimal import Decimal, InvalidOperation

from guiju.access.purposes import Words
from guiju.records.values.base import Outcome, Parsed, Value, ValueType, clean, clean_lines, narrow
from guiju.records.values.rules import problem

MOST_TAGS = 40
LONGEST_TAG = 60


def as_is(value: Value, language: str) -> str:
    """Return a text value as it is."""
    return str(value)


def nothing(value: Value) -> tuple[str, ...]:
    """Return no lookup terms."""
    return ()


def text_type(*, max_length: int, lines: bool = False) -> ValueType:
    """Return the type of a text of at most ``max_length`` characters, on one line or on several."""
    tidy: Callable[[str], str] = clean_lines if lines else clean

    def parse(raw: str, region: str) -> Outcome:
        text = tidy(raw)
        if not text:
            return problem("empty")
        return Parsed(text) if len(text) <= max_length else problem("too-long")

    return ValueType(parse=parse, display=as_is, terms=nothing)


_BETWEEN_TAGS = re.compile(r"[,，;；、|\n]")


def parse_tags(raw: str, region: str) -> Outcome:
    """Read tags, separated by commas, semicolons or lines; the first spelling of each stays."""
    tags: dict[str, str] = {}
    for part in _BETWEEN_TAGS.split(raw):
        tag = clean(part)
        if tag:
            tags.setdefault(tag.casefold(), tag)
    if not tags:
        return problem("empty")
    if len(tags) > MOST_TAGS:
        return problem("too-many")
    if any(len(tag) > LONGEST_TAG for tag in tags.values()):
        return problem("too-long")
    return Parsed(list(tags.values()))


TAGS = ValueType(parse=parse_tags, display=lambda value, language: ", ".join(value), terms=nothing)

_MONEY = re.compile(r"[¥￥$€£\s\u00a0\u202f'’_]|RMB|CNY|USD|EUR|GBP|元", re.IGNORECASE)
_NUMBER = re.compile(r"[+-]?\d{1,24}(?:\.\d{1,12})?")
_THOUSANDS = re.compile(r"[+-]?\d{1,3}(?:,\d{3})+(?:\.\d+)?")
_UNITS = {"万": 4, "亿": 8}
LONGEST_NUMBER = 60


def parse_number(raw: str, region: str) -> Outcome:
    """Read a number into plain decimal text: 1,234.50, 1.234,50 and 123万 are understood."""
    if len(raw) > LONGEST_NUMBER:
        return problem("number-form")
    text = _MONEY.sub("", narrow(raw))
    shift = _UNITS.get(text[-1:], 0)
    text = _with_point(text[:-1] if shift else text)
    if not _NUMBER.fullmatch(text):
        return problem("number-form")
    try:
        number = Decimal(text).scaleb(shift)
    except InvalidOperation:  # pragma: no cover - the pattern above lets only decimals through
        return problem("number-form")
    plain = f"{number:f}"
    plain = plain.rstrip("0").rstrip(".") if "." in plain else plain
    return Parsed("0" if plain in {"-0", "+0", ""} else plain.removeprefix("+"))


def _with_point(text: str) -> str:
    if _THOUSANDS.fullmatch(text):
        return text.replace(",", "")
    if text.count(",") == 1 and text.rfind(",") > text.rfind("."):
        return text.replace(".", "").replace(",", ".")
    return text


NUMBER = ValueType(parse=parse_number, display=as_is, terms=nothing)


def choice_type(choices: Iterable[tuple[str, Words]]) -> ValueType:
    """Return the type of one code out of several; the labels of both languages are understood too."""
    labels = dict(choices)
    codes = {code.casefold(): code for code in labels}
    for code, label in labels.items():
        codes.setdefault(label.en.casefold(), code)
        codes.setdefault(label.zh.casefold(), code)

    def parse(raw: str, region: str) -> Outcome:
        code = codes.get(clean(raw).casefold())
        return Parsed(code) if code else problem("choice-unknown")

    def display(value: Value, language: str) -> str:
        label = labels.get(value)
        if label is None:
            return str(value)
        return label.zh if language.startswith("zh") else label.en

    return ValueType(parse=parse, display=display, terms=nothing)


YES = frozenset({"yes", "y", "true", "t", "1", "x", "on", "ja", "oui", "sí", "si", "是", "对", "有", "√", "✓"})
NO = frozenset({"no", "n", "false", "f", "0", "off", "nein", "non", "否", "不", "没有", "×"})


def parse_yes_no(raw: str) -> bool | None:
    """Read yes or no; None where it is neither."""
    word = clean(raw).casefold()
    if word in YES:
        return True
    return False if word in NO else None
