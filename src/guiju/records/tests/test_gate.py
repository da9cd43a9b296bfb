"""A file on its way through the import gate."""

from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from guiju.access.models import Person, Unit
from guiju.access.tests.cast import NOON
from guiju.kit.errors import Invalid
from guiju.ledger.models import Entry
from guiju.records import actions as records
from guiju.records import queries
from guiju.records.declaring import Declaration
from guiju.records.finding import Filters
from guiju.records.gate import actions, running
from guiju.records.gate.mapping import Mapping
from guiju.records.models import (
    Customer,
    Duplicates,
    ImportBatch,
    ImportState,
    QuarantinedRow,
    Relationship,
    Sealed,
)
from guiju.records.tests.conftest import as_actor

NORTHWIND = Path(__file__).parents[5] / "shared/data/crm/northwind_accounts.csv"
WORK = "account-management"
pytestmark = pytest.mark.django_db(databases=["default", "keyring"], transaction=True)


def upload(by: Person, content: bytes, name: str = "export.csv") -> ImportBatch:
    return actions.upload(content=content, filename=name, by=as_actor(by), at=NOON)


def declare(
    batch: ImportBatch, by: Person, unit: Unit, *, duplicates: Duplicates = Duplicates.BLOCK, **said: Any
) -> ImportBatch:
    words = {"basis": "contract", "purposes": (WORK,), "source": "old CRM", **said}
    return actions.declare(
        batch=batch.pk,
        declaration=Declaration(unit_id=unit.pk, **words),
        mapping=Mapping.from_json(batch.mapping),
        region="",
        duplicates=duplicates,
        by=as_actor(by),
        at=NOON,
    )


def run(batch: ImportBatch, by: Person) -> ImportBatch:
    actions.start(batch=batch.pk, by=as_actor(by), at=NOON, inline=True)
    return running.run(batch.pk)


def imported(by: Person, unit: Unit, content: bytes, **how: Any) -> ImportBatch:
    batch = upload(by, content)
    declare(batch, by, unit, **how)
    return run(batch, by)


@pytest.mark.skipif(not NORTHWIND.exists(), reason="the Northwind file is not part of the repository")
def test_kai_imports_a_real_crm_export_as_organisations_with_their_contacts(kai: Person, root: Unit) -> None:
    done = imported(kai, root, NORTHWIND.read_bytes())
    assert (done.state, done.rows, done.created, done.quarantined) == (ImportState.DONE, 91, 182, 0)
    assert Customer.objects.filter(kind="organisation").count() == 91
    contacts = Relationship.objects.filter(kind="contact")
    assert contacts.filter(subject__kind="organisation", related__kind="person").count() == 91  # they are its contacts
    found = queries.listing(actor=as_actor(kai), purpose=WORK, at=NOON, filters=Filters(text="maria anders"))
    assert [row.title for row in found.rows] == ["Maria Anders"]
    found = queries.listing(actor=as_actor(kai), purpose=WORK, at=NOON, filters=Filters(text="constitucion"))
    assert not found.rows
    again = imported(kai, root, NORTHWIND.read_bytes())
    assert (again.created, again.quarantined, again.duplicate_rows) == (0, 91, 91)


CHINESE = """客户名称,联系人,手机,邮箱
北京云图科技有限公司,王芳,13800138001,wang@example.cn
上海海月贸易有限公司,欧阳修文,123,ou@example.cn
"""


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_a_chinese_export_is_read_in_its_encoding(encoding: str, kai: Person, root: Unit) -> None:
    done = imported(kai, root, CHINESE.encode(encoding))
    assert done.state == ImportState.DONE
    found = queries.listing(actor=as_actor(kai), purpose=WORK, at=NOON, filters=Filters(text="wangfang"))
    assert [row.title for row in found.rows] == ["王芳"]


def test_without_basis_purpose_and_source_nothing_starts(kai: Person, root: Unit) -> None:
    batch = upload(kai, CHINESE.encode())
    with pytest.raises(Invalid):
        actions.start(batch=batch.pk, by=as_actor(kai), at=NOON, inline=True)
    with pytest.raises(Invalid) as refusal:
        declare(batch, kai, root, basis="", purposes=(), source=" ")
    assert {problem.field for problem in refusal.value.problems} >= {"basis", "purposes", "source"}


def test_a_column_without_a_purpose_is_refused_by_name(kai: Person, root: Unit) -> None:
    batch = upload(kai, b"Account Name,Star Sign\nAcme,Leo\n")
    with pytest.raises(Invalid) as refusal:
        declare(batch, kai, root)
    assert [problem.field for problem in refusal.value.problems] == ["Star Sign"]


def test_an_owner_is_named_by_address_or_by_a_name_that_only_one_colleague_has(
    kai: Person, bo: Person, ada: Person, root: Unit
) -> None:
    Person.objects.create(email="ada2@example.org", name="ada", unit=root, joined_at=NOON)
    content = (
        f"客户名称,负责人\n甲公司,{bo.email.upper()}\n乙公司,{bo.name}\n丙公司,{ada.name}\n丁公司,Nobody\n,Nobody\n"
    )

    done = imported(kai, root, content.encode())

    owners = Customer.objects.order_by("name").values_list("name", "owner__email")
    assert dict(owners) == {"甲公司": bo.email, "乙公司": bo.email}
    told = [
        (row.row, problem["column"], problem["rule"])
        for row in done.quarantine.order_by("row")
        for problem in row.problems
    ]
    unknown = ("负责人", "owner-unknown")
    assert told == [(4, *unknown), (5, *unknown), (6, "客户名称", "required"), (6, *unknown)]


def test_bad_rows_wait_in_quarantine_and_nothing_of_them_is_in_clear(kai: Person, root: Unit) -> None:
    content = "Account Name,Email\nAcme,not an address\n,lost@example.org\nBetter,good@example.org\n"
    done = imported(kai, root, content.encode())
    assert (done.created, done.quarantined) == (1, 2)
    rows = list(QuarantinedRow.objects.filter(batch=done).order_by("row"))
    assert [(row.row, row.problems[0]["column"], row.problems[0]["rule"]) for row in rows] == [
        (2, "Email", "email-syntax"),
        (3, "Account Name", "required"),
    ]
    assert b"not an address" not in bytes(rows[0].sealed)


def test_merging_fills_what_is_empty_and_reverting_empties_it_again(kai: Person, root: Unit) -> None:
    imported(kai, root, b"Account Name,Phone\nAcme,+49 30 901820\n")
    merged = imported(
        kai, root, b"Account Name,Email,Phone\nAcme,info@example.org,+49 30 901821\n", duplicates=Duplicates.MERGE
    )
    assert (merged.created, merged.merged) == (0, 1)
    acme = Customer.objects.get(name="Acme")
    cells = _clear(acme.pk, kai)
    assert cells["emails"][0]["address"] == "info@example.org"
    assert cells["phones"][0]["number"] == "+4930901820"
    actions.revert(batch=merged.pk, by=as_actor(kai), at=NOON, inline=True)
    assert running.run(merged.pk).state == ImportState.REVERTED
    assert "emails" not in _clear(acme.pk, kai)


def _clear(customer: UUID, by: Person) -> dict[str, Any]:
    fields = ["phones", "emails"]
    actor = as_actor(by)
    first = queries.opened(customer=customer, actor=actor, purpose=WORK, at=NOON)
    asked = [key for key in fields if key in first.cells]
    shown = queries.opened(customer=customer, actor=actor, purpose=WORK, at=NOON, reveal=asked)
    return {key: cell.value for key, cell in shown.cells.items()}


def test_reverting_takes_untouched_records_out_with_their_keys(kai: Person, root: Unit) -> None:
    done = imported(kai, root, CHINESE.encode())
    assert Customer.objects.count() == done.created
    actions.revert(batch=done.pk, by=as_actor(kai), at=NOON, inline=True)
    reverted = running.run(done.pk)
    assert reverted.state == ImportState.REVERTED
    assert not Customer.objects.exists()
    assert not Sealed.objects.exists()
    assert Entry.objects.filter(kind="records.customers.reverted").exists()


@pytest.mark.parametrize("touch", ["tied by a colleague", "untied by a colleague"])
def test_reverting_keeps_records_whose_ties_people_worked_on(kai: Person, root: Unit, touch: str) -> None:
    done = imported(kai, root, CHINESE.encode())
    by, imported_ties = as_actor(kai), Relationship.objects.order_by("pk")
    assert imported_ties.exists()
    first = imported_ties[0]
    if touch.startswith("tied"):
        other = Customer.objects.exclude(pk__in=[first.subject_id, first.related_id])[0]
        records.relate(subject=first.subject_id, related=other.pk, kind="contact", purpose=WORK, by=by, at=NOON)
        kept = {first.subject_id, other.pk}
    else:
        records.end_relationship(relationship=first.pk, purpose=WORK, by=by, at=NOON)
        kept = {first.subject_id, first.related_id}
    actions.revert(batch=done.pk, by=by, at=NOON, inline=True)
    assert running.run(done.pk).state == ImportState.REVERTED
    assert set(Customer.objects.values_list("pk", flat=True)) == kept


def test_a_run_that_died_goes_on_after_the_last_row_it_acknowledged(kai: Person, root: Unit) -> None:
    rows = "".join(f"Firm {number},firm{number}@example.org\n" for number in range(1200))
    batch = upload(kai, f"Account Name,Email\n{rows}".encode())
    declare(batch, kai, root)
    actions.start(batch=batch.pk, by=as_actor(kai), at=NOON, inline=True)

    class Killed(Exception):
        pass

    def die(_batch: ImportBatch) -> None:
        raise Killed

    with pytest.raises(Killed):
        running.run(batch.pk, tell=die)
    assert Customer.objects.count() == 500
    assert running.run(batch.pk).state == ImportState.DONE
    assert Customer.objects.count() == 1200
    assert Customer.objects.values("name").distinct().count() == 1200


def test_a_dry_run_counts_and_writes_no_customer(kai: Person, root: Unit) -> None:
    batch = upload(kai, CHINESE.encode())
    declare(batch, kai, root)
    actions.check(batch=batch.pk, by=as_actor(kai), at=NOON, inline=True)
    checked = running.run(batch.pk)
    assert checked.state == ImportState.CHECKED
    assert checked.report["check"] == {"rows": 2, "good": 2, "quarantined": 0, "duplicates": 0}
    assert not Customer.objects.exists()


def test_creating_anyway_never_gives_two_people_one_resident_id(kai: Person, root: Unit) -> None:
    content = "姓名,身份证号\n李娜,11010519491231002X\n".encode()
    assert imported(kai, root, content, duplicates=Duplicates.CREATE).created == 1
    again = imported(kai, root, content, duplicates=Duplicates.CREATE)
    assert (again.state, again.created, again.quarantined) == (ImportState.DONE, 0, 1)
    assert QuarantinedRow.objects.get(batch=again).problems[0]["rule"] == "identifier-taken"
