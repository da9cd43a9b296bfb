"""Brings both databases to the tables of this version and gives the running product's role what it may do."""

from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import unquote, urlsplit

from django.core.management import call_command
from django.db import connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.executor import MigrationExecutor

from guiju.config import static
from guiju.config.cli.operator import acting
from guiju.config.environment import current
from guiju.config.routers import KEYRING_ROOMS
from guiju.kit import clock
from guiju.ledger import grants
from guiju.records import adopting

DATABASES = ("default", "keyring")
_ADVISORY_LOCK = 0x67_75_69_6A_75


def pending() -> Iterator[tuple[str, str]]:
    """Yield ``(database, migration)`` for each migration that has not been applied."""
    for alias in DATABASES:
        executor = MigrationExecutor(connections[alias])
        wanted = [
            node for node in executor.loader.graph.leaf_nodes() if alias == "default" or node[0] in KEYRING_ROOMS
        ]
        for migration, _backwards in executor.migration_plan(wanted):
            yield alias, f"{migration.app_label}.{migration.name}"


def migrate() -> list[tuple[str, str]]:
    """Apply what is pending in both databases, then the grants; adopt the collection standard; collect the files.

    Returns what was applied. Needs the owner's role.
    """
    with _alone():
        applied = list(pending())
        call_command("migrate", database="default", interactive=False, verbosity=0)
        for room in KEYRING_ROOMS:
            call_command("migrate", room, database="keyring", interactive=False, verbosity=0)
        environment = current()
        for alias, url in (("default", environment.main_url), ("keyring", environment.keys_url)):
            role = unquote(urlsplit(url).username or "")
            if role and role != connections[alias].settings_dict["USER"]:
                with transaction.atomic(using=alias):
                    _grant(connections[alias], role=role)
        if not adopting.is_adopted():
            adopting.adopt_standard(by=acting(), at=clock.now())
        static.collect()
    return applied


@contextmanager
def _alone() -> Iterator[None]:
    """Let one process migrate at a time; others wait."""
    with connections["default"].cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [_ADVISORY_LOCK])
        try:
            yield
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [_ADVISORY_LOCK])


def _grant(connection: BaseDatabaseWrapper, *, role: str) -> None:
    """Give ``role`` its rights on rows; the list of migrations it may read only."""
    grants.apply(connection, role)
    with connection.cursor() as cursor:
        cursor.execute(f"REVOKE INSERT, UPDATE, DELETE ON django_migrations FROM {connection.ops.quote_name(role)}")
