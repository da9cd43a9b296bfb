"""How large a file may be at the import gate, and what is said of files that cannot be read."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

from django.utils.translation import gettext_lazy as _

from guiju.kit.errors import Refused

MIB = 1024 * 1024
LARGEST_FILE = 64 * MIB
LARGEST_UNPACKED = 512 * MIB
MOST_PARTS = 2_000
MOST_COLUMNS = 200
LARGEST_CELL = 64 * 1024
SAMPLE = 256 * 1024

FORMULA = "#FORMULA!"
"""Stands in a cell whose formula was never computed, so that the check can name it."""

type Record = tuple[int, list[str]]
"""A row of the file as people count it, and its cells as text."""


class Unreadable(Refused):
    """The file is no table that the gate can read; nothing was taken in."""

    code = "unreadable-file"
    status = 422
    message = _("This file cannot be read as a table.")
    remedy = _("Save it as CSV (UTF-8) or XLSX and try again.")


class TooLarge(Unreadable):
    """The file breaks a limit of size."""

    code = "file-too-large"
    status = 413
    message = _("This file is too large.")
    remedy = _("Split it into files of at most 64 MiB, 200 columns and 64 KiB a cell.")


class Records(Protocol):
    """A source of rows that can be read from the start again and again."""

    def records(self) -> Iterator[Record]:
        """Yield every row from the top of the file, empty ones too."""
        ...


@dataclass(frozen=True, slots=True)
class Origin:
    """How the file was understood: its encoding and delimiter, or its sheet."""

    format: str
    encoding: str = ""
    delimiter: str = ""
    sheet: str = ""
    sheets: tuple[str, ...] = ()
