"""Registers the room with Django."""

from django.apps import AppConfig


class RecordsConfig(AppConfig):
    """The records room."""

    name = "guiju.records"
    label = "records"

    def ready(self) -> None:
        """Tell the ledger this room's events and the words of its codes."""
        from guiju.records import trail  # noqa: F401, PLC0415 - models are loaded only now
        from guiju.records.exports import events  # noqa: F401, PLC0415
