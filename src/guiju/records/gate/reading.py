"""Reads the tables people bring to the import gate: CSV in any usual dress, and XLSX.

Works on bytes or an open binary file and never writes to disk, because the content is personal and not yet sealed.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from itertools import islice
from typing import BinaryIO

from django.utils.translation import gettext_lazy as _

from guiju.records.gate.delimited import open_delimited
from guiju.records.gate.heads import WHOLE
from guiju.records.gate.limits import LARGEST_FILE, MOST_COLUMNS, Origin, Record, Records, TooLarge, Unreadable
from guiju.records.gate.workbook import OLD_MARK, ZIP_MARK, open_workbook
from guiju.records.values.base import clean

ROWS_TO_JUDGE = 30
LATEST_HEADER = 15
LONGEST_NAME = 120

_PERSONAL = re.compile(r"@|\d{6,}")
_NUMBER = re.compile(r"[\d\s.,:/+\-]+")


@dataclass(frozen=True)
class Table:
    """A file understood as a table: its columns by name, and the row of the file they were found in.

    ``partial``: it is so large that its rows are left to a worker; some may not be here.
    """

    columns: list[str]
    header_row: int
    origin: Origin
    source: Records
    partial: bool = False

    @property
    def encoding(self) -> str:
        """Return the encoding of a text file, empty for a workbook."""
        return self.origin.encoding

    @property
    def count(self) -> int | None:
        """Return how many rows there are, None where they are left to a worker."""
        return None if self.partial else sum(1 for _row in self.rows())

    @property
    def sheet(self) -> str:
        """Return the sheet of a workbook, empty for a text file."""
        return self.origin.sheet

    def rows(self, *, after: int = 0) -> Iterator[Record]:
        """Yield (row number in the file, cells) below the header, without empty rows; skip the first ``after``.

        There are as many cells as columns, more only where a row has surplus cells with something in them.
        """
        width = len(self.columns)
        filled = (
            (number, _fitted(cells, width))
            for number, cells in self.source.records()
            if number > self.header_row and any(cell.strip() for cell in cells)
        )
        return islice(filled, after, None)

    def sample(self, *, count: int = 5) -> list[list[str]]:
        """Return the cells of the first rows, for a person to recognise the columns by."""
        return [cells[: len(self.columns)] for _number, cells in islice(self.rows(), count)]


def describe(
    content: bytes | BinaryIO, *, filename: str = "", encoding: str = "", sheet: str = "", whole: bool = True
) -> Table:
    """Read the shape of a file; raises Unreadable or TooLarge, saying what to do.

    ``content`` may be bytes or a binary file; one that cannot seek is read into memory, up to the limit. Without
    ``whole`` the table may be the beginning only of a file that is large (``partial``).
    """
    file = _seekable(content)
    mark = file.read(8)
    if mark.startswith(OLD_MARK):
        raise Unreadable(
            _("This is a workbook of the old XLS format, or one with a password."),
            remedy=_("Open it, save it as XLSX without a password and try again."),
        )
    if mark.startswith(ZIP_MARK):
        book = open_workbook(file, sheet=sheet, whole=whole)
        return _table(book, book.origin, partial=book.cut)
    large = file.seek(0, 2) > WHOLE
    text = open_delimited(file, encoding=encoding)
    return _table(text, text.origin, partial=large and not whole)


def rows(
    content: bytes | BinaryIO, *, columns: list[str], filename: str = "", encoding: str = "", sheet: str = ""
) -> Iterator[Record]:
    """Yield the rows of a file that was described before; raises Unreadable where its columns have changed."""
    table = describe(content, filename=filename, encoding=encoding, sheet=sheet)
    if table.columns != columns:
        raise Unreadable(
            _("The columns of this file are not those that were mapped."), remedy=_("Import the file anew.")
        )
    return table.rows()


def _seekable(content: bytes | BinaryIO) -> BinaryIO:
    if isinstance(content, bytes | bytearray | memoryview):
        file: BinaryIO = BytesIO(content)
    elif content.seekable():
        file = content
    else:
        file = BytesIO(content.read(LARGEST_FILE + 1))
    size = file.seek(0, 2)
    file.seek(0)
    if not size:
        raise Unreadable(_("This file is empty."), remedy=_("Choose a file with a row of headers and rows below."))
    if size > LARGEST_FILE:
        raise TooLarge
    return file


def _table(source: Records, origin: Origin, *, partial: bool) -> Table:
    head = list(islice(source.records(), ROWS_TO_JUDGE))
    filled = [(number, cells) for number, cells in head if any(cell.strip() for cell in cells)]
    if not filled:
        raise Unreadable(_("This file has no rows."), remedy=_("Choose a file with a row of headers and rows below."))
    number, header = _find_header(filled)
    width = _width(header, [cells for other, cells in filled if other > number])
    if width > MOST_COLUMNS:
        raise TooLarge(_("The table has more than 200 columns."))
    return Table(columns=_names(header, width), header_row=number, origin=origin, source=source, partial=partial)


def _find_header(filled: list[Record]) -> Record:
    """Return the first row that is as wide as the table and holds names; titles above it are narrower.

    Raises Unreadable where that row holds data, lest somebody's data become names of columns.
    """
    widest = max(_count(cells) for _number, cells in filled)
    wide = [record for record in filled[:LATEST_HEADER] if 2 * _count(record[1]) >= widest]
    header = next((record for record in wide if _are_names(record[1])), None)
    if header is None or any(_holds_data(cells) for _number, cells in wide[: wide.index(header)]):
        raise Unreadable(
            _("The first row holds data, not the names of columns."),
            remedy=_("Put a row with the name of each column on top."),
        )
    return header


def _count(cells: list[str]) -> int:
    return sum(bool(cell.strip()) for cell in cells)


def _holds_data(cells: list[str]) -> bool:
    return any(_PERSONAL.search(cell) for cell in cells)


def _are_names(cells: list[str]) -> bool:
    names = [clean(cell).casefold() for cell in cells if cell.strip()]
    if any(_PERSONAL.search(name) or _NUMBER.fullmatch(name) for name in names):
        return False
    return 2 * len(set(names)) > len(names)


def _width(header: list[str], rows: list[list[str]]) -> int:
    """Return how many columns there are: trailing ones without a name count where a row has something in them."""
    named = _filled_width(header)
    if not rows:
        return named
    filled = [_filled_width(cells) for cells in rows]
    wider = sum(width > named for width in filled)
    return max(filled) if 2 * wider > len(rows) else named


def _filled_width(cells: list[str]) -> int:
    return max((place for place, cell in enumerate(cells, start=1) if cell.strip()), default=0)


def _names(header: list[str], width: int) -> list[str]:
    names: list[str] = []
    seen: dict[str, int] = {}
    for place in range(width):
        written = clean(header[place])[:LONGEST_NAME] if place < len(header) else ""
        name = written or f"Column {_letters(place + 1)}"
        seen[name] = seen.get(name, 0) + 1
        while seen[name] > 1 and f"{name} ({seen[name]})" in seen:
            seen[name] += 1
        unique = f"{name} ({seen[name]})" if seen[name] > 1 else name
        seen.setdefault(unique, 1)
        names.append(unique)
    return names


def _letters(place: int) -> str:
    from openpyxl.utils import get_column_letter  # noqa: PLC0415 - slow to import, and few columns lack a name

    return get_column_letter(place)


def _fitted(cells: list[str], width: int) -> list[str]:
    missing = width - len(cells)
    if missing > 0:
        return [*cells, *[""] * missing]
    if missing < 0 and not any(cell.strip() for cell in cells[width:]):
        return cells[:width]
    return cells
