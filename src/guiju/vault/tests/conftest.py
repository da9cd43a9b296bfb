"""Every test of the vault has its own key file."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from pytest_django import Settings

from guiju.vault.providers.keyfile import KeyFile

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def key_file(tmp_path: Path, settings: Settings) -> Path:
    """Make the key file of this test and let the product use it."""
    path = tmp_path / "keys" / "key-encryption-key"
    KeyFile.create(path, at=NOON)
    settings.KEY_FILE = path
    settings.KEY_PASSPHRASE_FILE = None
    settings.HOME = tmp_path
    return path
