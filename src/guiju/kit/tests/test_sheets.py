import csv
import io
import zipfile

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from guiju.kit import sheets
from guiju.kit.sheets import CsvWriter, XlsxWriter

ROWS = [["Name", "Phone"], ["欧阳修文", "+8613800138000"], ["<Bo & Co>", ""], ["=1+1", "two\nlines"]]


def read_xlsx(content: bytes) -> list[list[str]]:
    sheet = openpyxl.load_workbook(io.BytesIO(content)).worksheets[0]
    return [["" if cell is None else str(cell) for cell in row] for row in sheet.iter_rows(values_only=True)]


def test_excel_reads_the_letters_of_a_csv_file_right() -> None:
    file = io.BytesIO()
    with CsvWriter(file) as writer:
        for row in ROWS:
            writer.write(row)
    assert file.getvalue().startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(file.getvalue().decode("utf-8-sig"), newline="")))
    assert rows == [*ROWS[:3], ["'=1+1", "two\nlines"]]


@pytest.mark.parametrize("text", ["=HYPERLINK(1)", "+cmd|' /C calc'!A0", "-2+3", "@SUM(1)", "\t=1", "\r=1"])
def test_a_cell_that_a_spreadsheet_would_run_is_made_harmless(text: str) -> None:
    assert sheets.safe_cell(text) == f"'{text}"


@pytest.mark.parametrize("text", ["", "李娜", "+8613800138000", "+86 138 0013 8000", "-12.50", "a=b"])
def test_an_ordinary_cell_stays_as_it_is(text: str) -> None:
    assert sheets.safe_cell(text) == text


def test_a_workbook_holds_every_cell_as_text() -> None:
    file = io.BytesIO()
    with XlsxWriter(file, title="Customers: 客户") as writer:
        for row in ROWS:
            writer.write(row)
    assert read_xlsx(file.getvalue()) == ROWS
    book = openpyxl.load_workbook(file)
    assert book.sheetnames == ["Customers  客户"]
    assert book.worksheets[0]["A4"].data_type == "s"
    assert book.worksheets[0]["A1"].font.b


def test_a_workbook_goes_to_a_file_that_cannot_seek() -> None:
    class Pipe(io.RawIOBase):
        def __init__(self) -> None:
            self.taken = bytearray()

        def writable(self) -> bool:
            return True

        def write(self, piece: bytes) -> int:  # type: ignore[override]
            self.taken += piece
            return len(piece)

    pipe = Pipe()
    with XlsxWriter(pipe) as writer:  # type: ignore[arg-type]
        writer.write(["a"])
    assert read_xlsx(bytes(pipe.taken)) == [["a"]]
    assert zipfile.ZipFile(io.BytesIO(bytes(pipe.taken))).testzip() is None


def test_a_sheet_that_is_full_takes_no_more_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sheets, "MOST_ROWS", 1)
    with XlsxWriter(io.BytesIO()) as writer:
        writer.write(["a"])
        with pytest.raises(ValueError, match="1,048,576"):
            writer.write(["b"])


@given(st.lists(st.text(max_size=40), min_size=1, max_size=4))
def test_any_text_makes_a_workbook_that_opens(cells: list[str]) -> None:
    file = io.BytesIO()
    with XlsxWriter(file, title="".join(cells)) as writer:
        writer.write(cells)
    openpyxl.load_workbook(file).close()
