"""Writers of CSV and XLSX that stream to a binary file, keep nothing in memory or on disk, and are safe to open.

A spreadsheet runs a cell that starts like a formula. In CSV such a cell gets an apostrophe in front; in XLSX every
cell is marked as text, which no spreadsheet runs.
"""

import csv
import io
import re
import zipfile
from collections.abc import Iterable
from types import TracebackType
from typing import BinaryIO, Protocol, Self
from xml.sax.saxutils import escape, quoteattr

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
BYTE_ORDER_MARK = b"\xef\xbb\xbf"
MOST_ROWS = 1_048_576
LONGEST_CELL = 32_767
LONGEST_TITLE = 31

_HARMLESS = re.compile(r"[+-]?\d[\d .]*")
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_NOT_TITLE = re.compile(r"[\[\]:*?/\\]")


class SheetWriter(Protocol):
    """Writes rows of text, the header first; a context manager that finishes the file but leaves it open."""

    def write(self, cells: Iterable[str]) -> None:
        """Write one row."""
        ...

    def __enter__(self) -> Self: ...
    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None: ...


def safe_cell(text: str) -> str:
    """Return text that no spreadsheet takes for a formula; plain numbers stay as they are."""
    if text.startswith(FORMULA_STARTS) and not _HARMLESS.fullmatch(text):
        return f"'{text}"
    return text


class CsvWriter:
    """Writes CSV in UTF-8 with a byte order mark, so that Excel reads the letters right."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._line = io.StringIO(newline="")
        self._csv = csv.writer(self._line, lineterminator="\r\n")
        file.write(BYTE_ORDER_MARK)

    def write(self, cells: Iterable[str]) -> None:
        """Write one row."""
        self._csv.writerow([safe_cell(cell) for cell in cells])
        self._file.write(self._line.getvalue().encode("utf-8", "replace"))
        self._line.seek(0)
        self._line.truncate()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        self._file.flush()


class XlsxWriter:
    """Writes a workbook of one sheet whose cells are all text, the first row in bold and frozen."""

    def __init__(self, file: BinaryIO, *, title: str = "Sheet1") -> None:
        self._zip = zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=6)
        name = quoteattr(_NOT_TITLE.sub(" ", _NOT_XML.sub("", title)).strip("' ")[:LONGEST_TITLE] or "Sheet1")
        for path, content in PARTS.items():
            self._zip.writestr(path, content.replace("{name}", name))
        self._sheet = self._zip.open("xl/worksheets/sheet1.xml", "w", force_zip64=True)
        self._sheet.write(SHEET_START.encode())
        self._rows = 0

    def write(self, cells: Iterable[str]) -> None:
        """Write one row; raises ValueError beyond the 1,048,576 rows that a sheet can hold."""
        if self._rows == MOST_ROWS:
            raise ValueError("a sheet holds 1,048,576 rows")
        self._rows += 1
        style = ' s="1"' if self._rows == 1 else ""
        row = "".join(
            f'<c t="inlineStr"{style}><is><t xml:space="preserve">{_xml(cell)}</t></is></c>' if cell else "<c/>"
            for cell in cells
        )
        self._sheet.write(f"<row>{row}</row>".encode())

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        self._sheet.write(SHEET_END.encode())
        self._sheet.close()
        self._zip.close()


def _xml(text: str) -> str:
    return escape(_NOT_XML.sub("", text)[:LONGEST_CELL])


_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_DOCUMENT = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"
SHEET_START = (
    f'{_HEAD}<worksheet xmlns="{_MAIN}"><sheetViews><sheetView workbookViewId="0">'
    '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews><sheetData>'
)
SHEET_END = "</sheetData></worksheet>"
PARTS = {
    "[Content_Types].xml": (
        f'{_HEAD}<Types xmlns="{_PACKAGE}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{_TYPE}.sheet.main+xml"/>'
        f'<Override PartName="/xl/styles.xml" ContentType="{_TYPE}.styles+xml"/>'
        f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{_TYPE}.worksheet+xml"/></Types>'
    ),
    "_rels/.rels": (
        f'{_HEAD}<Relationships xmlns="{_PACKAGE}/relationships">'
        f'<Relationship Id="rId1" Type="{_DOCUMENT}/officeDocument" Target="xl/workbook.xml"/></Relationships>'
    ),
    "xl/_rels/workbook.xml.rels": (
        f'{_HEAD}<Relationships xmlns="{_PACKAGE}/relationships">'
        f'<Relationship Id="rId1" Type="{_DOCUMENT}/worksheet" Target="worksheets/sheet1.xml"/>'
        f'<Relationship Id="rId2" Type="{_DOCUMENT}/styles" Target="styles.xml"/></Relationships>'
    ),
    "xl/workbook.xml": (
        f'{_HEAD}<workbook xmlns="{_MAIN}" xmlns:r="{_DOCUMENT}"><sheets>'
        '<sheet name={name} sheetId="1" r:id="rId1"/></sheets></workbook>'
    ),
    "xl/styles.xml": (
        f'{_HEAD}<styleSheet xmlns="{_MAIN}"><fonts count="2"><font><sz val="11"/><name val="Calibri"/></font>'
        '<font><b/><sz val="11"/><name val="Calibri"/></font></fonts><fills count="2">'
        '<fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills>'
        '<borders count="1"><border/></borders><cellStyleXfs count="1"><xf/></cellStyleXfs>'
        '<cellXfs count="2"><xf xfId="0"/><xf fontId="1" applyFont="1" xfId="0"/></cellXfs>'
        '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
    ),
}
