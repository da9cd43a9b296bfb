"""Starts a throw-away PostgreSQL for one run of the tests; the workers of one run share it."""

import os
import shutil
import tempfile
from pathlib import Path

import pytest

_HOME = "GUIJU_TEST_HOME"


def _environment(home: Path) -> None:
    socket = home / "run"
    os.environ["GUIJU_HOME"] = str(home)
    os.environ["GUIJU_DATABASE_URL"] = f"postgresql://guiju@/postgres?host={socket}"
    os.environ["GUIJU_KEYRING_URL"] = f"postgresql://guiju@/template1?host={socket}"


def pytest_load_initial_conftests() -> None:
    """Point Django at the run's own home before its settings are read."""


if _HOME not in os.environ:
    _home = Path(tempfile.mkdtemp(prefix="guiju-test-"))
    _home.chmod(0o755)
    os.environ[_HOME] = str(_home)
    _environment(_home)
    from guiju.config.embedded import Cluster

    _cluster: Cluster | None = Cluster(data=_home / "postgres", socket=_home / "run")
    _cluster.start()
else:
    _environment(Path(os.environ[_HOME]))
    _cluster = None


def pytest_unconfigure(config: pytest.Config) -> None:
    """Stop the run's PostgreSQL and remove its files."""
    if _cluster is not None and not hasattr(config, "workerinput"):
        _cluster.stop(mode="immediate")
        shutil.rmtree(os.environ.pop(_HOME), ignore_errors=True)
