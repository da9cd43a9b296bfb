"""Registers the room with Django."""

from django.apps import AppConfig


class ConsoleConfig(AppConfig):
    """The console room."""

    name = "guiju.console"
    label = "console"
