"""Registers the project's own room with Django."""

from django.apps import AppConfig


class ConfigConfig(AppConfig):
    """The config room."""

    name = "guiju.config"
    label = "config"
