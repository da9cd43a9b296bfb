import os
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection

from guiju.config.doctor import databases, machine, running
from guiju.config.doctor.finding import State
from guiju.config.environment import Environment, read
from guiju.kit import clock
from guiju.ledger import sequencer
from guiju.ledger.models import SequencerState


@pytest.fixture
def environment(tmp_path: Path) -> Environment:
    made = read({"GUIJU_HOME": str(tmp_path)})
    made.folders.make()
    return made


def test_a_fresh_home_is_well_but_has_no_key_yet(environment: Environment) -> None:
    found = {one.code: one for one in machine.look(environment)}
    assert found["python"].state is found["permissions"].state is found["space"].state is State.GOOD
    assert found["key"].state is State.WARNING
    assert all(one.mend for one in found.values() if one.state is not State.GOOD)


def test_a_password_that_others_can_read_is_broken_and_named(environment: Environment) -> None:
    environment.folders.password("guiju")
    password = environment.folders.keys / "postgres-guiju"
    assert machine.secrets(environment).state is State.GOOD
    password.chmod(0o644)
    finding = machine.secrets(environment)
    assert finding.state is State.BROKEN
    assert str(password) in finding.what


def test_a_key_that_others_can_read_is_broken(environment: Environment) -> None:
    key = environment.folders.keys / machine.KEY_ENCRYPTION_KEY
    key.write_text("key")
    key.chmod(0o600)
    assert machine.key(environment).state is State.GOOD
    key.chmod(0o640)
    assert machine.key(environment).state is State.BROKEN


@pytest.mark.parametrize(
    ("variables", "state"),
    [
        ({}, State.GOOD),
        ({"GUIJU_HOST": "0.0.0.0"}, State.BROKEN),
        ({"GUIJU_BASE_URL": "https://crm.example.org"}, State.WARNING),
        ({"GUIJU_BASE_URL": "https://crm.example.org", "GUIJU_TRUST_PROXY": "yes"}, State.GOOD),
    ],
)
def test_passwords_in_the_clear_and_an_untrusted_proxy_are_noticed(variables: dict[str, str], state: State) -> None:
    assert machine.https(read(variables)).state is state


@pytest.mark.django_db(databases=["default", "keyring"])
def test_the_owner_of_the_ledger_is_no_role_to_run_the_product_with() -> None:
    found = {one.code: one for one in databases.look()}
    assert found["migrations"].state is found["clock"].state is State.GOOD
    assert found["role"].state is State.BROKEN
    with connection.cursor() as cursor:
        cursor.execute("CREATE ROLE doctor_test; GRANT SELECT, INSERT ON ledger_entry TO doctor_test")
        cursor.execute("SET LOCAL ROLE doctor_test")
        assert databases.role().state is State.GOOD


@pytest.mark.django_db
def test_a_guard_that_was_switched_off_is_named() -> None:
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE ledger_entry DISABLE TRIGGER ledger_entry_is_append_only")
    finding = databases.guards()
    assert finding.state is State.BROKEN
    assert "ledger_entry_is_append_only" in finding.what


@pytest.mark.django_db(transaction=True)
def test_the_sequencer_and_the_worker_are_at_work_while_they_give_signs_of_life() -> None:
    sequencer.seal_pending()
    SequencerState.objects.update(beat_at=None)
    assert {one.code: one.state for one in running.look()} == {"sequencer": State.WARNING, "worker": State.WARNING}
    now = clock.now()
    SequencerState.objects.update(beat_at=now)
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now())")
    assert {one.code: one.state for one in running.look()} == {"sequencer": State.GOOD, "worker": State.GOOD}
    assert running.sequencer(now + timedelta(minutes=1)).state is State.WARNING
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_workers")


def test_the_disk_of_a_home_that_does_not_exist_yet_is_looked_at() -> None:
    assert machine.space(read({"GUIJU_HOME": f"/nowhere-{os.getpid()}"})).what
