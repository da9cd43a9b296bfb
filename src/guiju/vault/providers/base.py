"""What a provider of the key-encryption key must do."""

from collections.abc import Sequence
from typing import Protocol

from django.utils.translation import gettext_lazy as _

from guiju.kit.errors import Unavailable


class UnknownKey(Unavailable):
    """The provider does not hold the generation of the key-encryption key that wrapped a data key."""

    message = _("The key-encryption key that protects these data is not at hand; nothing was changed.")
    remedy = _("Put the key file back from its backup. Without that generation the data cannot be read.")


class KeyProvider(Protocol):
    """Wraps and unwraps keys with a key-encryption key that never leaves it.

    Every method raises Unavailable where the provider does not answer; ``unwrap`` raises UnknownKey for a generation
    it does not hold and Tampered for a wrapped key that was changed or moved. ``aad`` says what the wrapped key is
    for; the same bytes are needed to unwrap it.
    """

    @property
    def key_id(self) -> str:
        """Return the id of the generation that wraps now."""
        ...

    def wrap(self, key: bytes, *, aad: bytes) -> bytes:
        """Return ``key`` wrapped by the generation ``key_id``."""
        ...

    def wrap_many(self, keys: Sequence[tuple[bytes, bytes]]) -> list[bytes]:
        """Return many keys wrapped at once, each given with its ``aad``."""
        ...

    def unwrap(self, wrapped: bytes, *, key_id: str, aad: bytes) -> bytes:
        """Return the key that generation ``key_id`` wrapped."""
        ...
