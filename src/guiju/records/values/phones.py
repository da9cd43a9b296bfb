"""Telephone numbers: E.164 where the number exists in its country, the writer's text where it does not."""

import re
from functools import lru_cache

import phonenumbers
from phonenumbers import PhoneMetadata, PhoneNumberFormat

from guiju.records.values.base import Outcome, Parsed, Value, ValueType, clean, is_scientific, narrow
from guiju.records.values.rules import problem

LONGEST = 60
FEWEST_DIGITS = 3
CACHED = 50_000

_DIGIT = re.compile(r"\d")
_SIGNS = re.compile(r"[ \-–—./()（）]")
_LEADING_PLUS_86 = re.compile(r"(?:\+|00)86(?=1\d{10}$)")
_CHINA = PhoneMetadata.metadata_for_region("CN")
_CHINESE_MOBILE = re.compile((_CHINA and _CHINA.mobile and _CHINA.mobile.national_number_pattern) or r"(?!)")


def parse(raw: str, region: str) -> Outcome:
    """Read one number; ``region`` (two letters) is the country of a number without a country code.

    ``{"number": E.164, "valid": true}``, with ``ext`` where there is one; ``{"number": as written, "valid": false,
    "country": region}`` and a warning where the country has no such number.
    """
    return read_once(raw, region)


@lru_cache(maxsize=CACHED)
def read_once(raw: str, region: str) -> Outcome:
    """Do what ``parse`` does, once for each distinct text."""
    text = clean(narrow(raw))
    if is_scientific(text):
        return problem("scientific-notation")
    if len(_DIGIT.findall(text)) < FEWEST_DIGITS or len(text) > LONGEST:
        return problem("phone-without-digits")
    digits = _SIGNS.sub("", text)
    if region == "CN" or digits.startswith(("+86", "0086")):
        # The library takes 20 µs a number; its own pattern for Chinese mobiles, the commonest case here, takes one.
        mobile = _LEADING_PLUS_86.sub("", digits)
        if _CHINESE_MOBILE.fullmatch(mobile):
            return Parsed({"number": f"+86{mobile}", "valid": True})
    return _by_library(text, region)


def _by_library(text: str, region: str) -> Outcome:
    try:
        number = phonenumbers.parse(text, region or None)
    except phonenumbers.NumberParseException:
        return _unverified(text, region)
    if not phonenumbers.is_valid_number(number):
        return _unverified(text, region)
    value: dict[str, Value] = {
        "number": phonenumbers.format_number(number, PhoneNumberFormat.E164),
        "valid": True,
    }
    if number.extension:
        value["ext"] = number.extension
    return Parsed(value)


def _unverified(text: str, region: str) -> Parsed:
    value: dict[str, Value] = {"number": text, "valid": False}
    if region:
        value["country"] = region
    return Parsed(value, (problem("phone-unverified"),))


@lru_cache(maxsize=4_000)
def international(number: str) -> str:
    """Return an E.164 number in groups."""
    parsed = phonenumbers.parse(number, None)
    return phonenumbers.format_number(parsed, PhoneNumberFormat.INTERNATIONAL)


def display(value: Value, language: str) -> str:
    """Return the number in groups with its country code, or the text as it was written."""
    if not value["valid"]:
        return str(value["number"])
    shown = international(value["number"])
    return f"{shown} ext. {value['ext']}" if value.get("ext") else shown


def terms(value: Value) -> tuple[str, ...]:
    """Return the number to look up: E.164, or the bare digits of a number that does not exist."""
    if value["valid"]:
        return (value["number"],)
    return ("".join(_DIGIT.findall(value["number"])),)


def country_code(number: str) -> str:
    """Return the country code at the start of an E.164 number, without the plus sign; empty where there is none."""
    for length in (1, 2, 3):
        if number.startswith("+") and int(number[1 : 1 + length] or 0) in phonenumbers.COUNTRY_CODE_TO_REGION_CODE:
            return number[1 : 1 + length]
    return ""


PHONE = ValueType(parse=parse, display=display, terms=terms)
