import os
import signal
import stat
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from guiju.config import placing, system_user
from guiju.config.embedded import CannotStart, Cluster
from guiju.config.home import APPLICATION, KEYRING_DATABASE, MAIN_DATABASE, OWNER, Home
from guiju.config.tests import homes

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root runs PostgreSQL as somebody else")


@pytest.fixture(scope="module")
def cluster() -> Iterator[Cluster]:
    with homes.fresh() as home:
        started = Cluster(home=home, durable=False)
        started.start()
        yield started


def ask(home: Home, question: str, *, role: str = OWNER, database: str = MAIN_DATABASE) -> object:
    with psycopg.connect(home.url(role=role, database=database)) as connection:
        row = connection.execute(question.encode()).fetchone()
    return row[0] if row else None


def postmaster(home: Home) -> int:
    return int((home.cluster / "postmaster.pid").read_text().splitlines()[0])


def test_the_server_has_no_network_port_and_a_private_socket(cluster: Cluster) -> None:
    assert ask(cluster.home, "SHOW listen_addresses") == ""
    assert stat.S_IMODE(cluster.home.socket.stat().st_mode) == 0o700
    assert stat.S_IMODE(cluster.home.cluster.stat().st_mode) == 0o700


def test_nobody_comes_in_without_the_password(cluster: Cluster) -> None:
    guess = cluster.home.url(role=APPLICATION, database=MAIN_DATABASE).replace(cluster.home.password(APPLICATION), "x")
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(guess)


def test_the_products_role_is_no_superuser_and_may_make_nothing(cluster: Cluster) -> None:
    question = (
        "SELECT rolsuper OR rolcreatedb OR rolcreaterole OR rolbypassrls FROM pg_roles WHERE rolname = current_user"
    )
    for database in (MAIN_DATABASE, KEYRING_DATABASE):
        assert ask(cluster.home, question, role=APPLICATION, database=database) is False
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            ask(cluster.home, "CREATE TABLE hole (id int)", role=APPLICATION, database=database)


def test_a_value_in_a_failing_statement_does_not_reach_the_servers_log(cluster: Cluster) -> None:
    with pytest.raises(psycopg.errors.InvalidTextRepresentation):
        ask(cluster.home, "SELECT 'Li Na'::int")
    with pytest.raises(psycopg.errors.DivisionByZero):
        ask(cluster.home, "SELECT 1/0 -- Li Na")
    assert "Li Na" not in (cluster.home.cluster / "server.log").read_text()


def test_starting_twice_adopts_the_running_server(cluster: Cluster) -> None:
    before = postmaster(cluster.home)
    Cluster(home=cluster.home, durable=False).start()
    assert postmaster(cluster.home) == before


def test_passwords_are_private_files(cluster: Cluster) -> None:
    for path in cluster.home.keys.iterdir():
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_killed_server_starts_again_though_its_process_number_is_somebody_elses_now() -> None:
    with homes.fresh() as home:
        cluster = Cluster(home=home, durable=False)
        cluster.start()
        with psycopg.connect(home.url(role=OWNER, database=MAIN_DATABASE)) as connection:
            connection.execute("SET synchronous_commit = on")
            connection.execute("CREATE TABLE kept AS SELECT 7 AS value")
        os.kill(postmaster(home), signal.SIGKILL)
        pid_file = home.cluster / "postmaster.pid"
        pid_file.write_text("\n".join([str(os.getpid()), *pid_file.read_text().splitlines()[1:]]) + "\n")
        assert not cluster.running()
        cluster.start()
        assert ask(home, "SELECT value FROM kept") == 7


def test_a_first_start_that_was_interrupted_is_made_anew() -> None:
    with homes.fresh() as home:
        half = home.path / "postgres.new"
        half.mkdir(parents=True)
        (half / "PG_VERSION").write_text("18\n")
        Cluster(home=home, durable=False).start()
        assert ask(home, "SELECT current_database()", role=APPLICATION) == MAIN_DATABASE


def test_a_server_that_cannot_start_says_its_last_words() -> None:
    with homes.fresh() as home:
        cluster = Cluster(home=home, durable=False)
        cluster.prepare()
        (home.cluster / "PG_VERSION").write_text("9.6\n")
        with pytest.raises(CannotStart, match="incompatible") as refusal:
            cluster.start()
        assert "server.log" in str(refusal.value.remedy)


def test_a_path_too_long_for_a_socket_gets_a_short_private_one_that_is_remembered() -> None:
    with homes.fresh("x" * 60, "y" * 60) as home:
        Cluster(home=home, durable=False).start()
        socket = home.socket
        assert len(str(socket / ".s.PGSQL.5432")) <= placing.LONGEST_SOCKET
        assert stat.S_IMODE(socket.stat().st_mode) == 0o700
        Cluster(home=home, durable=False).start()
        assert home.socket == socket
        assert ask(home, "SELECT 1") == 1


def test_a_socket_folder_that_a_stranger_could_read_is_not_used() -> None:
    with homes.fresh("x" * 60, "y" * 60) as home:
        cluster = Cluster(home=home, durable=False)
        cluster.prepare()
        first = home.socket
        first.chmod(0o777)
        cluster.prepare()
        assert home.socket != first
        first.rmdir()


@as_root
def test_under_a_folder_closed_to_others_the_data_lies_elsewhere_and_no_permission_is_touched() -> None:
    with homes.fresh("closed", "var") as home:
        closed = home.path.parent
        closed.mkdir(mode=0o700)
        Cluster(home=home, durable=False).start()
        assert stat.S_IMODE(closed.stat().st_mode) == 0o700
        assert home.cluster.is_relative_to(system_user.STATE)
        assert (home.path / "postgres").is_symlink()
        assert ask(home, "SELECT 1") == 1


@as_root
def test_a_home_whose_data_is_not_on_this_machine_is_refused_instead_of_started_empty() -> None:
    with homes.fresh() as home:
        home.make()
        (home.path / "postgres").symlink_to("/var/lib/guiju/not-here/postgres")
        with pytest.raises(placing.DatabaseMissing, match="not-here"):
            Cluster(home=home, durable=False).start()


@as_root
def test_programs_that_the_servers_user_cannot_reach_are_copied(tmp_path: Path) -> None:
    account = system_user.ensure()
    assert account.uid != 0
    assert not account.may_enter(tmp_path.parent)
    copy = placing._copy(placing.binaries(account=None).parent)
    assert account.may_run(copy / "bin" / "postgres")
    assert not any(path.stat().st_mode & 0o022 for path in (copy / "bin").iterdir())


def test_a_server_that_takes_too_long_to_start_is_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    slow = Cluster(home=Home(tmp_path))
    slow.home.make()
    slow.home.cluster.mkdir()
    (slow.home.cluster / "PG_VERSION").write_text("18")
    program = tmp_path / "pg_ctl"
    program.write_text("#!/bin/sh\nsleep 1\nexit 1\n")
    program.chmod(0o755)
    monkeypatch.setattr("guiju.config.embedded.START_SECONDS", 0.5)
    monkeypatch.setattr(slow, "prepare", lambda: None)
    monkeypatch.setattr(slow, "_binaries", tmp_path)
    with pytest.raises(CannotStart):
        slow.start()
