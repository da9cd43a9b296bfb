"""Rows of XLSX workbooks: what the reader of the sheet sees, as text."""

import re
import warnings
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import islice, repeat
from typing import Any, BinaryIO

from django.utils.translation import gettext_lazy as _

from guiju.kit.errors import Refused
from guiju.records.gate import heads
from guiju.records.gate.limits import (
    FORMULA,
    LARGEST_CELL,
    LARGEST_UNPACKED,
    MIB,
    MOST_COLUMNS,
    MOST_PARTS,
    Origin,
    Record,
    TooLarge,
    Unreadable,
)

MOST_EXACT = 10**15
"""Spreadsheets keep 15 digits of a number; the rest of a longer one is lost before we see it."""
ZIP_MARK = b"PK\x03\x04"
OLD_MARK = b"\xd0\xcf\x11\xe0"

_ZEROS = re.compile(r"0+")
_FORMULA_TAG = re.compile(rb"<f[ >/]")
_DOCTYPE = re.compile(rb"<\0?!\0?D\0?O\0?C\0?T\0?Y\0?P\0?E")
_OVERLAP = 20
"""No pattern that is searched for is longer."""


@dataclass(frozen=True)
class Workbook:
    """One sheet of a workbook."""

    file: BinaryIO
    origin: Origin
    formulas: bool
    cut: bool = False

    def records(self) -> Iterator[Record]:
        """Yield every row with its number."""
        book = _open(self.file, computed=True)
        written = _open(self.file, computed=False) if self.formulas else None
        try:
            rows = _rows(book, self.origin.sheet)
            formulas = _rows(written, self.origin.sheet) if written else repeat(())
            for number, (cells, sources) in enumerate(zip(rows, formulas, strict=False), start=1):
                yield number, _texts(cells, sources, number)
        except Refused:
            raise
        except Exception as error:  # as in ``_open``: a cell points to a text that is not there, XML ends half-way, …
            raise Unreadable(
                _("This workbook is damaged."), remedy=_("Save it again as XLSX and try again.")
            ) from error
        finally:
            book.close()
            if written:
                written.close()


def open_workbook(file: BinaryIO, *, sheet: str = "", whole: bool = True) -> Workbook:
    """Return the rows of one sheet, of the first visible one where none is named; raises Unreadable or TooLarge.

    Without ``whole`` a large workbook is cut to its head first: a web process reads no further.
    """
    _refuse_shape(file)
    cut = not whole and heads.unpacked(file) > heads.WHOLE
    if cut:
        file = _head(file, sheet)
    _refuse_types(file)
    origin = _origin(file, sheet)
    return Workbook(file, origin, formulas=_has_formulas(file), cut=cut)


def _head(file: BinaryIO, sheet: str) -> BinaryIO:
    try:
        return heads.cut(file, lambda bare: _part_of(bare, sheet))
    except (zipfile.BadZipFile, zlib.error, EOFError, KeyError, NotImplementedError, RuntimeError) as error:
        raise Unreadable(_("This workbook is damaged."), remedy=_("Save it again as XLSX and try again.")) from error


def _part_of(bare: BinaryIO, sheet: str) -> str:
    """Return the part of a workbook in which the chosen sheet is."""
    _refuse_types(bare)
    chosen = _origin(bare, sheet).sheet
    book = _open(bare, computed=True)
    try:
        return str(book[chosen]._worksheet_path).lstrip("/")
    finally:
        book.close()


def _origin(file: BinaryIO, sheet: str) -> Origin:
    book = _open(file, computed=True)
    try:
        shown = tuple(one.title for one in book.worksheets if one.sheet_state == "visible")
    finally:
        book.close()
    if not shown or (sheet and sheet not in shown):
        raise Unreadable(_("The workbook has no such sheet."), remedy=_("Choose one of its visible sheets."))
    return Origin(format="xlsx", sheet=sheet or shown[0], sheets=shown)


def _open(file: BinaryIO, *, computed: bool) -> Any:
    import openpyxl  # noqa: PLC0415 - slow to import, and only workbooks need it

    file.seek(0)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return openpyxl.load_workbook(file, read_only=True, data_only=computed, keep_links=False)
    except Exception as error:  # openpyxl raises whatever its parsers meet: KeyError, ValueError, ParseError, …
        raise Unreadable(
            _("This workbook is damaged or protected by a password."),
            remedy=_("Open it, save it as XLSX without a password and try again."),
        ) from error


def _rows(book: Any, sheet: str) -> Iterator[Any]:
    chosen = book[sheet]
    chosen.reset_dimensions()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield from chosen.iter_rows()


def _refuse_shape(file: BinaryIO) -> None:
    file.seek(0)
    try:
        with zipfile.ZipFile(file) as packed:
            parts = packed.infolist()
    except zipfile.BadZipFile as error:
        raise Unreadable(_("This workbook is damaged."), remedy=_("Save it again as XLSX and try again.")) from error
    if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > LARGEST_UNPACKED:
        raise TooLarge(_("This workbook is too large when unpacked."))


def _refuse_types(file: BinaryIO) -> None:
    """Refuse a document type, by which a small file unfolds to a large one while parsed; no spreadsheet writes one."""
    if _any_part(file, _DOCTYPE, under=""):
        raise Unreadable(_("This workbook is damaged."), remedy=_("Save it again as XLSX and try again."))


def _has_formulas(file: BinaryIO) -> bool:
    return _any_part(file, _FORMULA_TAG, under="xl/worksheets/")


def _any_part(file: BinaryIO, pattern: re.Pattern[bytes], *, under: str) -> bool:
    """Say whether a part below ``under`` holds ``pattern``, by whatever name: any may be what a sheet is read from."""
    file.seek(0)
    try:
        with zipfile.ZipFile(file) as packed:
            parts = (part for part in packed.infolist() if part.filename.startswith(under))
            return any(_finds(packed, part, pattern) for part in parts)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
        raise Unreadable(_("This workbook is damaged."), remedy=_("Save it again as XLSX and try again.")) from error


def _finds(packed: zipfile.ZipFile, part: zipfile.ZipInfo, pattern: re.Pattern[bytes]) -> bool:
    tail, unpacked = b"", 0
    with packed.open(part) as stream:
        while piece := stream.read(MIB):
            unpacked += len(piece)
            if unpacked > LARGEST_UNPACKED:
                raise TooLarge(_("This workbook is too large when unpacked."))
            if pattern.search(tail + piece):
                return True
            tail = piece[-_OVERLAP:]
    return False


def _texts(cells: Any, sources: Any, number: int) -> list[str]:
    texts = [_text(cell) for cell in islice(cells, MOST_COLUMNS)]
    if any(cell.value is not None for cell in islice(cells, MOST_COLUMNS, None)):
        raise TooLarge(_("Row %(row)s has more than 200 columns.") % {"row": number})
    for place, source in enumerate(islice(sources, len(texts))):
        if source.data_type == "f" and not texts[place]:
            texts[place] = FORMULA
    if any(len(text) > LARGEST_CELL for text in texts):
        raise TooLarge(_("Row %(row)s has a cell larger than 64 KiB.") % {"row": number})
    return texts


def _text(cell: Any) -> str:
    value = cell.value
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, int | float):
        return _number(value, cell.number_format or "")
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(sep=" ", timespec="seconds")
    return value.isoformat() if isinstance(value, date | time) else _other(value)


def _other(value: Any) -> str:
    return str(value.total_seconds()) if isinstance(value, timedelta) else str(value)


def _number(value: float, style: str) -> str:
    if abs(value) >= MOST_EXACT:
        return f"{value:.5E}"
    if value == int(value):
        text = str(int(value))
        return text.zfill(len(style)) if _ZEROS.fullmatch(style) else text
    return repr(value)
