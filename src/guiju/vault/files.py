"""Sealed files: uploads and exports that never lie on a disk in clear.

Layout: the magic line, two lengths, the id of the key-encryption key, the wrapped key of this file, then chunks of
64 KiB, each AES-256-GCM under that key. A chunk's nonce is its number and whether it is the last; the associated data
is the whole head and the file's id. So a file that was cut, extended, reordered or mixed with another is refused, and
nothing is given out before its tag was checked. Reading and writing take constant memory.
"""

import io
import os
import struct
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO, Final, cast
from uuid import UUID

from cryptography.exceptions import InvalidTag
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from guiju.kit import durable
from guiju.kit.errors import NotFound
from guiju.vault.providers.current import current
from guiju.vault.sealing import NONCE_BYTES, TAG_BYTES, Dek, Tampered, new_dek

CHUNK: Final = 64 * 1024
MAGIC: Final = b"guiju sealed file 1\n"
PARTIAL: Final = ".partial"

_SEALED_CHUNK = CHUNK + TAG_BYTES
_LENGTHS = struct.Struct(">BH")
_HEAD_AT_MOST = 4096


class NoSuchFile(NotFound):
    """There is no sealed file with this id."""

    code = "no-such-file"
    message = _("There is no such file; it may have been deleted after its time.")


def folder() -> Path:
    """Return the folder of all sealed files, made with mode 0700 on first use."""
    path = Path(settings.HOME) / "files"
    path.mkdir(parents=True, exist_ok=True, mode=0o700)
    return path


def exists(file_id: UUID) -> bool:
    """Say whether a finished sealed file has this id."""
    return _path(file_id).exists()


def delete(file_id: UUID) -> None:
    """Destroy the file's key on the disk, then the file; nothing happens where there is none."""
    path = _path(file_id)
    with suppress(FileNotFoundError):
        with path.open("r+b") as file:
            file.write(bytes(_HEAD_AT_MOST))
            file.flush()
            os.fsync(file.fileno())
        path.unlink()
        durable.sync(path.parent)


def discard_partial(file_id: UUID) -> None:
    """Remove what a crash left of a file that was never finished."""
    _partial(file_id).unlink(missing_ok=True)


@contextmanager
def writer(file_id: UUID) -> Iterator[BinaryIO]:
    """Write a sealed file; it appears under its id, whole and on the disk, when the block ends without an error."""
    partial, path = _partial(file_id), folder() / str(file_id)
    discard_partial(file_id)
    descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            sealed = SealedWriter(file, file_id=file_id)
            yield cast(BinaryIO, sealed)
            sealed.finish()
            file.flush()
            os.fsync(file.fileno())
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)
    durable.sync(path.parent)


@contextmanager
def reader(file_id: UUID) -> Iterator[BinaryIO]:
    """Open a sealed file as a seekable binary file; raises NoSuchFile, and Tampered for any change to it."""
    try:
        file = _path(file_id).open("rb")
    except FileNotFoundError:
        raise NoSuchFile from None
    with file, io.BufferedReader(SealedReader(file, file_id=file_id), CHUNK) as opened:
        yield opened


class SealedWriter(io.RawIOBase):
    """A write-only file that seals what it is given, chunk by chunk."""

    def __init__(self, file: BinaryIO, *, file_id: UUID) -> None:
        super().__init__()
        provider, self._dek = current(), new_dek()
        wrapped = provider.wrap(self._dek.raw, aad=_purpose_of(file_id))
        head = _head(provider.key_id.encode(), wrapped)
        self._file, self._aad = file, head + file_id.bytes
        self._buffer, self._number, self._size = bytearray(), 0, 0
        file.write(head)

    def writable(self) -> bool:
        """Say yes."""
        return True

    def tell(self) -> int:
        """Return how many bytes were written."""
        return self._size

    def write(self, data: object, /) -> int:
        """Take bytes, and seal every chunk that is full."""
        taken = memoryview(data).cast("B")  # type: ignore[arg-type]
        self._buffer += taken
        self._size += len(taken)
        while len(self._buffer) > CHUNK:
            self._seal(bytes(self._buffer[:CHUNK]), last=False)
            del self._buffer[:CHUNK]
        return len(taken)

    def finish(self) -> None:
        """Seal the last chunk, which may be empty; a file without it does not open."""
        self._seal(bytes(self._buffer), last=True)

    def _seal(self, chunk: bytes, *, last: bool) -> None:
        self._file.write(self._dek.aead.encrypt(_nonce(self._number, last=last), chunk, self._aad))
        self._number += 1


class SealedReader(io.RawIOBase):
    """A read-only, seekable file over a sealed one. The end is checked on opening, so a cut file never begins."""

    def __init__(self, file: BinaryIO, *, file_id: UUID) -> None:
        super().__init__()
        self._file = file
        head, self._dek = _open_head(file, file_id)
        self._aad, self._start = head + file_id.bytes, len(head)
        sealed = file.seek(0, os.SEEK_END) - self._start
        self._chunks = max(1, -(-sealed // _SEALED_CHUNK))
        self._size = sealed - self._chunks * TAG_BYTES
        self._position, self._number, self._chunk = 0, -1, b""
        self._load(self._chunks - 1)

    def readable(self) -> bool:
        """Say yes."""
        return True

    def seekable(self) -> bool:
        """Say yes."""
        return True

    def tell(self) -> int:
        """Return the position in the clear content."""
        return self._position

    def seek(self, offset: int, whence: int = os.SEEK_SET, /) -> int:
        """Move in the clear content."""
        base = {os.SEEK_SET: 0, os.SEEK_CUR: self._position, os.SEEK_END: self._size}[whence]
        if base + offset < 0:
            raise ValueError("There is nothing before the beginning of a file")
        self._position = base + offset
        return self._position

    def readinto(self, buffer: object, /) -> int:
        """Fill ``buffer`` from the current position; returns how much, at most to the end of one chunk."""
        view = memoryview(buffer).cast("B")  # type: ignore[arg-type]
        if self._position >= self._size or not view:
            return 0
        number, offset = divmod(self._position, CHUNK)
        if number != self._number:
            self._load(number)
        part = self._chunk[offset : offset + len(view)]
        view[: len(part)] = part
        self._position += len(part)
        return len(part)

    def _load(self, number: int) -> None:
        self._file.seek(self._start + number * _SEALED_CHUNK)
        sealed = self._file.read(_SEALED_CHUNK)
        nonce = _nonce(number, last=number == self._chunks - 1)
        try:
            self._chunk = self._dek.aead.decrypt(nonce, sealed, self._aad)
        except InvalidTag:
            raise Tampered from None
        self._number = number


def _head(key_id: bytes, wrapped: bytes) -> bytes:
    return MAGIC + _LENGTHS.pack(len(key_id), len(wrapped)) + key_id + wrapped


def _open_head(file: BinaryIO, file_id: UUID) -> tuple[bytes, Dek]:
    start = file.read(len(MAGIC) + _LENGTHS.size)
    if len(start) != len(MAGIC) + _LENGTHS.size or not start.startswith(MAGIC):
        raise Tampered
    lengths = _LENGTHS.unpack_from(start, len(MAGIC))
    key_id, wrapped = (file.read(length) for length in lengths)
    if not key_id.isascii():
        raise Tampered
    raw = current().unwrap(wrapped, key_id=key_id.decode(), aad=_purpose_of(file_id))
    return _head(key_id, wrapped), Dek(raw)


def _purpose_of(file_id: UUID) -> bytes:
    return b"guiju sealed file" + file_id.bytes


def _nonce(number: int, *, last: bool) -> bytes:
    return (number << 8 | last).to_bytes(NONCE_BYTES)


def _path(file_id: UUID) -> Path:
    return folder() / str(file_id)


def _partial(file_id: UUID) -> Path:
    return folder() / f"{file_id}{PARTIAL}"
