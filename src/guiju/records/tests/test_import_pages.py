"""The import wizard as people walk through it, page by page."""

from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from pytest_django import Settings

from guiju.access.actors import system
from guiju.access.models import Person, Unit
from guiju.access.tests.cast import add, kinds, sign_in
from guiju.kit import clock
from guiju.records import storing
from guiju.records.gate import actions, running
from guiju.records.models import Customer, ImportBatch, ImportState
from guiju.records.tests.browsing import HTMX, PLAIN_STATIC, text_of
from guiju.records.tests.conftest import as_actor
from guiju.vault import files

NORTHWIND = Path(__file__).parents[5] / "shared/data/crm/northwind_accounts.csv"
pytestmark = pytest.mark.django_db(databases=["default", "keyring"])
committed = pytest.mark.django_db(databases=["default", "keyring"], transaction=True)
GOOD = "Account Name,Phone,Email\nAcme,+49 30 901820,info@example.org\nBetter,,office@example.net\n"
DECLARED = {
    "basis": "contract",
    "purposes": ["account-management"],
    "source": "old CRM",
    "region": "DE",
    "duplicates": "block",
}


@pytest.fixture(autouse=True)
def _plain_assets(settings: Settings) -> None:
    settings.STORAGES = PLAIN_STATIC


@pytest.fixture
def desk(kai: Person) -> Client:
    """Kai's browser."""
    return sign_in(kai)


def upload(desk: Client, content: str | bytes, name: str = "export.csv", **more: str) -> Any:
    raw = content if isinstance(content, bytes) else content.encode()
    return desk.post("/imports/new/", {"file": SimpleUploadedFile(name, raw), **more})


def newest() -> ImportBatch:
    found = ImportBatch.objects.order_by("-pk").first()
    assert found is not None
    return found


def decide(desk: Client, batch: ImportBatch, **changes: str) -> Any:
    paths = {f"to-{place}": one["path"] for place, one in enumerate(batch.mapping["columns"])}
    return desk.post(f"/imports/{batch.pk}/columns/", paths | changes)


def declare(desk: Client, batch: ImportBatch, unit: Unit, **changes: object) -> Any:
    return desk.post(f"/imports/{batch.pk}/declare/", DECLARED | {"unit": str(unit.pk)} | changes)


def checked(desk: Client, unit: Unit, content: str | bytes, **changes: object) -> ImportBatch:
    upload(desk, content)
    batch = newest()
    assert decide(desk, batch).status_code == 302
    assert declare(desk, batch, unit, **changes).status_code == 302
    return running.run(batch.pk)


def imported(desk: Client, unit: Unit, content: str | bytes, **changes: object) -> ImportBatch:
    batch = checked(desk, unit, content, **changes)
    assert desk.post(f"/imports/{batch.pk}/start/").status_code == 302
    return running.run(batch.pk)


@committed
@pytest.mark.skipif(not NORTHWIND.exists(), reason="the Northwind file is not part of the repository")
def test_kai_walks_from_a_real_crm_export_to_its_report(desk: Client, root: Unit) -> None:
    answer = upload(desk, NORTHWIND.read_bytes(), "northwind_accounts.csv")
    batch = newest()
    assert answer["Location"] == f"/imports/{batch.pk}/columns/"
    columns = text_of(desk.get(answer["Location"]))
    assert "Alfreds Futterkiste" in columns
    assert '<option value="organisation.name" selected>' in columns
    assert decide(desk, batch)["Location"] == f"/imports/{batch.pk}/declare/"
    assert declare(desk, batch, root)["Location"] == f"/imports/{batch.pk}/"
    assert "Checking every row" in text_of(desk.get(f"/imports/{batch.pk}/"))
    running.run(batch.pk)
    result = text_of(desk.get(f"/imports/{batch.pk}/"))
    assert "All rows can come in" in result
    assert not Customer.objects.exists()
    desk.post(f"/imports/{batch.pk}/start/")
    assert "Writing the customers" in text_of(desk.get(f"/imports/{batch.pk}/"))
    running.run(batch.pk)
    report = text_of(desk.get(f"/imports/{batch.pk}/"))
    assert f"/customers/?batch={batch.pk}" in report
    assert "Every row came in" in report
    assert Customer.objects.count() == 182
    assert "northwind_accounts.csv" in text_of(desk.get("/imports/"))
    assert not files.exists(batch.pk)


def test_a_column_without_a_purpose_is_refused_by_name_until_it_is_left_out(desk: Client) -> None:
    upload(desk, "Account Name,Star Sign\nAcme,Leo\n")
    batch = newest()
    page = text_of(desk.get(f"/imports/{batch.pk}/columns/"))
    assert "1 column has no purpose and is refused" in page
    assert "<b>Star Sign</b>" in page
    answer = decide(desk, batch)
    assert answer.status_code == 422
    assert "and so no purpose, for this column" in text_of(answer)
    assert decide(desk, batch, **{"drop-rest": "yes"}).status_code == 302
    assert newest().mapping["columns"][1]["path"] == "drop"


def test_what_was_chosen_stays_when_the_columns_are_refused(desk: Client) -> None:
    upload(desk, "Account Name,Star Sign\nAcme,Leo\n")
    answer = decide(desk, newest(), **{"to-0": "organisation.short-name", "to-1": "drop"})
    assert answer.status_code == 422
    assert '<option value="organisation.short-name" selected>' in text_of(answer)
    assert "The name of this customer is not mapped" in text_of(answer)


def test_only_the_one_who_brought_the_file_sees_samples(desk: Client, kai: Person, root: Unit) -> None:
    checked(desk, root, GOOD)
    other = sign_in(add("Kim", "records-admin", unit=root))
    assert "info@example.org" in text_of(desk.get(f"/imports/{newest().pk}/columns/"))
    seen = text_of(other.get(f"/imports/{newest().pk}/columns/"))
    assert "info@example.org" not in seen
    assert "Samples are shown only to the person who uploaded the file." in seen


def test_nobody_imports_without_basis_purpose_and_source_and_what_was_typed_stays(desk: Client, root: Unit) -> None:
    upload(desk, GOOD)
    batch = newest()
    decide(desk, batch)
    answer = declare(desk, batch, root, basis="", purposes=[], source="", region="CN")
    page = text_of(answer)
    assert answer.status_code == 422
    assert "No record may be kept without a lawful basis." in page
    assert "Choose at least one." in page
    assert "No record may be kept without its source." in page
    assert '<option value="CN" selected>' in page
    assert newest().state == ImportState.UPLOADED


def test_a_file_that_is_no_table_is_refused_with_a_remedy(desk: Client) -> None:
    answer = upload(desk, b"%PDF-1.7 \x00\x01\x02", "paper.pdf")
    assert answer.status_code == 422
    assert desk.post("/imports/new/").status_code == 422
    assert not ImportBatch.objects.exists()


def test_the_check_groups_problems_by_rule_and_shows_duplicates(desk: Client, root: Unit) -> None:
    imported(desk, root, GOOD)
    again = "Account Name,Email\nAcme,info@example.org\nWrong,not an address\nNew,\nNew,\n"
    batch = checked(desk, root, again)
    page = text_of(desk.get(f"/imports/{batch.pk}/"))
    assert "This is no e-mail address." in page
    assert "Write it as name@example.com." in page
    assert f"/customers/{Customer.objects.get(name='Acme').pk}/" in page
    assert "row 4 of this file" in page
    assert "3 rows will wait in quarantine" in page
    assert Customer.objects.count() == 2


def test_quarantined_rows_are_downloaded_mended_and_imported_again(desk: Client, root: Unit) -> None:
    batch = imported(desk, root, "Account Name,Email\nAcme,not an address\nBetter,good@example.org\n")
    page = text_of(desk.get(f"/imports/{batch.pk}/"))
    assert "This is no e-mail address." in page
    taken = desk.post(f"/imports/{batch.pk}/quarantine/")
    assert taken["Content-Disposition"] == f'attachment; filename="quarantine-{batch.pk}.csv"'
    assert "no-store" in taken["Cache-Control"]
    assert "records.quarantine.taken" in kinds()
    mended = taken.content.decode("utf-8-sig").replace("not an address", "info@example.org")
    answer = upload(desk, mended, "mended.csv", like=str(batch.pk))
    again = newest()
    assert answer["Location"] == f"/imports/{again.pk}/columns/?like={batch.pk}"
    page = text_of(desk.get(f"/imports/{again.pk}/declare/?like={batch.pk}"))
    assert 'value="old CRM"' in page
    declare(desk, again, root)
    running.run(again.pk)
    desk.post(f"/imports/{again.pk}/start/")
    assert running.run(again.pk).created == 1


def test_an_import_is_taken_back_only_after_it_was_explained(desk: Client, root: Unit) -> None:
    batch = imported(desk, root, GOOD)
    assert "2 records were created by it." in text_of(desk.get(f"/imports/{batch.pk}/revert/"))
    desk.post(f"/imports/{batch.pk}/revert/")
    assert "Taking the import back" in text_of(desk.get(f"/imports/{batch.pk}/"))
    running.run(batch.pk)
    assert "2 records removed with their keys" in text_of(desk.get(f"/imports/{batch.pk}/"))
    assert not Customer.objects.exists()


def test_progress_is_told_to_the_page_that_asks_and_ends_with_the_result(desk: Client, root: Unit) -> None:
    upload(desk, GOOD)
    batch = newest()
    decide(desk, batch)
    declare(desk, batch, root)
    address = f"/imports/{batch.pk}/progress/"
    answer = desk.get(address, headers=HTMX)
    assert 'id="progress"' in text_of(answer)
    assert "The run was interrupted" not in text_of(answer)
    assert "HX-Redirect" not in answer
    running.run(batch.pk)
    assert desk.get(address, headers=HTMX)["HX-Redirect"] == f"/imports/{batch.pk}/"
    assert desk.get(address)["Location"] == f"/imports/{batch.pk}/"


def test_a_run_whose_process_died_says_so_and_goes_on(desk: Client, kai: Person, root: Unit) -> None:
    batch = checked(desk, root, GOOD)
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_jobs")
    actions.start(batch=batch.pk, by=as_actor(kai), at=clock.now(), inline=True)
    assert "The run was interrupted" in text_of(desk.get(f"/imports/{batch.pk}/"))
    desk.post(f"/imports/{batch.pk}/resume/")
    assert "The run was interrupted" not in text_of(desk.get(f"/imports/{batch.pk}/"))
    assert running.run(batch.pk).created == 2


@committed
def test_giving_an_import_up_destroys_its_file(desk: Client) -> None:
    upload(desk, GOOD)
    batch = newest()
    assert files.exists(batch.pk)
    desk.post(f"/imports/{batch.pk}/cancel/")
    assert not files.exists(batch.pk)
    assert "Nothing was written. The file is destroyed." in text_of(desk.get(f"/imports/{batch.pk}/"))


def test_nothing_starts_that_was_not_checked(desk: Client, root: Unit) -> None:
    upload(desk, GOOD)
    batch = newest()
    desk.post(f"/imports/{batch.pk}/start/")
    assert newest().state == ImportState.UPLOADED


def test_decisions_on_columns_are_taken_along_as_a_template(desk: Client) -> None:
    upload(desk, "Account Name,Star Sign\nAcme,Leo\n")
    decide(desk, newest(), **{"to-1": "drop"})
    template = desk.get(f"/imports/{newest().pk}/mapping/").content
    assert b"Star Sign: drop" in template
    upload(desk, "Account Name,Star Sign\nBetter,Virgo\n")
    batch = newest()
    answer = desk.post(f"/imports/{batch.pk}/mapping/load/", {"template": SimpleUploadedFile("m.yaml", template)})
    assert answer.status_code == 302
    assert newest().mapping["columns"][1]["path"] == "drop"
    broken = {"template": SimpleUploadedFile("m.yaml", b"columns: [1")}
    page = desk.post(f"/imports/{batch.pk}/mapping/load/", broken, follow=True)
    assert "The mapping file cannot be used." in text_of(page)


def test_people_who_do_not_import_find_no_such_page(bo: Person, desk: Client, root: Unit) -> None:
    batch = imported(desk, root, GOOD)
    window = sign_in(bo)
    pages = ["/imports/", "/imports/new/", *(f"/imports/{batch.pk}/{tail}" for tail in ("", "columns/", "revert/"))]
    assert {window.get(page).status_code for page in pages} == {404}


def test_another_administrators_import_is_out_of_reach(desk: Client, berlin: Unit, shanghai: Unit) -> None:
    batch = imported(desk, berlin, GOOD)
    window = sign_in(add("Lin", "records-admin", unit=shanghai))
    assert window.get(f"/imports/{batch.pk}/").status_code == 404
    assert window.post(f"/imports/{batch.pk}/quarantine/").status_code == 404
    assert "export.csv" not in text_of(window.get("/imports/"))


@pytest.mark.usefixtures("own_files")
@committed
def test_uploads_nobody_goes_on_with_are_destroyed_after_a_month(desk: Client, kai: Person) -> None:
    upload(desk, GOOD)
    batch = newest()
    stray = UUID(int=7)
    with files.writer(stray) as file:
        file.write(b"left behind")
    later = batch.uploaded_at + timedelta(days=29)
    storing.sweep(by=system("keeper"), at=later)
    assert files.exists(batch.pk)
    assert not files.exists(stray)
    storing.sweep(by=system("keeper"), at=later + timedelta(days=2))
    assert not files.exists(batch.pk)
    assert newest().state == ImportState.CANCELLED
    assert "records.import.file-deleted" in kinds()
