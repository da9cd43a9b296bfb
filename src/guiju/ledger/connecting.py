"""Connections of the ledger's own, beside Django's: for work with its own transactions and its own pace."""

from typing import Any

import psycopg
from django.db import connection

type Connection = psycopg.Connection[tuple[Any, ...]]

_DJANGO_ONLY = ("context", "cursor_factory", "pool", "prepare_threshold", "assume_role", "server_side_binding")


def connect(*, name: str) -> Connection:
    """Open a connection to the main database, without Django's wrapping."""
    parameters = connection.get_connection_params()
    for key in _DJANGO_ONLY:
        parameters.pop(key, None)
    return psycopg.connect(**parameters | {"application_name": name, "client_encoding": "utf8"}, autocommit=True)
