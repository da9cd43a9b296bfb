"""The key-encryption key in a local file, readable by its owner alone."""

import json
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from guiju.vault.providers import files, generations
from guiju.vault.providers.files import KeyFileDamaged, KeyFileMissing, KeyFileUnsafe
from guiju.vault.providers.generations import Generations

__all__ = ["KeyFile", "KeyFileDamaged", "KeyFileMissing", "KeyFileUnsafe"]


class KeyFile:
    """Key-encryption keys from one JSON file: the active generation wraps, every generation unwraps."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._held = self._load()

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.key_id}>"

    def __reduce__(self) -> tuple[type["KeyFile"], tuple[Path, ...]]:
        return type(self), (self.path,)

    @classmethod
    def create(cls, path: Path, *, at: datetime) -> "KeyFile":
        """Write a new file with one random key, mode 0600; where another process was faster, take its file."""
        files.write_once(path, json.dumps(generations.new_document(at=at), indent=2).encode() + b"\n")
        return cls(path)

    @property
    def key_id(self) -> str:
        """Return the id of the active generation."""
        return self._held.active

    def wrap(self, key: bytes, *, aad: bytes) -> bytes:
        """Return ``key`` wrapped by the active generation."""
        return self.wrap_many([(key, aad)])[0]

    def wrap_many(self, keys: Sequence[tuple[bytes, bytes]]) -> list[bytes]:
        """Return many keys wrapped by the active generation, each given with its ``aad``."""
        return self._held.wrap_many(keys)

    def unwrap(self, wrapped: bytes, *, key_id: str, aad: bytes) -> bytes:
        """Return the key that generation ``key_id`` wrapped; a generation added to the file meanwhile is found."""
        if key_id not in self._held.keys:
            self._held = self._load()
        return self._held.unwrap(wrapped, key_id=key_id, aad=aad)

    def _load(self) -> Generations:
        content = files.read(self.path)
        try:
            return self._parse(content)
        except (ValueError, KeyError, TypeError):
            raise KeyFileDamaged.of(self.path) from None

    def _parse(self, content: bytes) -> Generations:
        document = json.loads(content)
        if document["format"] == generations.PROTECTED_FORMAT:
            raise files.PassphraseMissing
        return generations.parse(document)
