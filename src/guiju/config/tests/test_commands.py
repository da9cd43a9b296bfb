import json
import os
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from allauth.mfa.totp.internal.auth import TOTP
from django.conf import settings
from typer.testing import CliRunner, Result

from guiju.access import actions as access
from guiju.access.models import Person, Unit
from guiju.config import founding
from guiju.config.cli.files import private
from guiju.config.cli.operator import acting
from guiju.config.cli.root import app
from guiju.ledger import sequencer
from guiju.ledger.models import Entry
from guiju.records.models import Customer

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "keyring"])

type Say = Callable[..., tuple[int, dict[str, Any]]]
NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


def run(*words: str) -> Result:
    return CliRunner().invoke(app, list(words))


def ask(*words: str) -> tuple[int, dict[str, Any]]:
    """Run a command with --json; return its exit code and the one document on its standard output."""
    result = run(*words, "--json")
    return result.exit_code, json.loads(result.stdout)


@pytest.fixture
def founded() -> None:
    founding.welcome(email="mei@guiju.localhost", name="Head office")


def test_the_first_run_founds_the_organisation_and_later_ones_only_let_its_administrator_in() -> None:
    code, first = ask("welcome", "--email", "mei@guiju.localhost")
    assert code == 0
    assert "/sign-in/link/#" in first["link"]
    assert ask("welcome")[1]["link"] not in {None, first["link"]}
    Person.objects.update(last_login=NOON)
    assert ask("welcome") == (0, {"email": "mei@guiju.localhost", "link": None, "founded": False})
    assert run("welcome").stdout == "The organisation is set up.\n"


@pytest.mark.usefixtures("founded")
def test_a_person_is_added_with_role_unit_and_link_and_the_ledger_knows_who_did_it() -> None:
    code, bo = ask("person", "add", "bo@guiju.localhost", "--role", "sales", "--unit", "Head office")
    assert code == 0
    assert "/sign-in/link/#" in bo["link"]
    assert Entry.objects.filter(kind="access.person.added", actor=acting().ref).exists()
    assert ask("person", "link", "bo@guiju.localhost")[1]["link"] != bo["link"]


@pytest.mark.usefixtures("founded")
def test_the_operator_may_do_at_once_what_takes_two_in_the_browser() -> None:
    ask("person", "add", "bo@guiju.localhost", "--role", "sales", "--unit", "Head office")
    code, given = ask("person", "grant", "bo@guiju.localhost", "--role", "security-admin", "--unit", "Head office")
    assert (code, given["role"]) == (0, "security-admin")
    code, refusal = ask("person", "reset", "bo@guiju.localhost")
    assert (code, refusal["refused"]) == (1, "not-found")
    TOTP.activate(Person.objects.get(email="bo@guiju.localhost"), "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP")
    assert ask("person", "reset", "bo@guiju.localhost")[0] == 0
    assert Entry.objects.filter(kind="access.factor.removed", actor=acting().ref).exists()


@pytest.mark.usefixtures("founded")
def test_an_unknown_unit_is_refused_with_the_units_there_are_and_nobody_is_added() -> None:
    code, refusal = ask("person", "add", "bo@guiju.localhost", "--role", "sales", "--unit", "Moon")
    assert code == 1
    assert refusal["refused"] == "not-found"
    assert "Head office" in refusal["remedy"]
    assert not Person.objects.filter(email="bo@guiju.localhost").exists()


@pytest.mark.usefixtures("founded")
def test_an_unknown_role_adds_nobody() -> None:
    code, refusal = ask("person", "add", "bo@guiju.localhost", "--role", "wizard", "--unit", "Head office")
    assert code == 1
    assert refusal["refused"]
    assert not Person.objects.filter(email="bo@guiju.localhost").exists()


@pytest.mark.usefixtures("founded")
def test_a_token_is_made_for_a_purpose_of_the_person_and_refused_for_any_other() -> None:
    ask("person", "add", "bo@guiju.localhost", "--role", "sales", "--unit", "Head office")
    code, made = ask("token", "create", "--person", "bo@guiju.localhost", "--purpose", "account-management")
    assert code == 0
    assert made["token"] not in json.dumps(list(Entry.objects.values_list("payload", flat=True)))
    code, refusal = ask("token", "create", "--person", "bo@guiju.localhost", "--purpose", "security")
    assert code == 1
    assert refusal["problems"][0]["field"] == "purposes"
    assert ask("token", "create", "--person", "sam@guiju.localhost", "--purpose", "service")[0] == 1


@pytest.mark.usefixtures("founded")
def test_the_ledger_is_verified_exported_verified_offline_and_read(tmp_path: Path) -> None:
    sequencer.seal_pending()
    code, live = ask("ledger", "verify")
    assert code == 0
    assert live["ok"]
    assert live["size"] == Entry.objects.count()
    assert "Everything is as it was sealed" in run("ledger", "verify").stdout
    bundle = str(tmp_path / "bundle")
    assert ask("ledger", "export", bundle)[1]["size"] == live["size"]
    assert ask("ledger", "verify", bundle)[1]["root"] == live["root"]
    entry = Entry.objects.order_by("id").values_list("id", flat=True)[0]
    code, shown = ask("ledger", "show", str(entry))
    assert code == 0
    assert shown["sentence"].startswith("operator:")
    assert run("ledger", "show", str(entry), "--proof").stdout.startswith("c2sp.org/tlog-proof@v1\n")
    assert "Place 0 in the tree." in run("ledger", "show", str(entry)).stdout


@pytest.mark.usefixtures("founded")
def test_a_bundle_with_a_changed_entry_is_found_broken_and_the_entry_named(tmp_path: Path) -> None:
    sequencer.seal_pending()
    ask("ledger", "export", str(tmp_path / "bundle"))
    changed = next((tmp_path / "bundle" / "tile" / "entries").rglob("*.p/*"))
    changed.write_bytes(changed.read_bytes().replace(b"founded", b"fOunded"))
    code, report = ask("ledger", "verify", str(tmp_path / "bundle"))
    assert code == 1
    assert report["first_bad"]["index"] == 0
    assert report["first_bad"]["sentence"] in run("ledger", "verify", str(tmp_path / "bundle")).stdout


def test_an_entry_that_does_not_exist_and_a_checkpoint_that_cannot_be_read_are_refused() -> None:
    assert ask("ledger", "show", "1")[0] == 1
    code, refusal = ask("ledger", "verify", "--checkpoint", "/dev/null/none")
    assert code == 1
    assert "/dev/null/none" in refusal["message"]


def test_migrating_what_is_in_step_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "DATABASES", settings.DATABASES)
    assert ask("migrate") == (0, {"applied": []})


@pytest.mark.usefixtures("founded")
def test_an_import_into_one_of_two_units_of_a_name_is_refused_with_their_paths(tmp_path: Path) -> None:
    top = Unit.objects.get()
    for parent in (create("North", top), create("South", top)):
        create("Sales", parent)
    file = tmp_path / "customers.csv"
    file.write_text("Account Name,Email\nAcme,a@example.org\n")
    words = ("import", str(file), "--basis=contract", "--purpose=legal", "--source=CRM")
    code, refused = ask(*words, "--unit=Sales")
    assert (code, refused["refused"]) == (1, "not-found")
    assert "Head office/South/Sales" in refused["remedy"]
    code, done = ask(*words, "--unit=Head office/South/Sales")
    assert (code, done["created"]) == (0, 1)
    assert Customer.objects.filter(unit__parent__name="South").exists()


def create(name: str, parent: Unit) -> Unit:
    return access.create_unit(name=name, parent=parent, by=acting(), at=NOON)


@pytest.mark.parametrize("before", [None, "here already, for everybody to read"])
def test_a_file_in_clear_is_private_before_anything_is_written(before: str | None, tmp_path: Path) -> None:
    path = tmp_path / "out.csv"
    if before:
        path.write_text(before)
        path.chmod(0o644)
    umask = os.umask(0)
    try:
        with private(path) as file:
            assert (path.stat().st_mode & 0o777, path.stat().st_size) == (0o600, 0)
            file.write(b"in clear")
    finally:
        os.umask(umask)
    assert path.read_text() == "in clear"


@pytest.mark.parametrize(
    "words",
    [
        ("fly",),
        ("export",),
        ("import", "/nowhere.csv"),
        ("import", __file__, "--basis=contract", "--purpose=legal", "--source=CRM", "--duplicates=merg"),
        ("imports", "revert", "banana"),
        ("up", "--port", "x"),
    ],
)
def test_wrong_usage_is_one_json_document_too(words: tuple[str, ...]) -> None:
    code, said = ask(*words)
    assert code == 2
    assert said["refused"] == "wrong-usage"
    assert said["message"]
    assert "--help" in said["remedy"]
