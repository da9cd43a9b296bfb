"""The guide to the API: each of its commands does what it says, and each operation is in its table."""

import io
import re
import shlex
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from guiju.access import actions, actors
from guiju.config.api import main
from guiju.kit import clock
from guiju.records.tests.program import BASE, program_of

OPERATOR = actors.operator("test")
GUIDE = (Path(__file__).parents[4] / "docs/api.md").read_text("utf-8")
COMMAND = re.compile(r"^curl (.+?) +# (\d{3})$", re.DOTALL | re.MULTILINE)


def run(command: str, values: dict[str, str]) -> Any:
    """Send what a curl command says; it knows the few options that the guide uses."""
    for name, value in values.items():
        command = command.replace(f"${name}", value)
    words = iter(shlex.split(command.replace("\\\n", " ")))
    method, url, body, headers = "", "", "", {}
    files: dict[str, io.BytesIO] = {}
    for word in words:
        match word:
            case "-X":
                method = next(words)
            case "-H":
                name, _colon, value = next(words).partition(": ")
                headers[name] = value
            case "-d":
                body = next(words)
            case "-F":
                part, _sign, _name = next(words).partition("=@")
                files[part] = io.BytesIO("姓名,手机\n欧阳修文,13800138002\n".encode())
            case _:
                url = word
    kind = headers.pop("Content-Type", "application/octet-stream")
    if files:
        return Client().post(url, dict(files), headers=headers)
    return Client().generic(method or "GET", url, body, content_type=kind, headers=headers)


@pytest.mark.django_db(databases=["default", "keyring"])
def test_every_command_of_the_guide_answers_as_it_says() -> None:
    now = clock.now()
    unit = actions.create_unit(name="Guiju Trading", parent=None, by=OPERATOR, at=now)
    person = actions.add_person(email="pat@example.org", name="Pat", unit=unit, by=OPERATOR, at=now)
    actions.grant_role(person=person, role="records-admin", unit=unit, by=OPERATOR, at=now)
    values = {"GUIJU": "", "TOKEN": program_of(person).secret}
    commands = COMMAND.findall("\n".join(re.findall(r"```sh\n(.*?)```", GUIDE, re.DOTALL)))
    assert len(commands) > 15
    for command, status in commands:
        response = run(command, values)
        assert response.status_code == int(status), (command, response.content)
        if response.status_code in (201, 202) and "Location" in response:
            kind, made = response["Location"].removeprefix(f"{BASE}/").split("/")
            values[{"customers": "ID", "imports": "BATCH", "exports": "EXPORT"}[kind]] = made


def test_every_operation_is_in_the_table_of_the_guide() -> None:
    doors = main.doors()
    rows = {
        f"| `{method.upper()} {path.removeprefix(BASE)}` | {told['summary']} | `{told['x-permission']}` | "
        f"{'yes' if doors[told['operationId']].purpose else '–'} |"
        for path, methods in main.api.described["paths"].items()
        for method, told in methods.items()
    }
    table = {line for line in GUIDE.splitlines() if re.match(r"\| `(GET|POST|PUT|PATCH|DELETE) ", line)}
    assert table == rows
