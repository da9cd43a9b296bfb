"""Somebody with all rights over the database edits one row of the ledger: the command line names it."""

import json
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from typer.testing import CliRunner

from guiju.access import actions
from guiju.access.tests.cast import NOON, OPERATOR, add
from guiju.config.cli.root import app
from guiju.ledger import sequencer
from guiju.ledger.models import Entry
from guiju.ledger.tiles import pack_entries, tile_path, unpack_entries
from guiju.records.tests.conftest import as_actor, open_record

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "keyring"])
OTHER = "0192f0c0-7b7c-7b7c-8b7c-0123456789ac"
EDITS = {
    "id": "id = id + 1000000",
    "tx": "tx = tx - 1",
    "at": "at = at + interval '1 second'",
    "kind": "kind = 'records.customer.opened'",
    "actor": "actor = 'person:somebody-else'",
    "subjects": f"subjects = array['{OTHER}']::uuid[]",
    "purpose": "purpose = 'marketing'",
    "outcome": "outcome = 'refused'",
    "payload": "payload = '{}'",
}
VALUES: dict[str, Any] = {
    "id": 99, "tx": 1, "at": "2020-01-01T00:00:00.000000Z", "kind": "records.customer.opened", "actor": "person:other",
    "subjects": [OTHER], "purpose": "marketing", "outcome": "refused", "payload": {},
}  # fmt: skip


@dataclass
class Said:
    """How a command ended and what it said."""

    code: int
    data: dict[str, Any]


def guiju(*arguments: str) -> Said:
    """Run a command as the operator does."""
    done = CliRunner().invoke(app, [*arguments, "--json"])
    return Said(done.exit_code, json.loads(done.stdout))


@pytest.fixture
def entry() -> Entry:
    """The entry that says that Bo created Li Na's record, sealed with others before and after."""
    root = actions.create_unit(name="Guiju Trading", parent=None, by=OPERATOR, at=NOON)
    bo = add("Bo", "sales", unit=root)
    li_na = open_record(as_actor(bo), root)
    actions.create_unit(name="Shanghai", parent=root, by=OPERATOR, at=NOON)
    sequencer.seal_pending()
    assert guiju("ledger", "verify").code == 0
    return Entry.objects.get(kind="records.customer.created", subjects=[li_na.pk])


def _edit(change: str, entry: Entry) -> None:
    """Edit the row with the triggers off, and switch them on again."""
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE ledger_entry DISABLE TRIGGER ALL")
        cursor.execute(f"UPDATE ledger_entry SET {change} WHERE id = %s", [entry.id])
        assert cursor.rowcount == 1
        for trigger in ("is_append_only", "is_never_emptied"):
            cursor.execute(f"ALTER TABLE ledger_entry ENABLE ALWAYS TRIGGER ledger_entry_{trigger}")


def test_every_column_of_an_entry_is_tried() -> None:
    assert EDITS.keys() == {field.name for field in Entry._meta.local_fields}
    assert VALUES.keys() == EDITS.keys()


@pytest.mark.parametrize("column", EDITS)
def test_an_edited_row_is_named_in_the_live_ledger_and_in_its_bundle(
    entry: Entry, column: str, tmp_path: Path
) -> None:
    _edit(EDITS[column], entry)

    live = guiju("ledger", "verify")

    assert live.code == 1
    assert live.data["first_bad"]["id"] == entry.id
    assert str(entry.id) in live.data["first_bad"]["sentence"]
    bundle = str(tmp_path / "bundle")
    assert guiju("ledger", "export", bundle).code == 0
    offline = guiju("ledger", "verify", bundle)
    assert offline.code == 1
    assert offline.data["first_bad"]["index"] == live.data["first_bad"]["index"]


@pytest.fixture
def bundle(entry: Entry, tmp_path: Path) -> Path:
    """The ledger as a bundle of files."""
    folder = tmp_path / "bundle"
    assert guiju("ledger", "export", str(folder)).code == 0
    assert guiju("ledger", "verify", str(folder)).code == 0
    return folder


def test_an_entry_edited_in_the_bundle_is_named(entry: Entry, bundle: Path, tmp_path: Path) -> None:
    size = guiju("ledger", "verify", str(bundle)).data["size"]
    for column, value in VALUES.items():
        copy = tmp_path / column
        shutil.copytree(bundle, copy)
        file = copy / tile_path("entries", 0, size)
        entries = unpack_entries(file.read_bytes())
        leaves = [json.loads(leaf) for leaf in entries]
        index = next(place for place, leaf in enumerate(leaves) if leaf["id"] == entry.id)
        changed = leaves[index] | {column: value}
        assert changed != leaves[index], column
        entries[index] = json.dumps(changed, ensure_ascii=False, separators=(",", ":")).encode()
        file.write_bytes(pack_entries(entries))

        said = guiju("ledger", "verify", str(copy))

        assert said.code == 1, column
        assert said.data["first_bad"]["index"] == index
        assert said.data["first_bad"]["id"] == (value if column == "id" else entry.id)


def test_the_refusal_is_one_sentence_for_people(entry: Entry) -> None:
    _edit(EDITS["payload"], entry)
    done = CliRunner().invoke(app, ["ledger", "verify"])
    assert done.exit_code == 1
    assert str(entry.id) in done.stdout
    assert "Traceback" not in done.output
