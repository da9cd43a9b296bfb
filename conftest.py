"""What every test of the product needs; the cluster itself is ``guiju.config.tests.cluster``."""

import pytest
from django.db import connection


@pytest.fixture(scope="session", autouse=True)
def _tests_may_empty_the_ledger() -> None:
    """Lift the ledger's guards while the tables are emptied behind a test, which they refuse to everybody."""
    flush = connection.ops.execute_sql_flush
    tables = ("ledger_entry", "ledger_checkpoint")
    off = [f"ALTER TABLE {table} DISABLE TRIGGER {table}_is_never_emptied" for table in tables]
    on = [f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {table}_is_never_emptied" for table in tables]
    connection.ops.execute_sql_flush = lambda statements: flush([*off, *statements, *on])
