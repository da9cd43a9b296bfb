"""Rows of CSV files and their relatives: comma, semicolon, tab or bar, quotes and line breaks inside cells."""

import csv
import io
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from django.utils.translation import gettext_lazy as _

from guiju.records.gate import decoding
from guiju.records.gate.limits import LARGEST_CELL, SAMPLE, Origin, Record, TooLarge, Unreadable

DELIMITERS = (",", ";", "\t", "|", "，")
ROWS_TO_JUDGE = 200
QUOTED_START = "=+-@\t\r"

csv.field_size_limit(LARGEST_CELL)


@dataclass(frozen=True)
class Delimited:
    """A file of delimited text."""

    file: BinaryIO
    origin: Origin

    def records(self) -> Iterator[Record]:
        """Yield every row with its number; raises Unreadable naming the row where the quotes or letters break."""
        self.file.seek(0)
        text = io.TextIOWrapper(
            io.BufferedReader(_Kept(self.file)), encoding=self.origin.encoding, errors="strict", newline=""
        )
        number = 0
        try:
            for cells in csv.reader(text, delimiter=self.origin.delimiter):
                number += 1
                yield number, [_unguarded(cell) if cell[:1] == "'" else cell for cell in cells]
        except csv.Error as error:
            raise TooLarge(
                _("Row %(row)s: a cell is larger than 64 KiB, or its quotation mark is never closed.")
                % {"row": number + 1},
                remedy=_("Mend the quotation marks of this row."),
            ) from error
        except UnicodeDecodeError as error:
            raise Unreadable(
                _("Row %(row)s: the text breaks off, it is not in the encoding %(encoding)s.")
                % {"row": number + 1, "encoding": self.origin.encoding},
                remedy=_("Choose another encoding, or save the file as UTF-8."),
            ) from error


class _Kept(io.RawIOBase):
    """Reads a file without ever closing it, so that it can be read again."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        piece = self._file.read(len(buffer))
        buffer[: len(piece)] = piece
        return len(piece)


def _unguarded(cell: str) -> str:
    """Take away the apostrophe that writers put before a cell that a spreadsheet would run as a formula."""
    return cell[1:] if cell[1:2] and cell[1] in QUOTED_START else cell


def open_delimited(file: BinaryIO, *, encoding: str = "") -> Delimited:
    """Return the rows of a file of delimited text, its encoding and delimiter found out where not given."""
    encoding = encoding or decoding.detect(file)
    file.seek(0)
    head = file.read(SAMPLE)
    sample = head.decode(encoding, "ignore").removeprefix("\ufeff")
    whole = len(head) < SAMPLE
    return Delimited(file, Origin(format="csv", encoding=encoding, delimiter=_delimiter(sample, whole=whole)))


def _delimiter(sample: str, *, whole: bool) -> str:
    """Return the delimiter that gives the most rows of one and the same width; a comma where none does."""
    best, most = ",", 0.0
    for delimiter in DELIMITERS:
        widths = _widths(sample, delimiter, whole=whole)
        counts = Counter(width for width in widths if width > 1)
        if not counts:
            continue
        width, rows = max(counts.items(), key=lambda item: (item[1] * min(item[0], 8), item[0]))
        score = rows / len(widths) * min(width, 8)
        if score > most:
            best, most = delimiter, score
    return best


def _widths(sample: str, delimiter: str, *, whole: bool) -> list[int]:
    widths = []
    try:
        for cells in csv.reader(io.StringIO(sample, newline=""), delimiter=delimiter):
            if cells:
                widths.append(len(cells))
            if len(widths) > ROWS_TO_JUDGE:
                break
    except csv.Error:
        return widths
    return widths if whole or len(widths) == 1 else widths[:-1]
