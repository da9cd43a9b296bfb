"""Reading tiles and leaves back from the database, span by span."""

import itertools
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from guiju.ledger import leaf
from guiju.ledger.connecting import Connection
from guiju.ledger.tiles import TileRef
from guiju.ledger.tree import HASH_SIZE

SPANS = 10
"""How many spans of 256 entries are read at once."""

# The entries of a span nearly always have consecutive numbers: then they are one range of the index, else they are
# looked up one by one. Tiles are looked up too: joining them would read all of them for every few spans.
_SPANS = f"""SELECT n.index, s.ids,
    (SELECT t.hashes FROM ledger_tile t WHERE t.level = 0 AND t.index = n.index),
    CASE WHEN s.high - s.low + 1 = cardinality(s.ids) THEN (
        SELECT convert_to(string_agg({leaf.sql("e")}, E'\\n' ORDER BY e.id), 'UTF8')
        FROM ledger_entry e WHERE e.id BETWEEN s.low AND s.high)
    ELSE (
        SELECT convert_to(string_agg((SELECT {leaf.sql("e")} FROM ledger_entry e WHERE e.id = u.id), E'\\n'), 'UTF8')
        FROM unnest(s.ids) u(id)) END
FROM generate_series(%s::bigint, %s::bigint) n(index) LEFT JOIN ledger_span s USING (index)
ORDER BY n.index"""  # noqa: S608
_ENTRIES = f"""SELECT e.id, convert_to({leaf.sql("e")}, 'UTF8') FROM ledger_entry e WHERE e.id = ANY(%s)"""  # noqa: S608
_TILES = """SELECT t.level, t.index, t.hashes FROM ledger_tile t
    JOIN unnest(%s::int[], %s::bigint[]) w(level, index) USING (level, index)"""


class Executes(Protocol):
    """A cursor, whether Django's or the driver's."""

    def execute(self, query: Any, parameters: Any = ..., /) -> Any:
        """Run a query."""
        ...

    def fetchone(self) -> Any:
        """Return the next row."""
        ...

    def fetchall(self) -> Any:
        """Return the rows left."""
        ...


@dataclass(frozen=True)
class StoredSpan:
    """Up to 256 entries in leaf order: their ids, their stored leaf hashes, and their leaves as one text of lines."""

    index: int
    ids: list[int]
    hashes: bytes
    text: bytes

    @property
    def leaves(self) -> list[bytes]:
        """Return the leaves; another number than there are ids where an entry is missing or is not one line."""
        return self.text.split(b"\n") if self.text else []


def spans(connection: Connection, *, first: int, last: int) -> Iterator[StoredSpan]:
    """Yield the spans ``first`` to ``last``; the database reads the next ones while the caller has the last."""
    with connection.pipeline(), connection.cursor(binary=True) as one, connection.cursor(binary=True) as other:
        cursors = itertools.cycle((one, other))
        starts = range(first, last + 1, SPANS)
        asked = [(start, min(start + SPANS - 1, last)) for start in starts]
        if not asked:
            return
        current = next(cursors).execute(_SPANS, asked[0], prepare=True)
        for following in [*asked[1:], None]:
            rows = current.fetchall()
            if following:
                current = next(cursors).execute(_SPANS, following, prepare=True)
            for index, ids, hashes, text in rows:
                yield StoredSpan(index, ids or [], bytes(hashes or b""), _in_order(ids or [], bytes(text or b"")))


def _in_order(ids: list[int], text: bytes) -> bytes:
    """Return leaves in the order of ``ids``: those of consecutive numbers were read as a range, by number.

    Where there are not as many lines as ids, none can be told which it is of, and the text stays as it was read.
    """
    if not ids or ids == list(range(ids[0], ids[0] + len(ids))) or max(ids) - min(ids) + 1 != len(ids):
        return text
    lines = text.split(b"\n")
    if len(lines) != len(ids):
        return text
    found = dict(zip(sorted(ids), lines, strict=True))
    return b"\n".join(found[identifier] for identifier in ids)


def leaves(connection: Connection, ids: Collection[int]) -> dict[int, bytes]:
    """Return the leaves of the entries that exist, by id."""
    with connection.cursor(binary=True) as cursor:
        return {identifier: bytes(text) for identifier, text in cursor.execute(_ENTRIES, [list(ids)])}


def tiles(cursor: Executes, wanted: Collection[TileRef]) -> Mapping[TileRef, bytes]:
    """Return tiles as they were at the size that ``wanted`` speaks of; a stored tile may have grown since."""
    refs = list(wanted)
    cursor.execute(_TILES, [[ref.level for ref in refs], [ref.number for ref in refs]])
    held = {(level, index): bytes(hashes) for level, index, hashes in cursor.fetchall()}
    return {ref: held[ref.level, ref.number][: ref.width * HASH_SIZE] for ref in refs}
