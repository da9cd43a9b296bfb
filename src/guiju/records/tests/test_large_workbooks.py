"""A web process looks at the head of a large file only; whatever a file unpacks to, memory and time stay small."""

import io
import re
import time
import tracemalloc
import zipfile

import openpyxl
import pytest
from pytest_django import Settings

from guiju.access.models import Person, Unit
from guiju.access.tests.cast import NOON, sign_in
from guiju.records.gate import actions, heads, reading, running, telling, workbook
from guiju.records.gate.limits import MIB, TooLarge, Unreadable
from guiju.records.models import ImportBatch, ImportState
from guiju.records.tests.browsing import PLAIN_STATIC, text_of
from guiju.records.tests.conftest import as_actor
from guiju.records.tests.program import program_of
from guiju.records.tests.test_api_gates import upload as send
from guiju.records.tests.test_gate import declare, upload

pytestmark = pytest.mark.django_db(databases=["default", "keyring"], transaction=True)
COLUMNS = ["Account Name", "Email"]


def book(rows: int, *, texts: str = "firm", sheets: tuple[str, ...] = ()) -> bytes:
    """Return a workbook of firms, its texts shared as Excel does."""
    made = openpyxl.Workbook()
    sheet = made.worksheets[0]
    sheet.append(COLUMNS)
    for number in range(rows):
        sheet.append([f"{texts} {number}", f"{number}@example.org"])
    for title in sheets:
        made.create_sheet(title).append(["Other"])
    file = io.BytesIO()
    made.save(file)
    return file.getvalue()


def shared(content: bytes) -> dict[str, bytes]:
    """Return the parts of a workbook with its texts in a part of their own, as Excel writes it."""
    with zipfile.ZipFile(io.BytesIO(content)) as plain:
        parts = {name: plain.read(name) for name in plain.namelist()}
    texts = re.findall(rb"<is><t>([^<]*)</t></is>", parts[SHEET])
    places = iter(range(len(texts)))
    inline = rb't="inlineStr"><is><t>[^<]*</t></is>'
    parts[SHEET] = re.sub(inline, lambda _cell: b't="s"><v>%d</v>' % next(places), parts[SHEET])
    items = b"".join(b"<si><t>%b</t></si>" % text for text in texts)
    parts[TEXTS] = b'<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">%b</sst>' % items
    kind = b"application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"
    told = b'<Override PartName="/xl/sharedStrings.xml" ContentType="%b"/></Types>' % kind
    parts[TYPES] = parts[TYPES].replace(b"</Types>", told)
    return parts


def packed(parts: dict[str, bytes], *, part: str = "", piece: bytes = b"", size: int = 0) -> bytes:
    """Return a workbook; one of its parts unpacks to ``size`` more, of its ``piece`` again and again."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as target:
        for name, content in parts.items():
            with target.open(name, "w", force_zip64=True) as stream:
                end = content.rindex(ENDS[name]) if name == part else len(content)
                stream.write(content[:end])
                for _number in range(size // len(piece) if name == part else 0):
                    stream.write(piece)
                stream.write(content[end:])
    return file.getvalue()


SHEET, TEXTS, TYPES = "xl/worksheets/sheet1.xml", "xl/sharedStrings.xml", "[Content_Types].xml"
ENDS = {SHEET: b"</sheetData>", TEXTS: b"</sst>"}
ROWS = b'<row><c t="inlineStr"><is><t>x</t></is></c></row>' * 2000
SHARED = b"<si><t>" + b"x" * 90_000 + b"</t></si>"


@pytest.mark.parametrize(("part", "piece"), [(SHEET, ROWS), (TEXTS, SHARED)], ids=["rows", "texts"])
def test_a_bomb_costs_the_web_process_little_memory_and_time(part: str, piece: bytes) -> None:
    content = packed(shared(book(40)), part=part, piece=piece, size=200 * MIB)
    assert len(content) < 4 * MIB
    tracemalloc.start()
    began = time.process_time()
    table = reading.describe(content, whole=False)
    seconds, (_now, peak) = time.process_time() - began, tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert (table.columns, table.partial, table.count) == (COLUMNS, True, None)
    assert table.sample(count=1) == [["firm 0", "0@example.org"]]
    assert peak < 64 * MIB
    assert seconds < 5


def test_more_than_the_worker_reads_is_refused_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbook, "LARGEST_UNPACKED", 20 * MIB)
    with pytest.raises(TooLarge, match="unpacked"):
        reading.describe(packed(shared(book(40)), part=SHEET, piece=ROWS, size=24 * MIB), whole=False)


def test_many_large_sheets_are_not_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(heads, "WHOLE", 1000)
    table = reading.describe(book(50, sheets=("Second", "Third")), whole=False)
    assert (table.sheet, table.origin.sheets) == ("Sheet", ("Sheet", "Second", "Third"))
    assert len(list(table.rows())) == 50


def test_rows_that_are_too_long_for_a_head_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(heads, "WHOLE", 1000)
    monkeypatch.setattr(heads, "OF_SHEET", 1500)
    with pytest.raises(TooLarge, match="first rows"):
        reading.describe(book(60), whole=False)


def test_a_cell_that_points_to_a_text_that_is_not_there_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(heads, "WHOLE", 1000)
    monkeypatch.setattr(heads, "OF_TEXTS", 400)
    with pytest.raises(Unreadable):
        reading.describe(packed(shared(book(60))), whole=False)


def test_a_large_workbook_is_counted_and_read_by_the_worker(
    kai: Person, root: Unit, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(heads, "WHOLE", 1000)
    monkeypatch.setattr(heads, "OF_SHEET", 8000)
    batch = upload(kai, book(200), "firms.xlsx")
    assert (batch.rows, batch.report["columns"]) == (None, COLUMNS)
    assert telling.samples(batch)[0][0] == "firm 0"
    declare(batch, kai, root)
    actions.check(batch=batch.pk, by=as_actor(kai), at=NOON, inline=True)
    checked = running.run(batch.pk)
    assert (checked.state, checked.rows) == (ImportState.CHECKED, 200)
    actions.start(batch=batch.pk, by=as_actor(kai), at=NOON, inline=True)
    assert running.run(batch.pk).created == 200


def test_the_wizard_and_the_program_are_told_which_sheets_are_not_read(
    kai: Person, root: Unit, settings: Settings
) -> None:
    settings.STORAGES = PLAIN_STATIC
    batch = upload(kai, book(2, sheets=("Leads", "Old")), "firms.xlsx")
    desk = sign_in(kai)
    page = text_of(desk.get(f"/imports/{batch.pk}/columns/"))
    assert "Only the sheet “Sheet” is read" in page
    assert "Leads, Old" in page
    declare(batch, kai, root)
    actions.start(batch=batch.pk, by=as_actor(kai), at=NOON, inline=True)
    running.run(batch.pk)
    assert "Leads, Old" in text_of(desk.get(f"/imports/{batch.pk}/"))
    sent = send(program_of(kai), book(2, sheets=("Leads",)), "firms.xlsx").json()
    assert (sent["sheet"], sent["other_sheets"]) == ("Sheet", ["Leads"])
    assert "sheets" not in ImportBatch.objects.get(pk=sent["id"]).mapping
    one = upload(kai, book(2), "firms.xlsx")
    assert "Only the sheet" not in text_of(desk.get(f"/imports/{one.pk}/columns/"))
