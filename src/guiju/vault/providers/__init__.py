"""Where the key-encryption key lives: a small interface, and the local key file as its first implementation."""

from guiju.vault.providers.base import KeyProvider, UnknownKey

__all__ = ["KeyProvider", "UnknownKey"]
