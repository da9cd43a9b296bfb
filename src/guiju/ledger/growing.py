"""Following a stored tree as it grew: each checkpoint is held against the hashes up to its size. Pure."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from guiju.ledger.findings import Report
from guiju.ledger.notes import BadNote, open_checkpoint
from guiju.ledger.tiles import TILE_BYTES, TILE_WIDTH, Edge, ReadTiles, TileRef, edge_of, tile_path
from guiju.ledger.tree import HASH_SIZE, fold


@dataclass(frozen=True)
class Signed:
    """A stored checkpoint: what its columns say, and its note."""

    size: int
    root: bytes
    note: str


@dataclass
class Growth:
    """A tree that is grown from stored hashes and compared with the checkpoints it passes."""

    report: Report
    checkpoints: Iterator[Signed]
    vkeys: list[str]
    edge: Edge = field(default_factory=Edge)
    upper: dict[tuple[int, int], bytes] = field(default_factory=dict)
    agreed: int = 0
    _next: Signed | None = None
    _broken: bool = False

    def __post_init__(self) -> None:
        self._next = next(self.checkpoints, None)

    def extend(self, hashes: bytes) -> None:
        """Append stored leaf hashes, pausing wherever a checkpoint was signed."""
        hashes = hashes[: len(hashes) - len(hashes) % HASH_SIZE]
        while self._next is not None and self._next.size <= self.edge.size + len(hashes) // HASH_SIZE:
            cut = (self._next.size - self.edge.size) * HASH_SIZE
            self._grow(hashes[:cut])
            hashes = hashes[cut:]
            self._compare(self._next)
            self._next = next(self.checkpoints, None)
        self._grow(hashes)

    def finish(self) -> None:
        """Note what is left: checkpoints beyond the tree, or a tree beyond its checkpoints."""
        while self._next is not None:
            self.report.add("tree-differs", size=self._next.size, first=self.agreed, last=self._next.size - 1)
            self._next = next(self.checkpoints, None)
        if self.edge.size != self.agreed and not self._broken:
            self.report.add("checkpoint-missing", size=self.edge.size)
        self.report.size = self.edge.size
        self.report.root = self.edge.root()

    def compare_tiles(self, stored: Iterable[tuple[int, int, bytes]]) -> None:
        """Hold the stored tiles above the lowest level against those that the leaf hashes make."""
        expected = dict(self.upper)
        for level, index, hashes in stored:
            tile = expected.pop((level, index), b"")
            if tile != hashes:
                self._name_tile(level, index, tile, hashes)
        for level, index in sorted(expected):
            first = index * TILE_WIDTH ** (level + 1)
            self.report.add("tile-missing", first=first, path=tile_path(level, index))

    def _name_tile(self, level: int, index: int, tile: bytes, stored: bytes) -> None:
        """Say which tile was changed or, where the tree is not the signed one, below which of its hashes."""
        path = tile_path(level, index, min(TILE_WIDTH, max(1, len(stored) // HASH_SIZE)))
        if not self._broken or level > 1:
            self.report.add("tile-changed", path=path)
            return
        for at in range(0, len(tile), HASH_SIZE):
            if tile[at : at + HASH_SIZE] != stored[at : at + HASH_SIZE]:
                first = (index * TILE_WIDTH + at // HASH_SIZE) * TILE_WIDTH
                self.report.add("span-differs", first=first, last=first + TILE_WIDTH - 1, path=path)

    def _grow(self, hashes: bytes) -> None:
        for (level, index), tile in self.edge.extend(hashes).items():
            if level:
                self.upper[level, index] = tile

    def _compare(self, signed: Signed) -> None:
        self.report.checkpoints += 1
        try:
            note = open_checkpoint(signed.note, vkeys=self.vkeys)
        except BadNote as reason:
            self.report.add("checkpoint-forged", size=signed.size, reason=reason)
            return
        self.report.origin = note.origin
        if (note.size, note.root) != (signed.size, signed.root):
            self.report.add("checkpoint-differs", size=signed.size)
        elif note.root != self.edge.root():
            if not self._broken:
                self.report.add("tree-differs", size=signed.size, first=self.agreed, last=signed.size - 1)
            self._broken = True
            return
        self.agreed = signed.size


def only_the_tile(*, index: int, hashes: bytes, size: int, root: bytes, read: ReadTiles) -> bool:
    """Return whether ``hashes`` are what was sealed in a tile of the lowest level, whatever is stored there now.

    The hash stored above a full tile says so, and the signed root of ``size`` leaves above a partial one.
    """
    edge = edge_of(size)
    try:
        if len(hashes) == TILE_BYTES:
            above = TileRef(1, index // TILE_WIDTH, index % TILE_WIDTH + 1)
            return read([above])[above][-HASH_SIZE:] == fold(hashes)
        if not edge or edge[0][:2] != (0, index):
            return False
        return Edge(size=size, tiles={**read(edge[1:]), edge[0]: hashes}).root() == root
    except (KeyError, ValueError):
        return False
