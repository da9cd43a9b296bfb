"""What people with an import right in one unit try on the imports and customers of others."""

import io
from zipfile import ZipFile

import pytest
from openpyxl import Workbook
from pytest_django import Settings

from guiju.access.models import Person, Unit
from guiju.access.tests.cast import NOON, add, sign_in
from guiju.kit.errors import NotFound
from guiju.records.gate import actions, reading, running
from guiju.records.gate.limits import Unreadable
from guiju.records.gate.mapping import Mapping
from guiju.records.models import Customer, Duplicates, ImportBatch, ImportState, QuarantinedRow, Relationship
from guiju.records.tests.browsing import PLAIN_STATIC, text_of
from guiju.records.tests.conftest import as_actor
from guiju.records.tests.test_gate import declare, imported, upload

pytestmark = pytest.mark.django_db(databases=["default", "keyring"], transaction=True)
TWO_UNITS = b"Account Name,Email,Where\nAcme,a@example.org,Berlin\nBetter,b@example.org,Shanghai\n"
LI_NAS_NUMBER = "客户名称,联系人,手机,邮箱\n云图科技,李娜,+8613800138000,yuntu@example.cn\n"


@pytest.fixture
def shop(shanghai: Unit) -> Person:
    """The web shop of Shanghai, a service account."""
    return add("Shop", "service-account", unit=shanghai)


def into_two_units(by: Person, unit: Unit) -> ImportBatch:
    batch = upload(by, TWO_UNITS)
    mapping = Mapping.of({one["column"]: one["path"] for one in batch.mapping["columns"]} | {"Where": "unit"})
    actions.assign(batch=batch.pk, mapping=mapping, by=as_actor(by), at=NOON)
    batch.refresh_from_db()
    return declare(batch, by, unit)


def test_whoever_starts_somebody_elses_import_lends_no_rights(
    kai: Person, shop: Person, shanghai: Unit, berlin: Unit
) -> None:
    batch = into_two_units(kai, shanghai)
    actions.start(batch=batch.pk, by=as_actor(shop), at=NOON, inline=True)
    done = running.run(batch.pk)
    assert (done.state, done.created, done.quarantined) == (ImportState.DONE, 1, 1)
    assert not Customer.objects.filter(unit=berlin).exists()


def test_whoever_reverts_somebody_elses_import_takes_back_only_what_they_reach(
    kai: Person, shop: Person, shanghai: Unit, berlin: Unit
) -> None:
    batch = into_two_units(kai, shanghai)
    actions.start(batch=batch.pk, by=as_actor(kai), at=NOON, inline=True)
    assert running.run(batch.pk).created == 2
    actions.revert(batch=batch.pk, by=as_actor(shop), at=NOON, inline=True)
    report = running.run(batch.pk).report
    assert (report["revert"]["removed"], report["revert"]["kept"]) == (1, 1)
    assert Customer.objects.get().unit == berlin


def leave(person: Person) -> None:
    person.is_active = False
    person.save(update_fields=["is_active"])


ACME = b"Account Name,Email\nAcme,a@example.org\n"


def test_an_import_whose_runner_lost_the_right_stops_and_is_taken_up_by_a_colleague(
    kai: Person, shanghai: Unit, settings: Settings
) -> None:
    settings.STORAGES = PLAIN_STATIC
    batch = declare(upload(kai, ACME), kai, shanghai)
    actions.start(batch=batch.pk, by=as_actor(kai), at=NOON, inline=True)
    leave(kai)
    assert running.run(batch.pk).state == ImportState.FAILED
    assert not Customer.objects.exists()

    mia = add("Mia", "records-admin", unit=shanghai)
    page = text_of(sign_in(mia).get(f"/imports/{batch.pk}/"))
    assert "Reason: whoever set it going may no longer import there. 0 rows are written whole" in page

    actions.resume(batch=batch.pk, by=as_actor(mia), at=NOON, inline=True)
    done = running.run(batch.pk)
    assert (done.state, done.created, "failure" in done.report) == (ImportState.DONE, 1, False)


def test_a_check_that_was_stopped_is_taken_up_as_a_check(kai: Person, shanghai: Unit) -> None:
    batch = declare(upload(kai, ACME), kai, shanghai)
    actions.check(batch=batch.pk, by=as_actor(kai), at=NOON, inline=True)
    leave(kai)
    assert running.run(batch.pk).state == ImportState.FAILED

    mia = as_actor(add("Mia", "records-admin", unit=shanghai))
    actions.resume(batch=batch.pk, by=mia, at=NOON, inline=True)

    assert running.run(batch.pk).state == ImportState.CHECKED
    assert not Customer.objects.exists(), "nobody has decided to write yet"


def test_a_revert_that_was_refused_is_taken_up_by_a_colleague(kai: Person, shanghai: Unit) -> None:
    done = imported(kai, shanghai, ACME)
    actions.revert(batch=done.pk, by=as_actor(kai), at=NOON, inline=True)
    leave(kai)
    assert running.run(done.pk).state == ImportState.FAILED
    assert Customer.objects.count() == 1

    mia = as_actor(add("Mia", "records-admin", unit=shanghai))
    actions.resume(batch=done.pk, by=mia, at=NOON, inline=True)

    assert running.run(done.pk).state == ImportState.REVERTED
    assert not Customer.objects.exists()


def test_the_cells_of_a_refused_row_are_not_for_every_importer(kai: Person, shop: Person, shanghai: Unit) -> None:
    done = imported(kai, shanghai, b"Account Name,Email\nAcme,not an address\n")
    assert QuarantinedRow.objects.filter(batch=done).count() == 1
    with pytest.raises(NotFound):
        actions.take_quarantine(batch=done.pk, by=as_actor(shop), at=NOON)
    actions.take_quarantine(batch=done.pk, by=as_actor(kai), at=NOON)


@pytest.mark.parametrize("duplicates", [Duplicates.BLOCK, Duplicates.MERGE])
def test_nobody_ties_a_row_to_a_customer_out_of_reach(duplicates: Duplicates, berlin: Unit, li_na: Customer) -> None:
    eve = add("Eve", "service-account", unit=berlin)
    content = LI_NAS_NUMBER.encode()
    batch = declare(upload(eve, content), eve, berlin, duplicates=duplicates)
    actions.check(batch=batch.pk, by=as_actor(eve), at=NOON, inline=True)
    assert str(li_na.pk) not in str(running.run(batch.pk).report)
    done = imported(eve, berlin, content, duplicates=duplicates)
    assert (done.created, done.quarantined) == (2, 0), "as if nobody had the number"
    assert li_na.pk not in set(Relationship.objects.values_list("related_id", flat=True))


def test_a_dry_run_tells_nothing_of_a_customer_out_of_reach(berlin: Unit, li_na: Customer) -> None:
    eve = add("Eve", "service-account", unit=berlin)
    batch = declare(upload(eve, "姓名,手机,身份证号\n李娜,+8613800138000,11010519491231002X\n".encode()), eve, berlin)
    actions.check(batch=batch.pk, by=as_actor(eve), at=NOON, inline=True)
    report = running.run(batch.pk).report
    assert (report["twins"], report["check"]["duplicates"], report["check"]["quarantined"]) == ([], 0, 0)


@pytest.mark.parametrize("name", ["worksheets/sheet1.xml", "worksheets/sheet1.dat", "media/image1.svg"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_a_workbook_that_unfolds_entities_is_refused_whatever_the_part_is_called(encoding: str, name: str) -> None:
    whole = io.BytesIO()
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.append(["Account Name"])
    sheet.append(["Acme"])
    book.save(whole)
    evil = io.BytesIO()
    with ZipFile(whole) as plain, ZipFile(evil, "w") as packed:
        for part in plain.namelist():
            text = plain.read(part).decode()
            if part == "xl/worksheets/sheet1.xml":
                head = '<?xml version="1.0"?><!DOCTYPE worksheet [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;&a;">]>'
                text = head + text[text.index("<worksheet") :].replace("Acme", "&b;")
                packed.writestr(f"xl/{name}", text.encode(encoding))
            else:
                packed.writestr(part, text.replace("worksheets/sheet1.xml", name))
    with pytest.raises(Unreadable):
        reading.describe(evil.getvalue())
