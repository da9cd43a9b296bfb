"""Numbers that identify a person or an organisation, with their checksums.

The table of county codes in a resident identity number never decides: counties are renamed and merged.
"""

import re
from collections.abc import Callable
from datetime import date

from stdnum import get_cc_module, lei
from stdnum.cn import ric, uscc
from stdnum.exceptions import ValidationError

from guiju.records.values.base import Outcome, Parsed, Value, ValueType, clean, is_scientific, narrow
from guiju.records.values.rules import problem
from guiju.records.values.texts import as_is

_SEPARATORS = re.compile(r"[\s\-–—]")
_RESIDENT = re.compile(r"[1-9]\d{16}[0-9X]")
_OLD_RESIDENT = re.compile(r"[1-9]\d{14}")
_USCC = re.compile(r"[0-9A-HJ-NPQRTUWXY]{18}")
_PASSPORT = re.compile(r"(?=.*\d)[A-Z0-9]{5,15}")
_REGISTRATION = re.compile(r"(?=.*\d)[\w ./()-]{1,40}")
_VAT = re.compile(r"([A-Z]{2})([0-9A-Z+*]{2,14})")
_GREECE = {"EL": "GR", "XI": "GB"}


def _compact(raw: str) -> str:
    return _SEPARATORS.sub("", clean(narrow(raw))).upper()


def parse_resident_id(raw: str, region: str) -> Outcome:
    """Read an 18-character resident identity number of China (GB 11643)."""
    number = _compact(raw)
    if _OLD_RESIDENT.fullmatch(number):
        return problem("resident-id-old")
    if not _RESIDENT.fullmatch(number) or not number.isascii():
        return problem("resident-id-form")
    try:
        date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return problem("resident-id-date")
    if ric.calc_check_digit(number) != number[-1]:
        return problem("resident-id-checksum")
    return Parsed(number)


def parse_uscc(raw: str, region: str) -> Outcome:
    """Read a unified social credit code of China (GB 32100)."""
    number = _compact(raw)
    if not _USCC.fullmatch(number):
        return problem("uscc-form")
    if uscc.calc_check_digit(number) != number[-1]:
        return problem("uscc-checksum")
    return Parsed(number)


def parse_lei(raw: str, region: str) -> Outcome:
    """Read a legal entity identifier (ISO 17442)."""
    number = _compact(raw)
    return Parsed(number) if number.isascii() and lei.is_valid(number) else problem("lei-checksum")


def parse_passport(raw: str, region: str) -> Outcome:
    """Read a passport number; only its form can be checked."""
    number = _compact(raw)
    return Parsed(number) if _PASSPORT.fullmatch(number) and number.isascii() else problem("passport-form")


def parse_registration(raw: str, region: str) -> Outcome:
    """Read a number of a company register; only its form can be checked."""
    number = clean(narrow(raw)).upper()
    return Parsed(number) if _REGISTRATION.fullmatch(number) else problem("registration-form")


def parse_vat(raw: str, region: str) -> Outcome:
    """Read a VAT number; the country's rule warns but never decides, since registers differ."""
    number = _compact(raw).replace(".", "").replace("/", "")
    match = _VAT.fullmatch(number) if number.isascii() else None
    if match is None and region:
        number = f"{region}{number}"
        match = _VAT.fullmatch(number) if number.isascii() else None
    if match is None or not any(sign.isdigit() for sign in match[2]):
        return problem("vat-form")
    if _country_accepts(match[1], match[2]):
        return Parsed(number)
    return Parsed(number, (problem("vat-unverified"),))


def _country_accepts(country: str, rest: str) -> bool:
    module = get_cc_module(_GREECE.get(country, country).lower(), "vat")
    if module is None:
        return False
    try:
        module.validate(rest)
    except ValidationError:
        return False
    return True


def terms(value: Value) -> tuple[str, ...]:
    """Return the number itself."""
    return (str(value),)


_PARSERS: dict[str, Callable[[str, str], Outcome]] = {
    "resident-id": parse_resident_id,
    "uscc": parse_uscc,
    "lei": parse_lei,
    "passport": parse_passport,
    "registration": parse_registration,
    "vat": parse_vat,
}


def _unspoilt(parse: Callable[[str, str], Outcome]) -> Callable[[str, str], Outcome]:
    def checked(raw: str, region: str) -> Outcome:
        return problem("scientific-notation") if is_scientific(raw.strip()) else parse(raw, region)

    return checked


IDENTIFIERS = {
    scheme: ValueType(parse=_unspoilt(parser), display=as_is, terms=terms) for scheme, parser in _PARSERS.items()
}
