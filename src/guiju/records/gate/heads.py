"""The head of a large workbook: as much of it as its columns are recognised by, in little memory and time.

Its parts are cut where they are long: of the sheet the first rows stay, of the texts that cells share the first ones,
of other sheets nothing. What comes out is a small workbook. No part is read further than to its limit.
"""

import re
import zipfile
from collections.abc import Callable, Iterator
from io import BytesIO
from typing import BinaryIO
from zipfile import ZipFile, ZipInfo

from django.utils.translation import gettext_lazy as _

from guiju.records.gate.limits import MIB, TooLarge

WHOLE = 16 * MIB
"""A workbook that unpacks to no more is looked at whole."""
OF_SHEET = 4 * MIB
OF_TEXTS = 8 * MIB
OF_OTHERS = 8 * MIB
"""All other parts together, the smallest first."""
LEAST_ROWS = 30

_ROW_END = re.compile(rb"</([\w.-]+:)?row>")
_TEXT_END = re.compile(rb"</([\w.-]+:)?si>")
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_STUB = f'<worksheet xmlns="{_MAIN}"><sheetData/></worksheet>'.encode()

type Find = Callable[[BinaryIO], str]


def unpacked(file: BinaryIO) -> int:
    """Return how many bytes the parts of a workbook unpack to, at most: no part is read beyond what it says."""
    file.seek(0)
    with ZipFile(file) as packed:
        return sum(part.file_size for part in packed.infolist())


def cut(file: BinaryIO, find: Find) -> BinaryIO:
    """Return the head of a workbook as a workbook; ``find`` says which part its sheet is, given one without rows.

    Raises TooLarge where the head itself is too long.
    """
    file.seek(0)
    with ZipFile(file) as packed:
        kept = {part.filename: _STUB for part in packed.infolist() if _is_sheet(part)}
        kept |= {part.filename: packed.read(part) for part in _others(packed)}
        kept |= {part.filename: _texts(packed, part) for part in packed.infolist() if _is_texts(part)}
        sheet = find(_packed(kept))
        kept[sheet] = _rows(packed, packed.getinfo(sheet))
    return _packed(kept)


def _is_sheet(part: ZipInfo) -> bool:
    return part.filename.startswith("xl/worksheets/") and part.filename.endswith(".xml")


def _is_texts(part: ZipInfo) -> bool:
    return part.filename.casefold().endswith("sharedstrings.xml")


def _others(packed: ZipFile) -> Iterator[ZipInfo]:
    left = OF_OTHERS
    for part in sorted(packed.infolist(), key=lambda part: part.file_size):
        wanted = part.filename.endswith((".xml", ".rels")) and not _is_sheet(part) and not _is_texts(part)
        if wanted and part.file_size <= left:
            left -= part.file_size
            yield part


def _begun(packed: ZipFile, part: ZipInfo, limit: int) -> bytes:
    with packed.open(part) as stream:
        return stream.read(limit + 1)


def _rows(packed: ZipFile, part: ZipInfo) -> bytes:
    begun = _begun(packed, part, OF_SHEET)
    if len(begun) <= OF_SHEET:
        return begun
    ends = list(_ROW_END.finditer(begun))
    if len(ends) < LEAST_ROWS:
        raise TooLarge(_("The first rows of this workbook are too large to look at."))
    space = ends[-1][1] or b""
    return begun[: ends[-1].end()] + b"</%bsheetData></%bworksheet>" % (space, space)


def _texts(packed: ZipFile, part: ZipInfo) -> bytes:
    begun = _begun(packed, part, OF_TEXTS)
    if len(begun) <= OF_TEXTS:
        return begun
    ends = list(_TEXT_END.finditer(begun))
    if not ends:
        raise TooLarge(_("The first rows of this workbook are too large to look at."))
    return begun[: ends[-1].end()] + b"</%bsst>" % (ends[-1][1] or b"")


def _packed(parts: dict[str, bytes]) -> BinaryIO:
    made = BytesIO()
    with ZipFile(made, "w", zipfile.ZIP_STORED) as packed:
        for name, content in parts.items():
            packed.writestr(name, content)
    return made
