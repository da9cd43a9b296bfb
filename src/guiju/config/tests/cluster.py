"""Starts a throw-away PostgreSQL for one run of the tests; the workers of one run share it.

A plugin (``-p``) and no conftest, so that it runs before Django reads its settings.
"""

import os
import shutil
import tempfile
from contextlib import ExitStack
from pathlib import Path

import pytest

from guiju.config.embedded import Cluster
from guiju.config.home import KEYRING_DATABASE, MAIN_DATABASE, OWNER, Home
from guiju.config.keeper import serving, settle

_HOME = "GUIJU_TEST_HOME"
_run = ExitStack()


def _begin() -> None:
    """Start the run's own cluster and point Django at it before its settings are read."""
    folder = Path(tempfile.mkdtemp(prefix="guiju-test-"))
    folder.chmod(0o755)
    home = Home(folder)
    cluster = Cluster(home=home, durable=False)
    _run.callback(shutil.rmtree, folder, ignore_errors=True)
    _run.callback(settle, cluster, wait=30)
    _run.enter_context(serving(cluster))
    for name in [name for name in os.environ if name.startswith("GUIJU_") and not name.startswith("GUIJU_TEST_")]:
        del os.environ[name]
    os.environ[_HOME] = os.environ["GUIJU_HOME"] = str(folder)
    os.environ["GUIJU_DATABASE_URL"] = home.url(role=OWNER, database=MAIN_DATABASE)
    os.environ["GUIJU_KEYRING_URL"] = home.url(role=OWNER, database=KEYRING_DATABASE)


if _HOME not in os.environ:
    _begin()


def pytest_unconfigure(config: pytest.Config) -> None:
    """Stop the run's PostgreSQL and remove its files."""
    if not hasattr(config, "workerinput"):
        _run.close()
        os.environ.pop(_HOME, None)
