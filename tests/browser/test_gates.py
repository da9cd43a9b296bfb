"""A file comes in and a list goes out, in a real browser: both languages, desktop and phone, scripts on and off."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from browser.visitor import DESKTOP, PHONE, ROOT

from guiju.access.models import Person
from guiju.records.exports import running as export_running
from guiju.records.gate import running
from guiju.records.models import Customer, ExportBatch, ImportBatch

NORTHWIND = ROOT.parent / "shared/data/crm/northwind_accounts.csv"
DRESSES = {
    "desktop": {"language": "en", "size": DESKTOP, "theme": "light"},
    "phone": {"language": "zh-hans", "size": PHONE, "theme": "dark"},
}
FLAWED = """客户名称,联系人,手机,邮箱,星座
北京云图科技有限公司,王芳,13800138001,wang@example.cn,狮子座
上海海月贸易有限公司,欧阳修文,123,ou@example.cn,
,没有公司,13800138003,lost@example.cn,
Broken & Sons,Jo Doe,+44 7700 900123,not an address,
北京云图科技有限公司,王芳芳,13800138009,fang@example.cn,
"""


@pytest.fixture
def kai(hire: Callable[..., Person]) -> Person:
    """The administrator of records."""
    return hire("Kai", "records-admin", unit="Guiju Trading")


@pytest.fixture
def flawed(tmp_path: Path) -> Path:
    """A file with a column too many, mistakes and a duplicate."""
    path = tmp_path / "客户导出.csv"
    path.write_text(FLAWED, "utf-8")
    return path


def check(window: Any, name: str) -> None:
    """Look at a page: a picture, nothing too wide, nothing that axe finds."""
    window.shot(name)
    window.fits()
    window.accessible()


def newest() -> ImportBatch:
    return ImportBatch.objects.latest("uploaded_at")


def press(window: Any, selector: str) -> None:
    window.page.locator(f"main {selector}").first.click()
    window.page.wait_for_load_state()


def upload(window: Any, file: Path) -> ImportBatch:
    window.go("/imports/new/")
    window.page.set_input_files("input[name=file]", file)
    press(window, "form[enctype] button[type=submit]")
    window.page.wait_for_url("**/columns/")
    return newest()


def declare(window: Any, batch: ImportBatch) -> None:
    page = window.page
    page.check("input[name=basis][value=contract]")
    page.check("input[name=purposes][value=service]")
    page.fill("input[name=source]", "Old CRM, export of November")
    press(window, "form[novalidate] button[type=submit]")
    page.wait_for_url(f"**/imports/{batch.pk}/")


@pytest.mark.skipif(not NORTHWIND.exists(), reason="the Northwind file is not part of the repository")
@pytest.mark.parametrize("dress", DRESSES)
def test_kai_imports_a_real_crm_export_and_takes_a_list_out(visit: Any, kai: Person, dress: str) -> None:
    mark = f"{DRESSES[dress]['language']}-{dress}"
    desk = visit(person=kai, **DRESSES[dress])
    page = desk.page
    desk.go("/imports/")
    check(desk, f"imports-empty-{mark}")
    desk.go("/imports/new/")
    check(desk, f"import-1-file-{mark}")
    batch = upload(desk, NORTHWIND)
    check(desk, f"import-2-columns-{mark}")
    press(desk, "#columns .gj-form-foot button")
    page.wait_for_url("**/declare/")
    check(desk, f"import-3-declare-{mark}")
    declare(desk, batch)
    page.locator("#progress").wait_for()
    check(desk, f"import-4-checking-{mark}")
    running.run(batch.pk)
    page.locator("form[action$='/start/'] button").wait_for()
    check(desk, f"import-5-checked-{mark}")
    press(desk, "form[action$='/start/'] button")
    page.locator("#progress").wait_for()
    desk.shot(f"import-6-working-{mark}")
    running.run(batch.pk)
    page.locator("a[href*='?batch=']").first.wait_for()
    check(desk, f"import-7-report-{mark}")
    assert Customer.objects.count() == 182
    desk.go("/imports/")
    check(desk, f"imports-{mark}")
    desk.go(f"/customers/?batch={batch.pk}")
    assert page.locator("tbody tr").count() == 50
    take_out(desk, batch, mark)
    desk.quiet()


def take_out(desk: Any, batch: ImportBatch, mark: str) -> None:
    """Export the customers of the import."""
    page = desk.page
    desk.go(f"/customers/export/?batch={batch.pk}")
    check(desk, f"export-1-new-{mark}")
    page.check("input[name=sight][value=clear]")
    desk.shot(f"export-1-clear-{mark}")
    press(desk, ".gj-form > .gj-form-foot button[type=submit]")
    page.wait_for_url("**/exports/*/")
    check(desk, f"export-2-working-{mark}")
    export_running.run(ExportBatch.objects.latest("started_at").pk)
    button = page.locator("form[action$='/take/'] button")
    button.wait_for()
    check(desk, f"export-3-ready-{mark}")
    with page.expect_download() as waiting:
        button.click()
    assert waiting.value.suggested_filename.endswith(".xlsx")
    desk.go("/exports/")
    check(desk, f"exports-{mark}")


@pytest.mark.parametrize("dress", DRESSES)
def test_mistakes_of_a_file_are_named_held_back_and_mended(visit: Any, kai: Person, flawed: Path, dress: str) -> None:
    mark = f"{DRESSES[dress]['language']}-{dress}"
    desk = visit(person=kai, **DRESSES[dress])
    page = desk.page
    batch = upload(desk, flawed)
    press(desk, "#columns .gj-form-foot button")
    assert page.locator("#to-4-problem").is_visible()
    check(desk, f"import-columns-refused-{mark}")
    press(desk, "button[name=drop-rest]")
    page.wait_for_url("**/declare/")
    press(desk, "form[novalidate] button[type=submit]")
    assert page.locator("#id_source_error").is_visible()
    check(desk, f"import-declare-refused-{mark}")
    declare(desk, batch)
    running.run(batch.pk)
    page.locator("form[action$='/start/'] button").wait_for()
    check(desk, f"import-checked-flawed-{mark}")
    press(desk, "form[action$='/start/'] button")
    running.run(batch.pk)
    page.locator("a[href$='/revert/']").wait_for()
    check(desk, f"import-report-flawed-{mark}")
    with page.expect_download() as waiting:
        press(desk, "form[action$='/quarantine/'] button")
    assert waiting.value.suggested_filename == f"quarantine-{batch.pk}.csv"
    press(desk, "a[href$='/revert/']")
    page.wait_for_url("**/revert/")
    check(desk, f"import-revert-{mark}")
    press(desk, "form button[type=submit]")
    running.run(batch.pk)
    page.locator(".gj-page-head .gj-badge").wait_for()
    check(desk, f"import-reverted-{mark}")
    assert not Customer.objects.exists()


def test_everything_works_without_scripts(visit: Any, kai: Person, flawed: Path) -> None:
    desk = visit(person=kai, scripts=False)
    batch = upload(desk, flawed)
    press(desk, "button[name=drop-rest]")
    declare(desk, batch)
    running.run(batch.pk)
    desk.go(f"/imports/{batch.pk}/")
    press(desk, "form[action$='/start/'] button")
    running.run(batch.pk)
    desk.go(f"/imports/{batch.pk}/")
    assert desk.page.locator("form[action$='/quarantine/'] button").is_visible()
    assert Customer.objects.count() == 4
