"""Masks: what is shown of a value that a person may know of but not read. No mask returns the whole value."""

import re
from collections.abc import Callable

from django.utils.translation import get_language

from guiju.records.values import countries
from guiju.records.values.base import Value
from guiju.records.values.phones import country_code

HIDDEN = "****"
LONG_NUMBER = 11
SHOWS_FOUR = 9
LONG_TEXT = 3

_CHINESE_PLACE = re.compile(r"(?:.{2,8}?(?:省|自治区|特别行政区))?(?:.{2,8}?[市州盟])?")


def mask_name(value: Value, text: str) -> str:
    """Show 欧阳** or M. A.: the surname of a Chinese name, otherwise initials."""
    if isinstance(value, dict) and value.get("order") == "family-first" and value["family"] and value["given"]:
        return f"{value['family']}**"
    words = text.split()
    if len(words) > 1:
        return " ".join(f"{word[0]}." for word in words)
    return f"{text[0]}**" if len(text) > 1 else "**"


def mask_phone(value: Value, text: str) -> str:
    """Show +86 138****0000: country code, at most three digits at the start and four at the end."""
    if not value["valid"]:
        digits = re.sub(r"\D", "", value["number"])
        return HIDDEN + _tail(digits)
    code = country_code(value["number"])
    digits = value["number"][1 + len(code) :]
    start = digits[:3] if len(digits) >= LONG_NUMBER else ""
    return f"+{code} {start}{HIDDEN}{_tail(digits)}"


def _tail(signs: str) -> str:
    return signs[-4:] if len(signs) >= SHOWS_FOUR else signs[len(signs) - len(signs) // 3 :]


def mask_email(value: Value, text: str) -> str:
    """Show m****@example.com: the first letter of a longer local part, and the domain."""
    local, _, domain = text.rpartition("@")
    return f"{local[0] if len(local) >= LONG_TEXT else ''}{HIDDEN}@{domain}"


def mask_identifier(value: Value, text: str) -> str:
    """Show ****002X: at most the last four characters."""
    return HIDDEN + _tail(text)


def mask_address(value: Value, text: str) -> str:
    """Show Berlin, Germany without street and postal code."""
    country = countries.name(value["country"], get_language() or "en") if "country" in value else ""
    shown = [value.get("city") or _town(value), value.get("region", ""), country]
    return ", ".join([HIDDEN, *(part for part in shown if part)])


def _town(value: Value) -> str:
    line = (value.get("lines") or [""])[0]
    match = _CHINESE_PLACE.match(line)
    place = match[0] if match else ""
    return place if len(place) < len(line) - 2 else ""


def mask_date(value: Value, text: str) -> str:
    """Show 1990-**-**: the year."""
    return f"{text[:4]}-**-**"


def mask_text(value: Value, text: str) -> str:
    """Show the first sign of a longer text."""
    return f"{text[0]}{HIDDEN}" if len(text) >= LONG_TEXT else HIDDEN


def mask_all(value: Value, text: str) -> str:
    """Show nothing but that there is something."""
    return HIDDEN


def unmasked(value: Value, text: str) -> str:
    """Return the text itself, for fields whose mask hides nothing."""
    return text


MASKS: dict[str, Callable[[Value, str], str]] = {
    "none": unmasked,
    "name": mask_name,
    "phone": mask_phone,
    "email": mask_email,
    "id": mask_identifier,
    "address": mask_address,
    "date": mask_date,
    "text": mask_text,
    "all": mask_all,
}
