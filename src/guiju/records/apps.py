"""Registers the room with Django."""

from django.apps import AppConfig


class RecordsConfig(AppConfig):
    """The records room."""

    name = "guiju.records"
    label = "records"

    def ready(self) -> None:
        """Tell the ledger the words of this room's codes."""
        from guiju.records import trail  # noqa: F401, PLC0415 - models are loaded only now
