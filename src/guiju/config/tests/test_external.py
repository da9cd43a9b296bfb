"""On a PostgreSQL of the operator's own, as the README says: an owner who migrates, and a role for the rest."""

import os
import secrets
import signal
import subprocess
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.request import urlopen

import psycopg
import pytest
from psycopg import sql

from guiju.config.home import MAIN_DATABASE, OWNER, Home
from guiju.config.supervisor import guiju
from guiju.config.tests import homes
from guiju.config.tests.outside import Browser
from guiju.config.tests.product import Said, finish, free_port

pytestmark = pytest.mark.xdist_group("external")  # one installation serves all of these tests
LEDGER = ["ledger_entry", "ledger_checkpoint"]


@dataclass
class Site:
    """Two databases on a server that Guiju did not start, and the settings of an operator for them."""

    server: Home
    home: Path
    port: int = field(default_factory=free_port)
    mark: str = field(default_factory=lambda: f"guiju_site_{secrets.token_hex(4)}")
    password: str = field(default_factory=secrets.token_hex)

    def url(self, role: str, database: str) -> str:
        return f"postgresql://{self.mark}_{role}:{self.password}@/{self.mark}_{database}?host={self.server.socket}"

    @property
    def variables(self) -> dict[str, str]:
        plain = {name: value for name, value in os.environ.items() if not name.startswith("GUIJU_")}
        return plain | {
            "GUIJU_HOME": str(self.home),
            "GUIJU_PORT": str(self.port),
            "GUIJU_DATABASE_URL": self.url("app", "main"),
            "GUIJU_KEYRING_URL": self.url("app", "keys"),
            "GUIJU_OWNER_DATABASE_URL": self.url("owner", "main"),
            "GUIJU_OWNER_KEYRING_URL": self.url("owner", "keys"),
        }

    def begin(self, *words: str) -> subprocess.Popen[bytes]:
        pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "stdin": subprocess.DEVNULL}
        return subprocess.Popen([*guiju(*words), "--json"], env=self.variables, **pipes)  # type: ignore[call-overload,no-any-return]

    def ask(self, *words: str) -> Said:
        return finish(self.begin(*words), seconds=180)

    def tell(self, *words: str) -> dict[str, Any]:
        said = self.ask(*words)
        assert said.code == 0, said
        return said.data

    def serving(self) -> bool:
        with suppress(URLError, OSError), urlopen(f"http://localhost:{self.port}/healthz", timeout=2) as answer:
            return bool(answer.status == 200)
        return False

    def execute(self, *lines: str) -> None:
        """Do what a database administrator does once."""
        names = {
            "owner": sql.Identifier(f"{self.mark}_owner"),
            "app": sql.Identifier(f"{self.mark}_app"),
            "main": sql.Identifier(f"{self.mark}_main"),
            "keys": sql.Identifier(f"{self.mark}_keys"),
            "password": sql.Literal(self.password),
        }
        url = self.server.url(role=OWNER, database=MAIN_DATABASE)
        with psycopg.connect(url, autocommit=True) as connection:
            for line in lines:
                connection.execute(sql.SQL(line).format(**names))


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    made = Site(Home(Path(os.environ["GUIJU_HOME"])), tmp_path_factory.mktemp("site"))
    made.execute(
        "CREATE ROLE {owner} LOGIN PASSWORD {password}",
        "CREATE ROLE {app} LOGIN PASSWORD {password}",
        "CREATE DATABASE {main} OWNER {owner}",
        "CREATE DATABASE {keys} OWNER {owner}",
    )
    try:
        yield made
    finally:
        made.execute(
            "DROP DATABASE {main} WITH (FORCE)",
            "DROP DATABASE {keys} WITH (FORCE)",
            "DROP ROLE {app}",
            "DROP ROLE {owner}",
        )


def test_before_the_tables_are_there_the_way_out_is_named(site: Site) -> None:
    said = site.ask("welcome")
    assert (said.code, said.data["refused"]) == (1, "not-migrated")
    assert "guiju migrate" in said.data["remedy"]


def test_a_server_that_does_not_answer_is_one_sentence(site: Site, tmp_path: Path) -> None:
    away = Site(Home(tmp_path / "nowhere"), site.home)
    said = away.ask("ledger", "verify")
    assert (said.code, said.data["refused"]) == (1, "database-away")
    assert "Traceback" not in said.messages
    assert away.password not in f"{said.data}{said.messages}"


def test_the_owner_migrates_and_the_parts_run_as_the_role_of_the_product(site: Site) -> None:
    assert {one["database"] for one in site.tell("migrate")["applied"]} == {"default", "keyring"}
    assert site.tell("migrate")["applied"] == []
    welcome = site.tell("welcome")
    parts = [site.begin(name) for name in ("web", "worker", "sequencer")]
    try:
        assert homes.eventually(site.serving, seconds=60)
        Browser(f"http://localhost:{site.port}").come_in(welcome["link"])
        assert homes.eventually(lambda: _sealed(site), seconds=30)
    finally:
        for part in parts:
            part.send_signal(signal.SIGTERM)
        ended = [finish(part, seconds=60) for part in parts]
    assert [one.code for one in ended] == [0, 0, 0], ended
    assert [one.data for one in ended] == [{"stopped": "web"}, {"stopped": "worker"}, {"stopped": "sequencer"}]
    assert not (site.home / "postgres").exists()


def _sealed(site: Site) -> bool:
    said = site.tell("ledger", "verify")
    return bool(said["ok"] and said["size"] and not said["pending"])


@pytest.mark.parametrize("table", LEDGER)
@pytest.mark.parametrize("change", ["UPDATE {} SET at = at", "DELETE FROM {}", "TRUNCATE {}", "DROP TABLE {}"])
def test_the_role_of_the_product_cannot_change_the_ledger(site: Site, table: str, change: str) -> None:
    with psycopg.connect(site.url("app", "main")) as connection:
        assert connection.execute(sql.SQL("SELECT count(*) > 0 FROM {}").format(sql.Identifier(table))).fetchone()
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute(sql.SQL(change).format(sql.Identifier(table)))
