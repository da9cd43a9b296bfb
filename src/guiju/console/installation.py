"""The facts of this installation, read where they live: databases, keys, ledger, background work."""

import platform
from dataclasses import dataclass
from datetime import datetime, timedelta

import django
from django.conf import settings
from django.db import connections
from django.db.models import Max
from procrastinate.contrib.django.models import ProcrastinateJob, ProcrastinateWorker

import guiju
from guiju.ledger import signing
from guiju.ledger.models import SequencerState
from guiju.vault.providers.current import current

ALIVE = timedelta(seconds=60)


@dataclass(frozen=True, kw_only=True)
class Database:
    """One database: where it is, what serves it, how big it is."""

    alias: str
    name: str
    place: str
    version: str
    size: int


@dataclass(frozen=True, kw_only=True)
class Part:
    """A background process: when it last gave a sign, and whether that is recent enough."""

    beat_at: datetime | None
    alive: bool


def versions() -> dict[str, str]:
    """Return the versions of the product and of what it stands on."""
    return {"guiju": guiju.__version__, "python": platform.python_version(), "django": django.get_version()}


def databases() -> list[Database]:
    """Return both databases."""
    return [_database(alias) for alias in ("default", "keyring")]


def _database(alias: str) -> Database:
    connection = connections[alias]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT current_database(), current_setting('server_version'), pg_database_size(current_database())"
        )
        name, version, size = cursor.fetchone()
    host = connection.settings_dict["HOST"]
    return Database(alias=alias, name=name, place=host or "localhost", version=version.split()[0], size=size)


def key_provider() -> tuple[str, str]:
    """Return the kind of the key provider and the id of the generation that wraps now."""
    provider = current()
    return type(provider).__name__, provider.key_id


def ledger_keys() -> list[str]:
    """Return the public keys of the ledger, oldest first."""
    return signing.vkeys()


def sequencer(*, at: datetime) -> Part:
    """Return when the sequencer last gave a sign."""
    return _part(SequencerState.objects.aggregate(beat=Max("beat_at"))["beat"], at)


def worker(*, at: datetime) -> Part:
    """Return when a worker last gave a sign."""
    return _part(ProcrastinateWorker.objects.aggregate(beat=Max("last_heartbeat"))["beat"], at)


def _part(beat_at: datetime | None, at: datetime) -> Part:
    return Part(beat_at=beat_at, alive=beat_at is not None and at - beat_at < ALIVE)


def waiting_jobs() -> int:
    """Return how many jobs wait for a worker."""
    return ProcrastinateJob.objects.filter(status="todo").count()


def languages() -> list[str]:
    """Return the names of the languages, each in the reader's own."""
    return [str(name) for _code, name in settings.LANGUAGES]
