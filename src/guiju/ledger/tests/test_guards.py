"""Nobody edits the ledger: a trigger refuses everybody, and the application's role has no right to try."""

import os
from collections.abc import Iterator

import psycopg
import pytest
from django.db import ProgrammingError, connection, transaction

from guiju.ledger import grants, journal, sequencer
from guiju.ledger.connecting import connect
from guiju.ledger.models import Checkpoint, Entry
from guiju.ledger.tests.cast import BO, LI_NA, NOON, CustomerMet
from guiju.ledger.verify import verify_live

pytestmark = pytest.mark.django_db(transaction=True)
ROLE = f"ledger test role {os.environ.get('PYTEST_XDIST_WORKER', 'alone')}"
ESCAPED = ROLE.replace(" ", r"\ ")
EDITS = [
    "UPDATE ledger_entry SET actor = 'person:ada'", "UPDATE ledger_entry SET actor = actor WHERE false",
    "DELETE FROM ledger_entry", "TRUNCATE ledger_entry", "UPDATE ledger_checkpoint SET note = ''",
    "DELETE FROM ledger_checkpoint", "TRUNCATE ledger_checkpoint",
]  # fmt: skip


@pytest.fixture(autouse=True)
def _something_sealed() -> None:
    journal.record(CustomerMet(customer=LI_NA), by=BO, at=NOON)
    sequencer.seal_pending()


@pytest.fixture
def application() -> Iterator[psycopg.Connection[tuple[object, ...]]]:
    with connection.cursor() as cursor:
        cursor.execute(f'CREATE ROLE "{ROLE}"')
    grants.apply(connection, ROLE)
    grants.apply(connection, ROLE)
    with connect(name="test") as opened:
        opened.execute(f'SET ROLE "{ROLE}"')
        yield opened
    with connection.cursor() as cursor:
        cursor.execute(f'DROP OWNED BY "{ROLE}"')
        cursor.execute(f'DROP ROLE "{ROLE}"')


@pytest.mark.parametrize("edit", EDITS)
@pytest.mark.parametrize("manner", ["origin", "replica"])
def test_even_the_owner_is_refused(edit: str, manner: str) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL session_replication_role = {manner}")
        with pytest.raises(ProgrammingError, match="append-only"), transaction.atomic():
            cursor.execute(edit)
    assert Entry.objects.count() == Checkpoint.objects.count() == 1


@pytest.mark.parametrize("edit", [*EDITS, "ALTER TABLE ledger_entry DISABLE TRIGGER ALL", "DROP TABLE ledger_entry"])
def test_the_application_has_no_right_to_edit(edit: str, application: psycopg.Connection[tuple[object, ...]]) -> None:
    with pytest.raises(psycopg.errors.InsufficientPrivilege, match=r"permission denied|must be owner"):
        application.execute(edit)


def test_the_application_can_record_seal_and_check(
    application: psycopg.Connection[tuple[object, ...]], monkeypatch: pytest.MonkeyPatch
) -> None:
    application.execute(
        "INSERT INTO ledger_entry (at, kind, actor, subjects, purpose, outcome, payload)"
        " VALUES (now(), 'a.b', 'person:bo', '{}', '', 'done', '{}')"
    )
    parameters = connection.get_connection_params() | {"options": f"-c role={ESCAPED}"}
    monkeypatch.setattr(connection, "get_connection_params", lambda: dict(parameters))
    with connect(name="test") as opened:
        assert opened.execute("SELECT current_user").fetchone() == (ROLE,)
    assert sequencer.seal_pending() == 1
    assert verify_live().ok
