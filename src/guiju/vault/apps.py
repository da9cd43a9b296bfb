"""Registers the room with Django."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class VaultConfig(AppConfig):
    """The vault room."""

    name = "guiju.vault"
    label = "vault"

    def ready(self) -> None:
        """Forget the lookup keys of this process whenever the tables were made anew or emptied."""
        from guiju.vault import lookups  # noqa: PLC0415 - models are loaded only now

        post_migrate.connect(lambda **_: lookups.forget(), sender=self, weak=False, dispatch_uid="vault.forget")
