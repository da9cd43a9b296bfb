"""Checking a bundle of the ledger offline: files only, no database, no settings. Pure."""

import json
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Any

from guiju.ledger.findings import Report, kind_of
from guiju.ledger.growing import Growth, Signed, only_the_tile
from guiju.ledger.notes import BadNote, Checkpoint, open_checkpoint
from guiju.ledger.tiles import TILE_WIDTH, TileRef, tile_path, tiles_of, unpack_entries
from guiju.ledger.tree import HASH_SIZE, leaf_hash, leaf_hashes

CHECKPOINT = "checkpoint"
PUBLIC_KEY = "public-key"


def verify(directory: Path, *, vkeys: list[str] | None = None) -> Report:
    """Check a bundle and report what is wrong, first the first bad entry.

    ``vkeys`` are the public keys to trust. Without them the bundle's own are used, which shows that the bundle is
    whole but not whose it is.
    """
    report = Report()
    try:
        keys = vkeys if vkeys is not None else (directory / PUBLIC_KEY).read_bytes().decode().split()
        note = (directory / CHECKPOINT).read_bytes().decode()  # byte for byte: it is what was signed
    except (OSError, UnicodeDecodeError) as error:
        report.add("file-missing", path=Path(getattr(error, "filename", None) or CHECKPOINT).name)
        return report
    try:
        head = open_checkpoint(note, vkeys=keys)
    except BadNote as reason:
        report.add("checkpoint-forged", size="?", reason=reason)
        return report
    signed = Signed(head.size, head.root, note)
    _Bundle(directory, head, report, Growth(report=report, checkpoints=iter([signed]), vkeys=keys)).verify()
    return report


class _Bundle:
    def __init__(self, directory: Path, head: Checkpoint, report: Report, growth: Growth) -> None:
        self.directory = directory
        self.head = head
        self.report = report
        self.growth = growth

    def verify(self) -> None:
        upper: list[TileRef] = []
        for ref in tiles_of(self.head.size):
            if ref.level:
                upper.append(ref)
            else:
                self.growth.extend(self._hashes(ref))
        self.growth.finish()
        self.growth.compare_tiles(self._upper(upper))

    def _hashes(self, ref: TileRef) -> bytes:
        """Check one entry bundle against its tile; return the hashes to go on with."""
        stored = self._file(tile_path(*ref)) or b""
        entries = self._entries(ref)
        if entries is None:
            return stored
        hashes = leaf_hashes(entries)
        if hashes == stored:
            return stored
        if self._only_the_tile(ref, hashes):
            self.report.add("tile-changed", path=tile_path(*ref))
            return hashes
        for offset, entry in enumerate(entries):
            if leaf_hash(entry) != stored[offset * HASH_SIZE : (offset + 1) * HASH_SIZE]:
                place = ref.number * TILE_WIDTH + offset
                self.report.add("entry-changed", id=_id(entry), index=place, kind=kind_of(entry))
        return stored

    def _entries(self, ref: TileRef) -> list[bytes] | None:
        path = tile_path("entries", ref.number, ref.width)
        data = self._file(path)
        if data is None:
            return None
        try:
            entries = unpack_entries(data)
        except ValueError:
            entries = []
        if len(entries) != ref.width:
            self.report.add("file-broken", path=path)
            return None
        return entries

    def _only_the_tile(self, ref: TileRef, hashes: bytes) -> bool:
        def read(wanted: Collection[TileRef]) -> dict[TileRef, bytes]:
            return {item: self._stored(item) for item in wanted}

        return only_the_tile(index=ref.number, hashes=hashes, size=self.head.size, root=self.head.root, read=read)

    def _stored(self, ref: TileRef) -> bytes:
        """Return the wanted width of a tile, which the bundle holds as wide as it is at the bundle's size."""
        there = next((item for item in tiles_of(self.head.size) if item[:2] == ref[:2]), ref)
        path = self.directory / tile_path(*there)
        return path.read_bytes()[: ref.width * HASH_SIZE] if path.exists() else b""

    def _upper(self, refs: list[TileRef]) -> Iterator[tuple[int, int, bytes]]:
        for ref in refs:
            path = self.directory / tile_path(*ref)
            if path.exists():
                yield ref.level, ref.number, path.read_bytes()

    def _file(self, path: str) -> bytes | None:
        """Return what a file holds; one that is not there is reported and is None, which an empty one is not."""
        try:
            return (self.directory / path).read_bytes()
        except OSError:
            self.report.add("file-missing", path=path)
            return None


def _id(entry: bytes) -> Any:
    try:
        return json.loads(entry).get("id", "?")
    except (ValueError, AttributeError):
        return "?"
