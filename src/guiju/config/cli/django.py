"""Wakes Django for the commands that need it; the others start faster without."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

from guiju.config import connections, database
from guiju.config.environment import current
from guiju.config.words import language


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
        with translation.override(language(os.environ).lower().replace("_", "-")):
            yield
