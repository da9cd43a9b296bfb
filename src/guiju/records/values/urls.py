"""Web addresses."""

import re
from urllib.parse import urlsplit, urlunsplit

from guiju.records.values.base import Outcome, Parsed, ValueType, clean, narrow
from guiju.records.values.rules import problem
from guiju.records.values.texts import as_is, nothing

LONGEST = 400

_HOST = re.compile(r"(?=.{1,253}$)[^\s.@:/?#\[\]%\"'<>\\]{1,63}(?:\.[^\s.@:/?#\[\]%\"'<>\\]{1,63})+")


def parse(raw: str, region: str) -> Outcome:
    """Read a web address; ``example.com`` alone gets https. Only http and https, never with a password."""
    text = clean(narrow(raw))
    if " " in text or len(text) > LONGEST:
        return problem("url-form")
    try:
        parts = urlsplit(text if "://" in text else f"https://{text}")
        host, port = (parts.hostname or ""), parts.port
    except ValueError:
        return problem("url-form")
    if parts.scheme not in {"http", "https"} or not _HOST.fullmatch(host) or parts.username is not None:
        return problem("url-form")
    place = f"{host}:{port}" if port else host
    path = "" if parts.path == "/" and not parts.query else parts.path
    return Parsed(urlunsplit((parts.scheme, place, path, parts.query, parts.fragment)))


URL = ValueType(parse=parse, display=as_is, terms=nothing)
