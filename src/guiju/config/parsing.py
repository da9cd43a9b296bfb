"""How the text of a setting becomes a value; each reader raises ValueError with the rest of a sentence."""

import os
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from guiju.config.words import _


def text(value: str) -> str:
    """Return the text as it is."""
    return value


def words(value: str) -> list[str]:
    """Return a comma-separated list's items."""
    return [item.strip() for item in value.split(",") if item.strip()]


def folder(value: str) -> Path:
    """Return an absolute folder; a file of that name is refused."""
    path = Path(value).expanduser().absolute()
    if os.path.exists(path) and not os.path.isdir(path):  # noqa: PTH110, PTH112 - pathlib raises where we may not look
        raise ValueError(_("{path} is not a folder").format(path=path))
    return path


def optional_path(value: str) -> Path | None:
    """Return an absolute path, or None for nothing."""
    return Path(value).expanduser().absolute() if value else None


def number(least: int, most: int) -> Callable[[str], int]:
    """Return a reader of whole numbers between two bounds."""

    def parse(value: str) -> int:
        if not value.isascii() or not value.isdigit() or not least <= int(value) <= most:
            raise ValueError(
                _("it must be a whole number from {least} to {most}, not “{value}”").format(
                    least=least, most=most, value=value
                )
            )
        return int(value)

    return parse


def one_of(*choices: str) -> Callable[[str], str]:
    """Return a reader that accepts the given words only."""

    def parse(value: str) -> str:
        if value.lower() not in choices:
            raise ValueError(_("it must be one of {choices}").format(choices=", ".join(choices)))
        return value.lower()

    return parse


def yes_or_no(value: str) -> bool:
    """Return True for yes, false for no."""
    if value.lower() in {"yes", "true", "on", "1"}:
        return True
    if value.lower() in {"no", "false", "off", "0"}:
        return False
    raise ValueError(_("it must be yes or no"))


def postgresql(value: str) -> str:
    """Return a PostgreSQL address that names a database, or nothing. The value itself is never repeated."""
    if not value:
        return ""
    parts = urlsplit(value)
    if parts.scheme not in {"postgres", "postgresql"} or not parts.path.strip("/"):
        raise ValueError(_("it must look like postgresql://user:password@host:5432/database"))
    return value


def web_address(value: str) -> str:
    """Return an http or https address without path, or nothing."""
    if not value:
        return ""
    parts = urlsplit(value)
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.path.strip("/") or parts.query:
        raise ValueError(_("it must look like https://guiju.example.org, without a path"))
    return value.rstrip("/")


def origins(value: str) -> list[str]:
    """Return a list of http or https addresses without path."""
    return [web_address(item) for item in words(value)]


def origin_line(value: str) -> str:
    """Return a ledger's name: one word without spaces or plus signs, as a signed note demands."""
    if any(character.isspace() or character == "+" for character in value):
        raise ValueError(_("it must not contain spaces or plus signs"))
    return value


def mail_address(value: str) -> str:
    """Return the address of a mail server, ``console:`` or nothing. The value itself is never repeated."""
    parts = urlsplit(value)
    if value and value != "console:" and (parts.scheme not in {"smtp", "smtps"} or not parts.hostname):
        raise ValueError(_("it must look like smtp://user:password@host:587, or be console:"))
    return value


def time_zone(value: str) -> str:
    """Return the name of a time zone that this machine knows."""
    try:
        ZoneInfo(value)
    except (LookupError, OSError, ValueError) as error:
        raise ValueError(_("there is no time zone {value}").format(value=value)) from error
    return value
