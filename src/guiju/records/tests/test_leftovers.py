"""What an import holds that became no record goes with the customer it is about, or when its time is over."""

from datetime import timedelta

import pytest

from guiju.access import actors
from guiju.access.models import Person, Unit
from guiju.access.tests.cast import NOON
from guiju.kit import clock
from guiju.ledger.models import Entry
from guiju.records import actions as records
from guiju.records import storing
from guiju.records.gate import actions, loading, refused, running
from guiju.records.gate.wording import FAILURES
from guiju.records.models import Customer, ImportBatch, ImportState, QuarantinedRow
from guiju.records.tests.conftest import as_actor
from guiju.records.tests.test_gate import declare, imported, upload
from guiju.vault import files, keyring

pytestmark = [
    pytest.mark.django_db(databases=["default", "keyring"], transaction=True),
    pytest.mark.usefixtures("own_files"),
]
KEEPER = actors.system("keeper")
ACME = b"Account Name,Phone\nAcme,+49 30 901820\n"


def erase(customer: Customer, by: Person) -> None:
    records.erase(
        customer=customer.pk, reason="request", purpose="account-management", by=as_actor(by), at=clock.now()
    )


def destroyed() -> list[str]:
    return list(Entry.objects.filter(kind="records.import.leftovers-destroyed").values_list("payload", flat=True))


def test_erasing_a_customer_destroys_the_rows_that_the_gate_held_back_as_their_duplicates(
    kai: Person, root: Unit
) -> None:
    imported(kai, root, ACME)
    again = imported(kai, root, ACME + b"Acme,+49 30 901821\nBetter,no number\n")
    assert QuarantinedRow.objects.filter(batch=again).count() == 3
    erase(Customer.objects.get(name="Acme"), kai)
    left = QuarantinedRow.objects.get(batch=again)
    assert left.problems[0]["rule"] != "duplicate"
    assert '"rows":2' in destroyed()[0]


def failing(kai: Person, root: Unit) -> ImportBatch:
    """Return an import of which one stretch is written and the rest waits in the sealed file."""
    rows = "".join(f"Firm {number},firm{number}@example.org\n" for number in range(501))
    batch = declare(upload(kai, f"Account Name,Email\n{rows}".encode()), kai, root)
    actions.start(batch=batch.pk, by=as_actor(kai), at=NOON, inline=True)

    def die(_batch: ImportBatch) -> None:
        raise actions.WrongState

    assert running.run(batch.pk, tell=die).state == ImportState.FAILED
    assert files.exists(batch.pk)
    return batch


def test_erasing_a_customer_ends_the_failed_import_that_brought_them_and_destroys_its_file(
    kai: Person, root: Unit
) -> None:
    batch = failing(kai, root)
    erase(Customer.objects.get(name="Firm 3"), kai)
    batch.refresh_from_db()
    assert (batch.state, files.exists(batch.pk)) == (ImportState.CANCELLED, False)
    assert '"file":true' in destroyed()[0]
    with pytest.raises(actions.WrongState):
        actions.resume(batch=batch.pk, by=as_actor(kai), at=NOON, inline=True)


def test_a_failed_import_that_nobody_goes_on_with_ends_with_its_file(kai: Person, root: Unit) -> None:
    batch = failing(kai, root)
    batch.refresh_from_db()
    assert batch.ended_at
    failed_at, over = batch.ended_at, batch.ended_at + storing.IDLE
    storing.sweep(by=KEEPER, at=over - timedelta(seconds=1))
    assert files.exists(batch.pk)
    storing.sweep(by=KEEPER, at=over)
    batch.refresh_from_db()
    assert (batch.state, batch.ended_at, files.exists(batch.pk)) == (ImportState.CANCELLED, failed_at, False)
    with pytest.raises(actions.WrongState):
        actions.resume(batch=batch.pk, by=as_actor(kai), at=over, inline=True)


def test_an_import_without_its_file_says_so_and_blames_nobodys_rights(kai: Person, root: Unit) -> None:
    batch = failing(kai, root)
    actions.resume(batch=batch.pk, by=as_actor(kai), at=NOON, inline=True)
    files.delete(batch.pk)
    ended = running.run(batch.pk)
    assert ended.state == ImportState.FAILED
    assert FAILURES[ended.report["failure"]] == "its file is destroyed"


def test_the_file_of_an_import_that_goes_on_again_stays(kai: Person, root: Unit) -> None:
    batch = failing(kai, root)
    actions.resume(batch=batch.pk, by=as_actor(kai), at=NOON, inline=True)
    with pytest.raises(actions.WrongState):
        actions.delete_file(batch=batch.pk, by=KEEPER, at=NOON)
    assert files.exists(batch.pk)


def test_an_import_that_fails_after_the_erasure_keeps_no_file(kai: Person, root: Unit) -> None:
    rows = "".join(f"Firm {number},firm{number}@example.org\n" for number in range(501))
    batch = declare(upload(kai, f"Account Name,Email\n{rows}".encode()), kai, root)
    actions.start(batch=batch.pk, by=as_actor(kai), at=NOON, inline=True)

    def die(_batch: ImportBatch) -> None:
        erase(Customer.objects.get(name="Firm 3"), kai)
        raise actions.WrongState

    assert running.run(batch.pk, tell=die).state == ImportState.CANCELLED
    assert not files.exists(batch.pk)


def test_rows_that_nobody_mended_are_destroyed_thirty_days_after_the_import(kai: Person, root: Unit) -> None:
    done = imported(kai, root, b"Account Name,Email\nAcme,not an address\n")
    assert done.ended_at
    over = done.ended_at + timedelta(days=30)
    storing.sweep(by=KEEPER, at=over - timedelta(seconds=1))
    assert QuarantinedRow.objects.exists()
    storing.sweep(by=KEEPER, at=over)
    assert not QuarantinedRow.objects.exists()
    assert '"reason":"time-over"' in destroyed()[0]
    key = keyring.open_many([(done.pk, loading.QUARANTINE)]).dek(done.pk, loading.QUARANTINE)
    assert key is keyring.ERASED
    with (files.folder() / "mended.csv").open("wb") as file:
        assert refused.write(done.pk, file) == 0
