"""The export gate as people walk through it, page by page."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from pytest_django import Settings

from guiju.access import actors
from guiju.access.models import Person, Unit
from guiju.access.tests.cast import kinds, sign_in
from guiju.ledger.models import Entry
from guiju.records import storing
from guiju.records.exports import running
from guiju.records.models import Customer, ExportBatch, ExportState
from guiju.records.tests.browsing import HTMX, PLAIN_STATIC, text_of
from guiju.records.tests.program import program_of
from guiju.vault import files

pytestmark = pytest.mark.django_db(databases=["default", "keyring"])
PHONE = "13800138000"
ASKED = {"field": ["person-name", "phones"], "format": "csv", "sight": "masked"}


@pytest.fixture(autouse=True)
def _plain_assets(settings: Settings) -> None:
    settings.STORAGES = PLAIN_STATIC


@pytest.fixture
def desk(bo: Person, li_na: Customer) -> Client:
    """Bo's browser, in which one customer is within reach."""
    return sign_in(bo)


def ask(desk: Client, query: str = "", **changes: object) -> ExportBatch:
    answer = desk.post(f"/customers/export/{query}", ASKED | changes)
    assert answer.status_code == 302, text_of(answer)
    one = ExportBatch.objects.latest("started_at")
    assert answer["Location"] == f"/exports/{one.pk}/"
    return one


def taken(desk: Client, one: ExportBatch) -> str:
    answer = desk.post(f"/exports/{one.pk}/take/")
    assert "no-store" in answer["Cache-Control"]
    assert answer["Content-Disposition"].startswith('attachment; filename="guiju-customers-')
    content = b"".join(answer)
    assert len(content) == int(answer["Content-Length"])
    return content.decode("utf-8-sig")


def test_bo_sees_how_each_column_would_leave_before_asking(desk: Client) -> None:
    page = text_of(desk.get("/customers/export/"))
    assert "1 customer would leave" in page
    assert "A search text is never taken along." in page
    assert 'id="field-phones" name="field" value="phones" checked' in page
    assert 'id="field-resident-id" name="field" value="resident-id" disabled' in page


def test_a_masked_list_leaves_with_masks_and_the_ledger_says_who_was_in_it(desk: Client, li_na: Customer) -> None:
    one = ask(desk)
    assert "Writing the file, sealed" in text_of(desk.get(f"/exports/{one.pk}/"))
    assert 'id="progress"' in text_of(desk.get(f"/exports/{one.pk}/progress/", headers=HTMX))
    running.run(one.pk)
    assert desk.get(f"/exports/{one.pk}/progress/", headers=HTMX)["HX-Redirect"] == f"/exports/{one.pk}/"
    assert "1 customer is in the file" in text_of(desk.get(f"/exports/{one.pk}/"))
    content = taken(desk, one)
    assert str(li_na.pk) in content
    assert PHONE not in content
    assert {"records.customers.exported", "records.export.taken"} <= set(kinds())


def test_a_list_in_clear_says_what_it_means(desk: Client) -> None:
    one = ask(desk, sight="clear")
    running.run(one.pk)
    assert "It holds personal data in clear" in text_of(desk.get(f"/exports/{one.pk}/"))
    assert "138 0013 8000" in taken(desk, one).replace("-", " ")


def test_filters_come_along_from_the_list(desk: Client) -> None:
    page = text_of(desk.get("/customers/export/?kind=organisation"))
    assert "0 customers would leave" in page
    one = ask(desk, "?kind=organisation")
    assert one.filters["kind"] == "organisation"
    assert running.run(one.pk).rows == 0


def test_an_export_without_columns_is_refused_and_what_was_chosen_stays(desk: Client) -> None:
    answer = desk.post("/customers/export/", {"format": "csv", "sight": "clear"})
    assert answer.status_code == 422
    page = text_of(answer)
    assert "Choose at least one column." in page
    assert 'name="format" value="csv" checked' in page
    assert 'name="sight" value="clear" checked' in page
    assert not ExportBatch.objects.exists()


def test_only_the_one_who_asked_finds_the_export(desk: Client, mei: Person) -> None:
    one = ask(desk)
    running.run(one.pk)
    window = sign_in(mei)
    assert window.get(f"/exports/{one.pk}/").status_code == 404
    assert window.post(f"/exports/{one.pk}/take/").status_code == 404
    assert "Nothing was exported yet" in text_of(window.get("/exports/"))


def test_a_cancelled_export_leaves_no_file(desk: Client) -> None:
    one = ask(desk)
    desk.post(f"/exports/{one.pk}/cancel/")
    assert running.run(one.pk).state == ExportState.CANCELLED
    assert "No file was kept." in text_of(desk.get(f"/exports/{one.pk}/"))
    assert desk.post(f"/exports/{one.pk}/take/").status_code == 409


@pytest.mark.usefixtures("own_files")
@pytest.mark.django_db(databases=["default", "keyring"], transaction=True)
def test_a_file_whose_time_is_over_is_destroyed(desk: Client) -> None:
    one = running.run(ask(desk).pk)
    keeper = actors.system("keeper")
    storing.sweep(by=keeper, at=one.expires_at - timedelta(seconds=1))
    assert files.exists(one.pk)
    storing.sweep(by=keeper, at=one.expires_at)
    assert not files.exists(one.pk)
    assert "records.export.expired" in kinds()
    ExportBatch.objects.filter(pk=one.pk).update(expires_at=one.started_at)
    assert "The file is destroyed" in text_of(desk.get(f"/exports/{one.pk}/"))
    assert "Expired" in text_of(desk.get("/exports/"))
    assert desk.post(f"/exports/{one.pk}/take/").status_code == 410


def test_an_auditor_exports_nothing(rui: Person, root: Unit) -> None:
    window = sign_in(rui)
    assert {window.get(page).status_code for page in ("/exports/", "/customers/export/")} == {404}


SENSITIVE: dict[str, Any] = {"field": ["person-name", "resident-id"], "sight": "clear"}


def test_sensitive_fields_leave_in_clear_only_for_a_reason_on_record(mei: Person, li_na: Customer) -> None:
    window = sign_in(mei)
    for reason in ("", "curiosity"):
        answer = window.post("/customers/export/", ASKED | SENSITIVE | {"reason": reason})
        assert answer.status_code == 422
        assert "Sensitive personal data leaves in clear only for a reason." in text_of(answer)
    assert not ExportBatch.objects.exists()
    one = ask(window, **SENSITIVE, reason="duty")
    assert '"reason":"duty"' in Entry.objects.get(kind="records.export.started").payload
    assert "meet a legal duty" in text_of(window.get(f"/exports/{one.pk}/"))
    assert ask(window, field=["resident-id"]).reason == ""
    assert ask(window, sight="clear").reason == ""


def test_a_program_says_the_reason_too(mei: Person, li_na: Customer) -> None:
    program = program_of(mei)
    body = {"columns": ["resident-id"], "clear": True}
    refused = program.post("/exports", body)
    assert refused.status_code == 422
    assert [one["field"] for one in refused.json()["problems"]] == ["reason"]
    assert program.post("/exports", {**body, "reason": "curiosity"}).status_code == 422
    begun = program.post("/exports", {**body, "reason": "verify-identity"})
    assert (begun.status_code, begun.json()["reason"]) == (202, "verify-identity")


def test_the_list_goes_on_after_fifty(bo: Person, desk: Client) -> None:
    same = ask(desk)
    fields = {"actor": same.actor, "columns": [], "started_at": same.started_at, "expires_at": same.expires_at}
    ExportBatch.objects.bulk_create([ExportBatch(format="csv", purpose=same.purpose, **fields) for _ in range(50)])
    first = text_of(desk.get("/exports/"))
    (older,) = set(re.findall(r"\?after=[^\"&]+", first))
    second = text_of(desk.get(f"/exports/{older}"))
    rows = [set(re.findall(r'href="/exports/([0-9a-f-]{36})/"', page)) for page in (first, second)]
    assert [len(found) for found in rows] == [50, 1]
    assert str(same.pk) in rows[1]
