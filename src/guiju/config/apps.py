"""Registers the project's own room with Django."""

from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class ConfigConfig(AppConfig):
    """The config room."""

    name = "guiju.config"
    label = "config"

    def ready(self) -> None:
        """Load every room's events, so that each entry of the ledger can be read as a sentence in every process."""
        autodiscover_modules("events")
