"""Programs bring files in and take lists out through the same gates as people."""

import io
from typing import Any
from uuid import UUID

import openpyxl
import pytest
from django.conf import LazySettings

from guiju.access.models import Person, Unit
from guiju.access.tests.cast import OPERATOR, add
from guiju.records.exports import running as exporting
from guiju.records.gate import running as importing
from guiju.records.models import Customer, ImportBatch
from guiju.records.tests.conftest import open_record
from guiju.records.tests.program import BASE, Program, program_of
from guiju.records.tests.test_api_customers import ZHANG

pytestmark = pytest.mark.django_db(databases=["default", "keyring"], transaction=True)
FILE = """客户名称,联系人,手机,邮箱
北京云图科技有限公司,王芳,13800138001,wang@example.cn
上海海月贸易有限公司,欧阳修文,13800138002,not-an-address
"""
SAID = {"basis": "contract", "purposes": ["account-management"], "source": "old CRM", "region": "CN"}


def upload(program: Program, content: bytes, name: str = "export.csv", **headers: str) -> Any:
    file = io.BytesIO(content)
    file.name = name
    sent = {"Authorization": f"Bearer {program.secret}"} | {key.replace("_", "-"): one for key, one in headers.items()}
    return program.client.post(f"{BASE}/imports", {"file": file}, headers=sent)


@pytest.fixture
def program(kai: Person) -> Program:
    """The program of the administrator of records."""
    return program_of(kai)


def test_a_file_is_uploaded_declared_checked_started_watched_and_reverted(program: Program, kai: Person) -> None:
    response = upload(program, FILE.encode())
    assert response.status_code == 201, response.content
    found = response.json()
    path = f"/imports/{found['id']}"
    assert response["Location"] == BASE + path
    assert {one["column"]: one["path"] for one in found["columns"]}["手机"]
    early = program.post(f"{path}/start")
    assert early.status_code == 422
    said = program.call("PUT", f"{path}/declaration", SAID)
    assert said.status_code == 200, said.content
    assert said.json()["unit"]["id"] == kai.unit_id
    assert program.post(f"{path}/check").status_code == 202
    importing.run(UUID(found["id"]))
    checked = program.get(path).json()
    assert checked["state"] == "checked"
    assert checked["report"]["check"] == {"rows": 2, "good": 1, "quarantined": 1, "duplicates": 0}
    assert program.post(f"{path}/start").status_code == 202
    assert program.post(f"{path}/start").status_code == 409
    importing.run(UUID(found["id"]))
    done = program.get(path).json()
    assert done["state"] == "done"
    assert done["counts"]["quarantined"] == 1
    assert Customer.objects.filter(batch=found["id"]).count() == 2
    refused = program.get(f"{path}/quarantine", Accept="text/csv")
    assert refused["Content-Type"] == "text/csv; charset=utf-8"
    assert "not-an-address" in refused.getvalue().decode()
    assert program.get("/imports").json()["items"][0]["id"] == found["id"]
    assert program.post(f"{path}/revert").status_code == 202
    importing.run(UUID(found["id"]))
    assert program.get(path).json()["state"] == "reverted"
    assert not Customer.objects.exists()


def test_a_declaration_names_what_is_missing_and_which_column_has_no_purpose(program: Program) -> None:
    found = upload(program, b"name,shoe size\nLi,43\n").json()
    path = f"/imports/{found['id']}/declaration"
    refused = program.call("PUT", path, {**SAID, "columns": {"name": "person.name"}})
    assert refused.status_code == 422
    assert {one["rule"] for one in refused.json()["problems"]} == {"column-without-purpose"}
    strange = program.call("PUT", path, {**SAID, "columns": {"colour": "drop"}})
    assert strange.json()["problems"][0]["rule"] == "unknown-column"
    missing = program.call("PUT", path, {"columns": {}})
    assert {one["field"] for one in missing.json()["problems"]} >= {"basis", "purposes", "source"}
    good = program.call("PUT", path, {**SAID, "columns": {"name": "person.name", "shoe size": "drop"}})
    assert good.status_code == 200, good.content
    assert program.post(f"/imports/{found['id']}/cancel").json()["state"] == "cancelled"


@pytest.mark.parametrize(
    ("content", "status"), [(b"", 422), (b"\x00\x01\x02", 422), (b"PK\x03\x04broken", 422), (b"a" * 2_000_000, 413)]
)
def test_what_is_no_table_is_refused(program: Program, settings: LazySettings, content: bytes, status: int) -> None:
    settings.UPLOAD_LIMIT = 1024 * 1024
    response = upload(program, content)
    assert response.status_code == status
    assert response["Content-Type"] == "application/problem+json"
    assert not ImportBatch.objects.exists()


def test_an_upload_is_one_file_in_its_part_and_is_taken_once(program: Program) -> None:
    headers = {"Authorization": f"Bearer {program.secret}"}
    twice = [upload(program, FILE.encode(), Idempotency_Key="u").json()["id"] for _time in range(2)]
    assert twice[0] == twice[1]
    nothing = program.client.post(f"{BASE}/imports", {"file": "text"}, headers=headers)
    assert nothing.status_code == 422
    more = {"file": io.BytesIO(FILE.encode()), "other": "x"}
    assert program.client.post(f"{BASE}/imports", more, headers=headers).status_code == 422
    wrong = program.post("/imports", {"file": "x"})
    assert wrong.status_code == 415
    broken = program.post("/imports", "--x\r\nbroken", Content_Type="multipart/form-data; boundary=")
    assert broken.status_code == 400


def test_imports_and_exports_of_others_are_not_there(program: Program, berlin: Unit) -> None:
    other = program_of(add("Oli", "records-admin", unit=berlin))
    found = upload(program, FILE.encode()).json()
    program.call("PUT", f"/imports/{found['id']}/declaration", SAID)
    path = f"/imports/{found['id']}"
    for sub in ("", "/quarantine"):
        assert other.get(path + sub, Accept="*/*").status_code == 404
    for step in ("check", "start", "cancel", "revert"):
        assert other.post(f"{path}/{step}").status_code == 404
    assert other.call("PUT", f"{path}/declaration", SAID).status_code == 404
    assert other.get("/imports").json()["items"] == []
    export = program.post("/exports", {"columns": ["person-name"]}).json()
    for sub in ("", "/file"):
        assert other.get(f"/exports/{export['id']}{sub}", Accept="*/*").status_code == 404
    assert other.post(f"/exports/{export['id']}/cancel").status_code == 404


def test_a_list_leaves_with_masks_under_a_purpose(program: Program) -> None:
    assert program.post("/customers", ZHANG).status_code == 201
    begun = program.post("/exports", {"columns": ["person-name", "phones"], "tag": "vip", "format": "xlsx"})
    assert begun.status_code == 202, begun.content
    path = f"/exports/{begun.json()['id']}"
    assert begun["Location"] == BASE + path
    assert program.get(f"{path}/file", Accept="*/*").status_code == 409
    exporting.run(UUID(begun.json()["id"]))
    told = program.get(path).json()
    assert (told["state"], told["rows"], told["purpose"]) == ("done", 1, "account-management")
    file = program.get(f"{path}/file", Accept="*/*")
    assert file.status_code == 200
    content = file.getvalue()
    assert len(content) == told["size"]
    rows = list(openpyxl.load_workbook(io.BytesIO(content), read_only=True).worksheets[0].values)
    assert "张伟" in rows[1]
    assert "+8613900139000" not in str(rows).replace(" ", "")
    assert program.get("/exports").json()["items"][0]["id"] == begun.json()["id"]
    wrong = program.post("/exports", {"columns": ["shoe-size"]})
    assert wrong.status_code == 422
    stopped = program.post("/exports", {"columns": ["phones"]}).json()
    assert program.post(f"/exports/{stopped['id']}/cancel").status_code == 202


def test_lists_of_imports_have_pages(program: Program) -> None:
    ids = [upload(program, FILE.encode()).json()["id"] for _time in range(3)]
    first = program.get("/imports?limit=2").json()
    second = program.get(f"/imports?limit=2&cursor={first['next']}").json()
    assert [one["id"] for one in [*first["items"], *second["items"]]] == ids[::-1]
    assert second["next"] is None


def test_a_check_names_nobody_out_of_the_callers_reach(program: Program, berlin: Unit, shanghai: Unit) -> None:
    there = open_record(OPERATOR, berlin)
    content = "姓名,手机\n李娜,+8613800138000\n".encode()
    path = f"/imports/{upload(program, content).json()['id']}"
    assert program.call("PUT", f"{path}/declaration", SAID | {"unit": shanghai.pk}).status_code == 200
    program.post(f"{path}/check")
    importing.run(UUID(path.removeprefix("/imports/")))
    other = program_of(add("Shop", "service-account", unit=shanghai))

    def twins(reader: Program) -> list[str]:
        read, (listed,) = reader.get(path).json(), reader.get("/imports").json()["items"]
        assert read["report"] == listed["report"]
        return [one["customer"] for one in read["report"]["twins"]]

    assert twins(program) == [str(there.pk)]
    assert twins(other) == [""], "the row is known to be a duplicate, and of whom is not"
