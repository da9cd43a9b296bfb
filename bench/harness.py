"""What the benchmarks share: a throw-away installation, an organisation, interleaved timing, one way to print."""

import os
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any


@contextmanager
def installation() -> Iterator[Path]:
    """Start a PostgreSQL of this run's own, durable as in production, point Django at it and make all tables."""
    from guiju.config.embedded import Cluster
    from guiju.config.home import KEYRING_DATABASE, MAIN_DATABASE, OWNER, Home
    from guiju.config.keeper import serving, settle

    folder = Path(tempfile.mkdtemp(prefix="guiju-bench-"))
    folder.chmod(0o755)
    home = Home(folder)
    cluster = Cluster(home=home)
    try:
        with serving(cluster):
            os.environ["GUIJU_HOME"] = str(folder)
            os.environ["GUIJU_DATABASE_URL"] = home.url(role=OWNER, database=MAIN_DATABASE)
            os.environ["GUIJU_KEYRING_URL"] = home.url(role=OWNER, database=KEYRING_DATABASE)
            os.environ["DJANGO_SETTINGS_MODULE"] = "guiju.config.settings"
            import django

            django.setup()
            _make_tables()
            yield folder
    finally:
        settle(cluster, wait=30)
        shutil.rmtree(folder, ignore_errors=True)


def _make_tables() -> None:
    from django.conf import settings
    from django.core.management import call_command
    from django.db import connection
    from plain.models import TABLES

    call_command("migrate", verbosity=0, skip_checks=True)
    call_command("migrate", database="keyring", verbosity=0, skip_checks=True)
    with connection.schema_editor() as editor:
        for table in TABLES:
            editor.create_model(table)
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    }
    settings.ALLOWED_HOSTS = ["testserver"]


@dataclass(frozen=True, kw_only=True)
class Organisation:
    """Who works in the installation: its unit, an administrator of records, somebody in sales."""

    unit: Any
    clerk: Any
    seller: Any

    def actor(self, person: Any) -> Any:
        """Return what a person may do now, with the second factor proved."""
        from guiju.access import queries
        from guiju.kit import clock

        return queries.actor_for(person=person, at=clock.now(), mfa=True)


def found() -> Organisation:
    """Found an organisation."""
    from guiju.access import actions, actors
    from guiju.access.models import Person, Unit
    from guiju.kit import clock

    by, at = actors.operator("bench"), clock.now()
    actions.found_organisation(name="Bench", email="first@example.org", by=by, at=at)
    unit = Unit.objects.get()
    people = {}
    for role in ("records-admin", "sales"):
        person = actions.add_person(email=f"{role}@example.org", name=role.title(), unit=unit, by=by, at=at)
        actions.grant_role(person=person, role=role, unit=unit, by=by, at=at)
        person.set_password("for the benchmark only")
        person.save()
        people[role] = Person.objects.get(pk=person.pk)
    return Organisation(unit=unit, clerk=people["records-admin"], seller=people["sales"])


def timed(work: Callable[[], object]) -> float:
    """Return how many seconds ``work`` took."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def interleaved(works: dict[str, Callable[[], object]], *, rounds: int, warm: int = 1) -> dict[str, list[float]]:
    """Time each of ``works`` once a round, one after the other, so that all of them see the same machine."""
    times: dict[str, list[float]] = {name: [] for name in works}
    for turn in range(rounds + warm):
        for name, work in works.items():
            seconds = timed(work)
            if turn >= warm:
                times[name].append(seconds)
    return times


def work_of(work: Callable[[], object], *, times: int) -> float:
    """Return the processor seconds of one ``work``: those of this process and of its PostgreSQL sessions.

    A busy machine stretches the time on the clock, not these; nor do these hold the waiting for the disk.
    """
    before = time.process_time() + _in_sessions()
    for _ in range(times):
        work()
    return (time.process_time() + _in_sessions() - before) / times


def _in_sessions() -> float:
    """Return the processor seconds that our PostgreSQL sessions have used; 0 where the system does not say."""
    from django.db import connections

    spent = 0
    for alias in connections:
        place = Path(f"/proc/{connections[alias].connection.info.backend_pid}/stat")
        if place.exists():
            words = place.read_text().rpartition(")")[2].split()
            spent += int(words[11]) + int(words[12])
    return spent / os.sysconf("SC_CLK_TCK")


def ratio(one: list[float], other: list[float]) -> float:
    """Return the median of the ratios of times taken side by side."""
    return median(mine / theirs for mine, theirs in zip(one, other, strict=True))


def percentile(times: list[float], part: float) -> float:
    """Return the time that ``part`` of all did not exceed."""
    ordered = sorted(times)
    return ordered[min(len(ordered) - 1, int(part * len(ordered)))]


def say(line: str = "") -> None:
    """Print one line at once."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()
