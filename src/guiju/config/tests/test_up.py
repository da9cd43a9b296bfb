import http.client
import os
import re
import signal
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from guiju.config.home import Home
from guiju.config.supervisor import guiju
from guiju.config.tests import homes
from guiju.config.tests.homes import eventually
from guiju.config.tests.product import free_port


@pytest.fixture(scope="module")
def home() -> Iterator[Home]:
    with homes.fresh() as made:
        yield made


def plain() -> dict[str, str]:
    """Return the environment without what it says of the tests' own installation."""
    return {name: value for name, value in os.environ.items() if not name.startswith("GUIJU_")}


class Up:
    """A running ``guiju up`` with its own home and port."""

    def __init__(self, home: Home, *, port: int) -> None:
        self.home = home
        self.port = port
        self.said = home.path / "said"
        with self.said.open("w") as out:
            self.process = subprocess.Popen(
                guiju("up", "--port", str(port), "--no-demo"),
                stdout=out,
                stderr=out,
                env={**plain(), "GUIJU_HOME": str(home.path)},
                start_new_session=True,
            )

    def words(self) -> str:
        return self.said.read_text()

    def answers(self) -> bool:
        return self.get("/healthz") == 200

    def get(self, path: str) -> int:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
        try:
            connection.request("GET", path)
            return connection.getresponse().status
        except OSError:
            return 0
        finally:
            connection.close()

    def children(self) -> dict[str, int]:
        """Return the process numbers of web, worker and sequencer."""
        found = {}
        for folder in Path("/proc").iterdir():
            try:
                parent = (folder / "stat").read_text().rpartition(")")[2].split()[1] if folder.name.isdigit() else ""
                command = (folder / "cmdline").read_text().rstrip("\0").split("\0")
            except OSError:
                continue
            if parent == str(self.process.pid) and "guiju.config.cli" in command:
                found[command[-1]] = int(folder.name)
        return found

    def stop(self, number: signal.Signals) -> int:
        self.process.send_signal(number)
        return self.process.wait(timeout=60)


@pytest.fixture
def up(home: Home) -> Iterator[Up]:
    running = Up(home, port=free_port())
    try:
        assert eventually(lambda: "Ctrl-C" in running.words(), seconds=180), running.words()
        yield running
    finally:
        if running.process.poll() is None:
            running.stop(signal.SIGKILL)
        assert eventually(lambda: not homes.processes(home), seconds=40), homes.processes(home)


def test_one_command_runs_everything_and_sigterm_leaves_nothing_behind(up: Up) -> None:
    link = re.search(r"http://localhost:\d+(/sign-in/link/#\S+)", up.words())
    assert link is not None
    assert up.get(link[1].partition("#")[0]) in {200, 302}
    assert set(up.children()) == {"web", "worker", "sequencer"}
    second = subprocess.run(
        guiju("up", "--port", str(free_port())),
        check=False,
        capture_output=True,
        text=True,
        env={**os.environ, "GUIJU_HOME": str(up.home.path)},
    )
    assert second.returncode == 1
    assert "Another guiju already runs" in second.stderr
    linked = run("person", "link", "admin@guiju.localhost", GUIJU_HOME=str(up.home.path))
    assert linked.stdout.startswith(f"http://localhost:{up.port}/sign-in/link/#"), linked
    assert up.stop(signal.SIGTERM) == 0
    assert "Everything has stopped." in up.words()
    assert not homes.processes(up.home)


def test_killed_parts_come_back_and_a_killed_supervisor_leaves_nothing_behind(up: Up) -> None:
    before = up.children()
    for name in ("web", "worker", "sequencer"):
        os.kill(before[name], signal.SIGKILL)
    os.kill(int((up.home.cluster / "postmaster.pid").read_text().splitlines()[0]), signal.SIGKILL)
    assert eventually(lambda: set(up.children().values()).isdisjoint(before.values()) and up.answers(), seconds=90)
    assert "started again" in up.words()
    up.stop(signal.SIGKILL)
    assert eventually(lambda: not homes.processes(up.home), seconds=40), homes.processes(up.home)


def run(*arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(guiju(*arguments), check=False, capture_output=True, text=True, env={**plain(), **variables})


def test_a_busy_port_is_named_with_the_way_out(home: Home) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        refused = run("up", "--port", port, GUIJU_HOME=str(home.path))
    assert refused.returncode == 1
    assert port in refused.stderr
    assert "--port" in refused.stderr
    assert len(refused.stderr.splitlines()) == 1


def test_a_home_that_cannot_be_written_is_named_with_the_way_out() -> None:
    refused = run("up", GUIJU_HOME="/dev/null/guiju")
    assert refused.returncode == 1
    assert "/dev/null/guiju" in refused.stderr
    assert "GUIJU_HOME" in refused.stderr
    assert len(refused.stderr.splitlines()) == 1


def test_wrong_usage_exits_with_two() -> None:
    assert run("up", "--port", "banana").returncode == 2
    assert run("fly").returncode == 2


def test_a_bad_setting_is_one_sentence_in_json_too() -> None:
    refused = run("doctor", "--json", GUIJU_PORT="eighty")
    assert refused.returncode == 1
    assert '"refused": "bad-setting"' in refused.stdout
    assert "Traceback" not in refused.stderr
