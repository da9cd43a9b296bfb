import codecs
import io
import tracemalloc
import zipfile
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from guiju.records.gate import limits, reading, workbook
from guiju.records.gate.limits import FORMULA, TooLarge, Unreadable
from guiju.records.gate.reading import Table

CHINESE = "客户名称,联系人,手机,备注\n北京谷居科技有限公司,欧阳修文,13800138000,老客户\n上海机床厂,李娜,13900139000,\n"
WESTERN = "Name,City,Country\nBólido Comidas,Århus,España\nMère Paillarde,Montréal,Québec\nDie Kuh,Köln,Österreich\n"


def rows(table: Table) -> list[tuple[int, list[str]]]:
    return list(table.rows())


def xlsx(fill: Callable[[Any], object]) -> bytes:
    book = openpyxl.Workbook()
    fill(book.active)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


@pytest.mark.parametrize(
    ("text", "encoding", "found"),
    [
        (CHINESE, "utf-8", "utf-8"),
        (CHINESE, "utf-8-sig", "utf-8-sig"),
        (CHINESE, "gb18030", "gb18030"),
        (CHINESE, "utf-16", "utf-16"),
        (CHINESE + "a,b,c,d\n" * 200, "utf-16-le", "utf-16-le"),
        (WESTERN, "utf-16-be", "utf-16-be"),
        (WESTERN, "utf-8", "utf-8"),
        (WESTERN, "cp1252", "cp1252"),
        ("姓名,电话\n李娜,1\n", "gb18030", "gb18030"),
        ("名前,会社\nやまだ たろう,かぶしきがいしゃ さくら\n" * 20, "shift_jis", "shift_jis"),
    ],
)
def test_the_letters_of_a_file_are_understood(text: str, encoding: str, found: str) -> None:
    table = reading.describe(text.encode(encoding))
    assert table.encoding == found or (found, table.encoding) == ("shift_jis", "cp932")
    assert ",".join(table.columns) == text.split("\n", maxsplit=1)[0]
    assert rows(table)[0][1] == text.split("\n")[1].split(",")


def test_bytes_that_no_western_table_has_still_give_letters() -> None:
    table = reading.describe("Name,City\nK\u00f6ln,".encode("latin-1") + b"\x81\n")
    assert rows(table)[0][1][0] == "Köln"


def test_letters_may_begin_long_after_the_start_of_a_file() -> None:
    long = "name,city\n" + "plain,ascii\n" * 40_000
    assert reading.describe((long + "李娜,北京\n").encode("utf-8")).encoding == "utf-8"
    table = reading.describe((long + "Müller,Köln\n").encode("cp1252"))
    assert table.encoding == "cp1252"


def test_damaged_utf8_is_refused_instead_of_being_turned_into_rubbish() -> None:
    content = (CHINESE * 20).encode()
    with pytest.raises(Unreadable, match="damaged bytes"):
        reading.describe(content[:400] + b"\xff" + content[400:])


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_any_usual_delimiter_is_found_around_quotes_and_line_breaks(delimiter: str) -> None:
    cells = ['"Obere Str. 57; Hof, 2"', '"two\nlines ""quoted"""', "x"]
    text = delimiter.join(["Address", "Notes", "City"]) + "\r\n" + (delimiter.join(cells) + "\r\n") * 3
    table = reading.describe(text.encode())
    assert table.columns == ["Address", "Notes", "City"]
    assert rows(table)[2] == (4, ["Obere Str. 57; Hof, 2", 'two\nlines "quoted"', "x"])


def test_a_file_of_one_column_is_a_table() -> None:
    table = reading.describe(b"E-mail\nli.na@example.com\n")
    assert (table.columns, rows(table)) == (["E-mail"], [(2, ["li.na@example.com"])])


def test_titles_above_the_header_are_passed_over_and_rows_keep_their_numbers() -> None:
    text = "客户清单,,\n导出时间 2026-11-01,,\n\n客户名称,联系人,手机\n\n上海机床厂,李娜,13800138000\n"
    table = reading.describe(text.encode())
    assert (table.header_row, table.columns) == (4, ["客户名称", "联系人", "手机"])
    assert rows(table) == [(6, ["上海机床厂", "李娜", "13800138000"])]


@pytest.mark.parametrize(
    "text",
    ["李娜,13800138000,li.na@example.com\n王伟,13900139000,w@example.com\n", "li.na@example.com,北京\nBo,Ada\n"],
)
def test_data_never_becomes_the_names_of_columns(text: str) -> None:
    with pytest.raises(Unreadable, match="holds data"):
        reading.describe(text.encode())


def test_equal_and_missing_names_of_columns_are_told_apart() -> None:
    table = reading.describe(b"Phone,Phone,,Phone (2),Name,,\n1,2,3,4,5,,\n1,2,3,4,5,,\n")
    assert table.columns == ["Phone", "Phone (2)", "Column C", "Phone (2) (2)", "Name"]


def test_short_rows_are_filled_and_surplus_cells_are_kept_for_the_check() -> None:
    table = reading.describe(b"a,b,c\n1\n1,2,3,,\n1,2,3,4\n")
    assert rows(table) == [(2, ["1", "", ""]), (3, ["1", "2", "3"]), (4, ["1", "2", "3", "4"])]


def test_a_reader_can_go_on_after_the_rows_that_are_done_and_look_at_a_sample() -> None:
    table = reading.describe(b"a,b\n" + b"".join(b"x,%d\n" % number for number in range(9)))
    assert [number for number, _cells in table.rows(after=7)] == [9, 10]
    assert table.sample(count=2) == [["x", "0"], ["x", "1"]]


def test_the_apostrophe_that_guards_a_formula_is_taken_away() -> None:
    assert rows(reading.describe(b"a,b\n'=1+1,'tis\n")) == [(2, ["=1+1", "'tis"])]


@pytest.mark.parametrize(
    "content", [b"", b"\n\n\n", b"\x00\x01\x02\x03\x04" * 9, b"\xd0\xcf\x11\xe0 old", b"PK\x03\x04 no"]
)
def test_what_is_no_table_is_refused_with_a_remedy(content: bytes) -> None:
    with pytest.raises(Unreadable) as caught:
        reading.describe(content)
    assert str(caught.value.remedy)


def test_a_quotation_mark_that_never_closes_is_named_by_its_row() -> None:
    with pytest.raises(TooLarge, match="Row 3"):
        reading.describe(b'a,b\n1,2\n3,"' + b"x\n" * 80_000)


def test_a_file_read_in_the_wrong_encoding_is_named_by_its_row() -> None:
    content = "name,city\n" + "plain,ascii\n" * 3_000
    with pytest.raises(Unreadable, match="Row"):
        rows(reading.describe(content.encode() + b"\xff\xff,\n", encoding="utf-8"))


def test_limits_of_size_hold(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "LARGEST_FILE", 10)
    with pytest.raises(TooLarge):
        reading.describe(b"name,city\nx,y\n")
    with pytest.raises(TooLarge):
        reading.describe(Pipe(b"name,city\nx,y\n"))


def test_a_table_has_at_most_200_columns() -> None:
    with pytest.raises(TooLarge, match="200 columns"):
        reading.describe(",".join(f"c{number}x" for number in range(201)).encode())


class Pipe(io.BytesIO):
    def seekable(self) -> bool:
        return False


def test_a_stream_that_cannot_seek_is_read_into_memory() -> None:
    table = reading.describe(Pipe(CHINESE.encode("gb18030")))
    assert len(rows(table)) == len(rows(table)) == 2


def test_100000_rows_are_read_in_constant_memory(tmp_path: Path) -> None:
    path = tmp_path / "many.csv"
    path.write_text("name,city\n" + "".join(f"Bo {number},Köln\n" for number in range(100_000)), "utf-8")
    with path.open("rb") as file:
        table = reading.describe(file)
        tracemalloc.start()
        assert sum(1 for _row in table.rows()) == 100_000
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    assert peak < 2 * limits.MIB


def test_a_workbook_is_read_as_people_see_it() -> None:
    def fill(sheet: Any) -> None:
        sheet.append(["客户清单"])
        sheet.append(["Name", "Phone", "Born", "Zip", "Share", "Yes", "When", "At", "Long"])
        sheet.append(
            ["李娜", 13800138000.0, date(1990, 2, 28), 1067, 0.5, True, datetime.fromisoformat("2026-01-02 03:04:05")]
        )
        sheet["D3"].number_format = "00000"
        sheet["H3"] = time(8, 15)
        sheet["I3"] = timedelta(hours=30)
        sheet.append([])
        sheet.append(["Bo", 110101199002280017])

    table = reading.describe(xlsx(fill))
    assert (table.sheet, table.encoding, table.header_row) == ("Sheet", "", 2)
    first, second = rows(table)
    assert first[1][:7] == ["李娜", "13800138000", "1990-02-28", "01067", "0.5", "TRUE", "2026-01-02 03:04:05"]
    assert first[1][7] == "08:15:00"
    assert first[1][8]
    assert second == (5, ["Bo", "1.10101E+17", *[""] * 7])


def test_a_formula_counts_by_its_result_and_is_named_where_it_has_none() -> None:
    content = xlsx(lambda sheet: (sheet.append(["Name", "Sum"]), sheet.append(["Bo", "=1+1"])))
    assert rows(reading.describe(content)) == [(2, ["Bo", FORMULA])]


def test_a_sheet_can_be_chosen_and_hidden_ones_cannot() -> None:
    book = openpyxl.Workbook()
    book.create_sheet("Second").append(["Name"])
    book.worksheets[1].append(["Bo"])
    book.create_sheet("Secret").sheet_state = "hidden"
    file = io.BytesIO()
    book.save(file)
    table = reading.describe(file, sheet="Second")
    assert table.origin.sheets == ("Sheet", "Second")
    assert rows(table) == [(2, ["Bo"])]
    with pytest.raises(Unreadable, match="no such sheet"):
        reading.describe(file, sheet="Secret")


def test_a_workbook_that_unpacks_to_too_much_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    content = xlsx(lambda sheet: sheet.append(["Name"]))
    monkeypatch.setattr(workbook, "LARGEST_UNPACKED", 100)
    with pytest.raises(TooLarge, match="unpacked"):
        reading.describe(content)


def test_a_workbook_whose_size_is_a_lie_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    content = xlsx(lambda sheet: sheet.append(["Name"]))
    monkeypatch.setattr(workbook, "_refuse_shape", lambda file: None)
    monkeypatch.setattr(workbook, "LARGEST_UNPACKED", 100)
    with pytest.raises(TooLarge, match="unpacked"):
        reading.describe(content)


def test_a_damaged_workbook_is_refused() -> None:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as packed:
        packed.writestr("hello.txt", "x")
    with pytest.raises(Unreadable, match="damaged or protected"):
        reading.describe(file)


def test_rows_and_cells_of_a_workbook_have_limits() -> None:
    wide = xlsx(
        lambda sheet: (
            sheet.append(["Name", "City"]),
            *(sheet.append(["a"]) for _ in range(40)),
            sheet.append(["x"] * 201),
        )
    )
    with pytest.raises(TooLarge, match="200 columns"):
        rows(reading.describe(wide))


def test_a_cell_of_a_workbook_has_a_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    content = xlsx(lambda sheet: (sheet.append(["Name"]), sheet.append(["x" * 99])))
    monkeypatch.setattr(workbook, "LARGEST_CELL", 50)
    with pytest.raises(TooLarge, match="64 KiB"):
        rows(reading.describe(content))


def test_a_mark_of_byte_order_is_no_part_of_the_first_name() -> None:
    assert reading.describe(codecs.BOM_UTF8 + b"Name,City\nx,y\n").columns == ["Name", "City"]


def test_the_rows_of_a_described_file_are_read_again_unless_its_columns_changed() -> None:
    content = CHINESE.encode("gb18030")
    columns = reading.describe(content).columns
    assert [number for number, _cells in reading.rows(content, columns=columns)] == [2, 3]
    with pytest.raises(Unreadable, match="not those that were mapped"):
        reading.rows(content, columns=["Name"])
