"""The way into the ``keyring`` database, and what is said when it does not answer."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from django.db import InterfaceError, OperationalError, connections, transaction
from django.db.backends.utils import CursorWrapper
from django.utils.translation import gettext_lazy as _

from guiju.kit.errors import Unavailable

DATABASE: Final = "keyring"


class KeyringDown(Unavailable):
    """The keyring database does not answer."""

    message = _("The key database does not answer; nothing was read or changed.")
    remedy = _("Start the key database, or see why it refuses connections, then try again.")


@contextmanager
def reading() -> Iterator[CursorWrapper]:
    """Open a cursor on the keyring database; raises KeyringDown where the database does not answer."""
    try:
        with connections[DATABASE].cursor() as opened:
            yield opened
    except (OperationalError, InterfaceError):
        raise KeyringDown from None


@contextmanager
def committing() -> Iterator[CursorWrapper]:
    """Open a cursor whose work is committed when the block ends, whatever happens around it."""
    connection = connections[DATABASE]
    try:
        # COPY is not wrapped by Django's own cursor.
        with (
            transaction.atomic(using=DATABASE, durable=True),
            connection.cursor() as opened,
            connection.wrap_database_errors,
        ):
            yield opened
    except (OperationalError, InterfaceError):
        raise KeyringDown from None
