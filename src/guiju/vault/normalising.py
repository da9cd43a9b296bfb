"""One form for every way of writing the same value, so that equal values have equal digests. Pure functions."""

import re
import unicodedata
from typing import Final

import phonenumbers

from guiju.vault import names

REGION: Final = "CN"
_SEPARATORS = re.compile(r"[\W_]+")
_NOT_DIGITS = re.compile(r"\D+")


def _compatible(value: str) -> str:
    return unicodedata.normalize("NFKC", value)


def phone(value: str, *, region: str = REGION) -> str:
    """Return a number as E.164; where it is no telephone number of any plan, its digits."""
    text = _compatible(value).strip()
    try:
        parsed = phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException:
        return _NOT_DIGITS.sub("", text)
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)


def email(value: str) -> str:
    """Return an address in lower case without width forms and outer spaces."""
    return _compatible(_compatible(value).lower()).strip()


def id_number(value: str) -> str:
    """Return a number of an identity document in upper case without separators."""
    return _SEPARATORS.sub("", _compatible(_compatible(value).upper()))


def name(value: str) -> str:
    """Return a name without case, accents and width, its spaces collapsed."""
    return names.fold(value)


class Phones:
    """Normalises telephone numbers, each distinct one once; it lives as long as one batch, not longer."""

    def __init__(self, *, region: str = REGION) -> None:
        self.region = region
        self._seen: dict[str, str] = {}

    def __call__(self, value: str) -> str:
        """Return ``value`` as ``phone`` does."""
        known = self._seen.get(value)
        if known is None:
            known = self._seen[value] = phone(value, region=self.region)
        return known
