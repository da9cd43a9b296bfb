"""What every test of the product needs; the cluster itself is ``guiju.config.tests.cluster``."""

import os
from collections import Counter
from typing import Any

import pytest
from django.db import connection
from hypothesis import settings

# A run for everybody tries the same examples every time, so that it tells what a change broke; new ones are for those
# who go looking: `make fuzz` says how many.
NEW = int(os.environ.get("GUIJU_TEST_FUZZ", "0"))
settings.register_profile("proof", deadline=None, derandomize=True)
settings.register_profile("fuzz", deadline=None, max_examples=NEW or 1)
settings.load_profile("fuzz" if NEW else "proof")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Refuse tests that share a name: those who hand tests out to workers would run one of them and lose the rest."""
    shared = [name for name, count in Counter(item.nodeid for item in items).items() if count > 1]
    if shared:
        raise pytest.UsageError(f"Several tests are called {', '.join(shared)}")


@pytest.fixture(scope="session", autouse=True)
def _tests_may_empty_the_ledger() -> None:
    """Lift the ledger's guards while the tables are emptied behind a test, which they refuse to everybody."""
    operations = type(connection.ops)
    flush = operations.execute_sql_flush
    tables = ("ledger_entry", "ledger_checkpoint")
    off = [f"ALTER TABLE {table} DISABLE TRIGGER {table}_is_never_emptied" for table in tables]
    on = [f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {table}_is_never_emptied" for table in tables]

    def lifted(self: Any, statements: list[str]) -> None:
        flush(self, [*off, *statements, *on] if self.connection.alias == connection.alias else statements)

    # On the class: a browser's event loop gives its tests a connection of their own.
    operations.execute_sql_flush = lifted
