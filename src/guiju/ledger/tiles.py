"""Tiles of the tree (C2SP tlog-tiles): paths, growth, and the proofs read from them. Pure: bytes in, bytes out."""

import struct
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from typing import Literal, NamedTuple

from guiju.ledger.tree import EMPTY_ROOT, HASH_SIZE, fold

TILE_WIDTH = 256
TILE_BYTES = TILE_WIDTH * HASH_SIZE
MAX_ENTRY = 0xFFFF
_MAX_LEVEL = 63


class TileRef(NamedTuple):
    """Which tile: its level, its number in the level and how many hashes it holds at the tree's size."""

    level: int
    number: int
    width: int


class Node(NamedTuple):
    """A perfect subtree of ``2**height`` leaves, the ``number``-th of its height."""

    height: int
    number: int


type ReadTiles = Callable[[Collection[TileRef]], Mapping[TileRef, bytes]]


def tile_path(level: int | Literal["entries"], index: int, width: int = TILE_WIDTH) -> str:
    """Return the path of a tile or, for the level ``"entries"``, of an entry bundle; 256 is a full one."""
    if level != "entries" and not 0 <= level <= _MAX_LEVEL:
        raise ValueError("The level of a tile is between 0 and 63")
    if index < 0:
        raise ValueError("The index of a tile is not negative")
    if not 1 <= width <= TILE_WIDTH:
        raise ValueError("The width of a tile is between 1 and 256")
    digits = str(index)
    digits = digits.zfill(-(-len(digits) // 3) * 3)
    groups = [digits[at : at + 3] for at in range(0, len(digits), 3)]
    number = "/".join([*(f"x{group}" for group in groups[:-1]), groups[-1]])
    return f"tile/{level}/{number}" + (f".p/{width}" if width < TILE_WIDTH else "")


def tiles_of(size: int) -> Iterator[TileRef]:
    """Yield every tile of a tree of ``size`` leaves, level by level."""
    level = 0
    while size:
        for index in range(-(-size // TILE_WIDTH)):
            yield TileRef(level, index, min(TILE_WIDTH, size - index * TILE_WIDTH))
        size //= TILE_WIDTH
        level += 1


def edge_of(size: int) -> list[TileRef]:
    """Return the partial tiles of a tree of ``size`` leaves, lowest first: all it takes to grow it."""
    edge = []
    level = 0
    while size:
        if size % TILE_WIDTH:
            edge.append(TileRef(level, size // TILE_WIDTH, size % TILE_WIDTH))
        size //= TILE_WIDTH
        level += 1
    return edge


class Edge:
    """The right edge of a growing tree: partial tiles only, so a few kilobytes whatever the size."""

    def __init__(self, *, size: int = 0, tiles: Mapping[TileRef, bytes] | None = None) -> None:
        self.size = size
        self._partial: list[bytes] = []
        held = tiles or {}
        for ref in edge_of(size):
            data = held[ref]
            if len(data) != ref.width * HASH_SIZE:
                raise ValueError(f"The tile {tile_path(*ref)} has the wrong length")
            self._partial.extend(b"" for _ in range(ref.level - len(self._partial)))
            self._partial.append(data)

    def extend(self, hashes: bytes) -> dict[tuple[int, int], bytes]:
        """Append leaf hashes laid end to end; return the tiles that changed, by level and index."""
        changed: dict[tuple[int, int], bytes] = {}
        first = self.size
        self.size += len(hashes) // HASH_SIZE
        level = 0
        while hashes:
            if level == len(self._partial):
                self._partial.append(b"")
            data = self._partial[level] + hashes
            index = first // TILE_WIDTH
            rise = []
            full = len(data) - len(data) % TILE_BYTES
            for at in range(0, full, TILE_BYTES):
                tile = data[at : at + TILE_BYTES]
                changed[level, index] = tile
                rise.append(fold(tile))
                index += 1
            self._partial[level] = data[full:]
            if data[full:]:
                changed[level, index] = data[full:]
            hashes = b"".join(rise)
            first //= TILE_WIDTH
            level += 1
        return changed

    def root(self) -> bytes:
        """Return the root of the tree."""
        below = b""
        for hashes in self._partial:
            if hashes or below:
                below = fold(hashes + below)
        return below or EMPTY_ROOT


def inclusion_proof(*, index: int, size: int, read: ReadTiles) -> list[bytes]:
    """Return the proof that leaf ``index`` is in the tree of ``size`` leaves; ``read`` is called once."""
    if not 0 <= index < size:
        raise ValueError(f"The index {index} is outside a tree of {size} leaves")
    return _hashes(list(_siblings(index, size)), size, read)


def consistency_proof(*, size1: int, size2: int, read: ReadTiles) -> list[bytes]:
    """Return the proof that the tree of ``size2`` leaves continues that of ``size1``; ``read`` is called once."""
    if not 0 <= size1 <= size2:
        raise ValueError(f"A tree of {size2} leaves cannot continue one of {size1}")
    if size1 in (0, size2):
        return []
    return _hashes(list(_growth(size1, size2)), size2, read)


def tree_root(*, size: int, read: ReadTiles) -> bytes:
    """Return the root of the tree of ``size`` leaves; ``read`` is called once."""
    return _hashes([(0, size)], size, read)[0] if size else EMPTY_ROOT


def _siblings(index: int, size: int) -> Iterator[tuple[int, int]]:
    """Yield the leaf ranges of an inclusion proof, from the leaf up (RFC 9162, section 2.1.3.1)."""
    path = []
    start, end = 0, size
    while end - start > 1:
        middle = start + _split(end - start)
        if index < middle:
            path.append((middle, end))
            end = middle
        else:
            path.append((start, middle))
            start = middle
    yield from reversed(path)


def _growth(size1: int, size2: int) -> Iterator[tuple[int, int]]:
    """Yield the leaf ranges of a consistency proof, lowest first (RFC 9162, section 2.1.4.1)."""
    path = []
    start, end = 0, size2
    while end > size1:
        middle = start + _split(end - start)
        if size1 <= middle:
            path.append((middle, end))
            end = middle
        else:
            path.append((start, middle))
            start = middle
    if start:
        path.append((start, end))
    yield from reversed(path)


def _split(count: int) -> int:
    return 1 << ((count - 1).bit_length() - 1)


def _perfect(start: int, end: int) -> Iterator[Node]:
    """Yield the perfect subtrees that make up a leaf range whose start is aligned to its length."""
    while start < end:
        height = (end - start).bit_length() - 1
        yield Node(height, start >> height)
        start += 1 << height


def _hashes(ranges: list[tuple[int, int]], size: int, read: ReadTiles) -> list[bytes]:
    wanted = [list(_perfect(start, end)) for start, end in ranges]
    tiles = read({_tile_of(node, size) for nodes in wanted for node in nodes})
    return [_join([_node_hash(node, size, tiles) for node in nodes]) for nodes in wanted]


def _tile_of(node: Node, size: int) -> TileRef:
    level, rest = divmod(node.height, 8)
    index = node.number << rest >> 8
    return TileRef(level, index, min(TILE_WIDTH, (size >> 8 * level) - index * TILE_WIDTH))


def _node_hash(node: Node, size: int, tiles: Mapping[TileRef, bytes]) -> bytes:
    rest = node.height % 8
    start = (node.number << rest) % TILE_WIDTH * HASH_SIZE
    return fold(tiles[_tile_of(node, size)][start : start + (HASH_SIZE << rest)])


def _join(hashes: list[bytes]) -> bytes:
    """Return the root over perfect subtrees of falling height."""
    root = hashes[-1]
    for left in reversed(hashes[:-1]):
        root = fold(left + root)
    return root


def pack_entries(entries: Iterable[bytes]) -> bytes:
    """Return an entry bundle: each entry after its length in two bytes."""
    parts = []
    for entry in entries:
        if len(entry) > MAX_ENTRY:
            raise ValueError(f"An entry has at most {MAX_ENTRY} bytes")
        parts += [struct.pack(">H", len(entry)), entry]
    return b"".join(parts)


def unpack_entries(bundle: bytes) -> list[bytes]:
    """Return the entries of a bundle; raises ValueError where it is cut short."""
    entries = []
    at = 0
    while at < len(bundle):
        length = int.from_bytes(bundle[at : at + 2], "big")
        entry = bundle[at + 2 : at + 2 + length]
        at += 2 + length
        if at > len(bundle):
            raise ValueError("The entry bundle is cut short")
        entries.append(entry)
    return entries
