"""Wakes Django for the commands that need it; the others start faster without."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

from guiju.config import connections, database
from guiju.config.environment import current
from guiju.config.words import _, language
from guiju.kit.errors import Refused, Unavailable


class DatabaseAway(Unavailable):
    """PostgreSQL cannot be reached, or refuses this role."""

    code = "database-away"
    message = _("The database does not answer, or does not let Guiju in.")
    remedy = _("Look at GUIJU_DATABASE_URL and GUIJU_KEYRING_URL and whether that PostgreSQL runs.")


class NotMigrated(Refused):
    """The databases lack tables of this version."""

    code = "not-migrated"
    message = _("The databases do not have the tables of this version.")
    remedy = _("Run “guiju migrate”.")


@contextmanager
def awake(*, as_owner: bool = False) -> Iterator[None]:
    """Have the database up and Django ready inside, speaking the operator's language.

    ``as_owner`` connects as the role that owns the tables, which only migrations need.
    """
    environment = current()
    with database.available(environment):
        os.environ["DJANGO_SETTINGS_MODULE"] = "guiju.config.settings"
        import django  # noqa: PLC0415 - slow to import, and only these commands need it
        from django.conf import settings  # noqa: PLC0415
        from django.utils import translation  # noqa: PLC0415

        if as_owner:
            main, keys = environment.owner_urls()
            settings.DATABASES = {"default": connections.settings(url=main), "keyring": connections.settings(url=keys)}
        django.setup()
        with translation.override(language(os.environ).lower().replace("_", "-")), _told_in_words():
            yield


@contextmanager
def _told_in_words() -> Iterator[None]:
    """Turn what a database says that is away or empty into a refusal; its own words are for the log of the server."""
    import psycopg  # noqa: PLC0415 - slow to import
    from django import db  # noqa: PLC0415

    lacking = (psycopg.errors.UndefinedTable, psycopg.errors.UndefinedColumn)
    try:
        yield
    except (db.OperationalError, db.InterfaceError, psycopg.OperationalError, psycopg.InterfaceError) as error:
        raise DatabaseAway from error
    except (db.ProgrammingError, psycopg.ProgrammingError) as error:
        if isinstance(error, lacking) or isinstance(error.__cause__, lacking):
            raise NotMigrated from error
        raise
