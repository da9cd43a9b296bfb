"""Registers the room with Django."""

from django.apps import AppConfig


class AccessConfig(AppConfig):
    """The access room."""

    name = "guiju.access"
    label = "access"

    def ready(self) -> None:
        """Tell the ledger the words of this room's codes."""
        from guiju.access import telling  # noqa: F401, PLC0415 - models are loaded only now
