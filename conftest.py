"""What every test of the product needs; the cluster itself is ``guiju.config.tests.cluster``."""

import pytest
import pytest_django
from django.db import connection


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: pytest_django.DjangoDbBlocker) -> None:
    """Let a test empty the ledger's tables behind itself: the one thing their triggers refuse even to a test."""
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        for table in ("ledger_entry", "ledger_checkpoint"):
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER {table}_is_never_emptied")
