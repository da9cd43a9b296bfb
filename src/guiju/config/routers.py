"""Keeps the vault's keys in a database of their own."""

from typing import Any

KEYRING_ROOMS = {"vault"}


class KeyringRouter:
    """Sends the vault's tables to ``keyring`` and everything else to ``default``."""

    def db_for_read(self, model: Any, **hints: Any) -> str:
        """Return the database that holds ``model``."""
        return "keyring" if model._meta.app_label in KEYRING_ROOMS else "default"

    db_for_write = db_for_read

    def allow_relation(self, one: Any, other: Any, **hints: Any) -> bool:
        """Allow relations inside one database only."""
        return self.db_for_read(one) == self.db_for_read(other)

    def allow_migrate(self, db: str, app_label: str, **hints: Any) -> bool:
        """Create each table in its own database only."""
        return (db == "keyring") == (app_label in KEYRING_ROOMS)
