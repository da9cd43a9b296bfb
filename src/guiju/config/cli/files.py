"""Files in clear that commands write: nobody but the operator reads them, from the first byte on."""

import os
from pathlib import Path
from typing import BinaryIO


def private(path: Path) -> BinaryIO:
    """Open a file to write with mode 0600, one that is there already too."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    os.fchmod(descriptor, 0o600)
    return os.fdopen(descriptor, "wb")
