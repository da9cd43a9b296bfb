"""Values that nobody else has, and a search for them in every shape in which a file could hold them."""

import base64
import subprocess
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

SHORTEST = 6
"""Bytes; anything shorter could stand in a ciphertext by chance."""


@dataclass(frozen=True)
class Canary:
    """One value, and where it was put."""

    where: str
    value: str


@dataclass(frozen=True)
class Found:
    """A canary in a file."""

    canary: Canary
    shape: str
    path: str


def _spellings(value: str) -> set[str]:
    """Return how the value could be written: as it is, in other cases, a number with its separators."""
    found = {value, value.lower(), value.upper()}
    digits = "".join(sign for sign in value if sign.isdigit())
    if value.startswith("+86") and len(digits) == len("8613800138000"):
        local = digits[2:]
        for gap in ("", " ", "-", "."):
            found.add(gap.join((local[:3], local[3:7], local[7:])))
            found.add(gap.join((local[:3], local[3:6], local[6:])))
        found |= {f"+86 {local}", f"86{local}"}
    elif value.startswith("+"):
        found.add(digits)
    return found


def _base64(raw: bytes) -> Iterator[bytes]:
    """Yield what stays the same of the value's base64, wherever it begins in a longer text."""
    for before in range(3):
        text = base64.b64encode(bytes(before) + raw + bytes(-(before + len(raw)) % 3))
        first = -(-before * 8 // 6)
        last = (before + len(raw)) * 8 // 6
        yield text[first:last]
        yield text[first:last].translate(bytes.maketrans(b"+/", b"-_"))


def shapes(value: str) -> Iterator[tuple[str, bytes]]:
    """Yield every shape of a value with its name."""
    for spelling in _spellings(value):
        for encoding in ("utf-8", "utf-16-le", "utf-16-be", "gb18030"):
            yield encoding, spelling.encode(encoding)
        raw = spelling.encode()
        yield "hex", raw.hex().encode()
        yield "HEX", raw.hex().upper().encode()
        yield "URL", quote(spelling, safe="").encode()
        yield "URL of a form", quote(spelling, safe="").lower().encode()
        yield "JSON", ascii(spelling)[1:-1].encode()
        yield from (("base64", part) for part in _base64(raw))


class Net:
    """Looks for many values in many files at once."""

    def __init__(self, canaries: Iterable[Canary]) -> None:
        self.needles: dict[bytes, tuple[Canary, str]] = {}
        for canary in canaries:
            for shape, needle in shapes(canary.value):
                if len(needle) >= SHORTEST and b"\n" not in needle:
                    self.needles.setdefault(needle, (canary, shape))

    def cast(self, folder: Path) -> list[Found]:
        """Return what is found in the files below a folder, links followed where they lead out of it."""
        with tempfile.NamedTemporaryFile(prefix="guiju-needles-") as patterns:
            patterns.write(b"\n".join(self.needles))
            patterns.flush()
            done = subprocess.run(
                ["grep", "-R", "-a", "-o", "-F", "-Z", "-D", "skip", "-f", patterns.name, folder],
                env={"LC_ALL": "C", "PATH": "/usr/bin:/bin"},
                capture_output=True,
                check=False,
            )
        assert done.returncode in (0, 1), done.stderr.decode(errors="replace")
        return sorted(set(self._told(done.stdout)), key=str)

    def _told(self, output: bytes) -> Iterator[Found]:
        for line in output.split(b"\n"):
            path, nul, needle = line.partition(b"\0")
            if nul:
                canary, shape = self.needles[needle]
                yield Found(canary, shape, path.decode())
