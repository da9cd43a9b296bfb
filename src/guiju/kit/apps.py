"""Registers the kit's templates and tags with Django."""

from django.apps import AppConfig


class KitConfig(AppConfig):
    """The kit."""

    name = "guiju.kit"
    label = "kit"
