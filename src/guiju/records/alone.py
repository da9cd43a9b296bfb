"""One process at a time runs an import or an export: a lock of the database that ends with its holder's connection."""

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

from django.db import connection
from procrastinate.contrib.django.models import ProcrastinateJob


def _key(run: UUID) -> int:
    return int.from_bytes(run.bytes[-8:], "big", signed=True)


@contextmanager
def alone(run: UUID) -> Iterator[bool]:
    """Say whether this process is the only one that carries out ``run``, and keep it so."""
    key = _key(run)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [key])
        free = bool(cursor.fetchone()[0])
    try:
        yield free
    finally:
        if free and connection.is_usable():
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [key])


def at_work(run: UUID, *, task: str, name: str) -> bool:
    """Say whether a job of ``task``, which calls the run ``name``, waits or some process carries it out."""
    jobs = ProcrastinateJob.objects.filter(task_name=task, args={name: str(run)}, status__in=("todo", "doing"))
    return jobs.exists() or taken(run)


def taken(run: UUID) -> bool:
    """Say whether some process carries out ``run``."""
    key = _key(run).to_bytes(8, "big", signed=True)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory' AND objsubid = 1"
            " AND classid = %s::bigint::oid AND objid = %s::bigint::oid"
            " AND database = (SELECT oid FROM pg_database WHERE datname = current_database()))",
            [int.from_bytes(key[:4], "big"), int.from_bytes(key[4:], "big")],
        )
        return bool(cursor.fetchone()[0])
