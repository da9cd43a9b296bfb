"""E-mail addresses: the domain in lower case and in its ASCII form, the local part as it was written."""

import re

from guiju.records.values.base import Outcome, Parsed, Value, ValueType, clean, narrow
from guiju.records.values.rules import problem

LONGEST = 254
LONGEST_LOCAL = 64

_NAMED = re.compile(r"[^<>]*<([^<>]+)>")
_LOCAL = re.compile(r"[^\s@<>()\[\]\\,;:\"]+")
_LABEL = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")


def parse(raw: str, region: str) -> Outcome:
    """Read one address, also from ``Name <address>`` or ``mailto:``, into ``{"address": …}``."""
    text = clean(narrow(raw))
    named = _NAMED.fullmatch(text)
    text = (named[1].strip() if named else text).removeprefix("mailto:")
    local, at, host = text.rpartition("@")
    domain = _ascii_domain(host)
    if not at or not domain or not _is_local(local) or len(text) > LONGEST:
        return problem("email-syntax")
    return Parsed({"address": f"{local}@{domain}"})


def _is_local(local: str) -> bool:
    if not _LOCAL.fullmatch(local) or len(local) > LONGEST_LOCAL:
        return False
    return not (local.startswith(".") or local.endswith(".") or ".." in local)


def _ascii_domain(host: str) -> str:
    domain = host.lower().rstrip(".")
    if not domain.isascii():
        try:
            domain = domain.encode("idna").decode("ascii")
        except UnicodeError:
            return ""
    labels = domain.split(".")
    named = len(labels) > 1 and all(_LABEL.fullmatch(label) for label in labels) and not labels[-1].isdigit()
    return domain if named and len(domain) <= LONGEST else ""


def display(value: Value, language: str) -> str:
    """Return the address with its domain in the letters of its language."""
    local, _, domain = str(value["address"]).rpartition("@")
    if "xn--" in domain:
        try:
            domain = domain.encode("ascii").decode("idna")
        except UnicodeError:
            return str(value["address"])
    return f"{local}@{domain}"


def terms(value: Value) -> tuple[str, ...]:
    """Return the address in lower case: nobody means two mailboxes by two cases."""
    return (str(value["address"]).lower(),)


EMAIL = ValueType(parse=parse, display=display, terms=terms)
