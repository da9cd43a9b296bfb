import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator

import pytest

from guiju.config.embedded import Cluster
from guiju.config.home import Home
from guiju.config.keeper import kept, revive, serving, settle
from guiju.config.tests import homes

HOLD = """
import sys
from pathlib import Path
from guiju.config.embedded import Cluster
from guiju.config.home import Home
from guiju.config.keeper import serving
with serving(Cluster(home=Home(Path(sys.argv[1])), durable=False)):
    print("up", flush=True)
    sys.stdin.read()
"""


@pytest.fixture(scope="module")
def home() -> Iterator[Home]:
    with homes.fresh() as made:
        yield made


def eventually(question: Callable[[], bool], *, seconds: float = 20) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if question():
            return True
        time.sleep(0.05)
    return False


def hold(home: Home) -> subprocess.Popen[str]:
    """Start another process that uses the cluster."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(home.path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "up\n"
    return process


def end(process: subprocess.Popen[str], number: signal.Signals = signal.SIGKILL) -> None:
    process.send_signal(number)
    process.communicate()


def postmaster(home: Home) -> int:
    return int((home.cluster / "postmaster.pid").read_text().splitlines()[0])


def test_the_server_runs_until_its_last_user_has_left(home: Home) -> None:
    cluster = Cluster(home=home, durable=False)
    with serving(cluster):
        other = hold(home)
        assert kept(home)
    assert not settle(cluster, wait=0.5)
    assert cluster.running()
    end(other, signal.SIGTERM)
    assert settle(cluster, wait=20)
    assert not cluster.running()


def test_the_server_stops_though_its_only_user_was_killed(home: Home) -> None:
    process = hold(home)
    end(process)
    assert eventually(lambda: not homes.processes(home))


def test_a_server_that_lost_its_keeper_gets_a_new_one(home: Home) -> None:
    cluster = Cluster(home=home, durable=False)
    with serving(cluster):
        assert eventually(lambda: kept(home))
        os.kill(_keeper(home), signal.SIGKILL)
        assert eventually(lambda: not kept(home))
        other = hold(home)
        assert eventually(lambda: kept(home))
    end(other)
    assert eventually(lambda: not cluster.running())
    assert settle(cluster, wait=20)


def _keeper(home: Home) -> int:
    listed = subprocess.run(
        ["pgrep", "-f", f"guiju.config.keeper {home.path}"], check=True, capture_output=True, text=True
    )
    return int(listed.stdout.split()[0])


def test_a_server_that_crashed_is_revived_for_those_who_still_use_it(home: Home) -> None:
    cluster = Cluster(home=home, durable=False)
    with serving(cluster):
        os.kill(postmaster(home), signal.SIGKILL)
        assert eventually(lambda: not cluster.running())
        revive(cluster)
        assert cluster.running()
    assert settle(cluster, wait=20)
    assert not homes.processes(home)
