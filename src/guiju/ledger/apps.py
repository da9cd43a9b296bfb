"""Registers the room with Django."""

from django.apps import AppConfig


class LedgerConfig(AppConfig):
    """The ledger room."""

    name = "guiju.ledger"
    label = "ledger"
