"""``guiju export``: what leaves by the command line goes through the same gate."""

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from guiju.access import actions as access
from guiju.access.tests.cast import NOON, OPERATOR
from guiju.config.cli.root import app
from guiju.ledger.models import Entry
from guiju.records.tests.conftest import open_record

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "keyring"])


@pytest.fixture
def one_customer() -> None:
    """One person in one unit."""
    unit = access.create_unit(name="Shanghai", parent=None, by=OPERATOR, at=NOON)
    open_record(OPERATOR, unit)


def ask(*words: str) -> tuple[int, dict[str, Any]]:
    result = CliRunner().invoke(app, ["export", *words, "--purpose", "legal", "--json"])
    return result.exit_code, json.loads(result.stdout)


@pytest.mark.usefixtures("one_customer")
def test_sensitive_fields_leave_in_clear_only_for_a_reason(tmp_path: Path) -> None:
    file = tmp_path / "out.csv"
    words = [str(file), "--column", "resident-id", "--clear"]
    code, refused = ask(*words)
    assert (code, refused["problems"][0]["field"]) == (1, "reason")
    assert not file.exists()
    code, done = ask(*words, "--reason", "duty")
    assert (code, done["rows"]) == (0, 1)
    assert "11010519491231002X" in file.read_text("utf-8-sig")
    assert Entry.objects.filter(kind="records.export.started", payload__contains='"reason":"duty"').exists()


@pytest.mark.usefixtures("one_customer")
def test_a_unit_that_does_not_exist_narrows_to_nothing_and_never_to_everything(tmp_path: Path) -> None:
    code, refused = ask(str(tmp_path / "out.csv"), "--unit", "Moon")
    assert (code, refused["refused"]) == (1, "not-found")
    assert ask(str(tmp_path / "out.csv"), "--unit", "Shanghai")[1]["rows"] == 1
