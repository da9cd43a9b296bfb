"""One round of the sequencer: committed entries get their place in the tree, and a checkpoint vouches for them."""

import itertools
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import psycopg

from guiju.ledger.connecting import Connection
from guiju.ledger.notes import Checkpoint, Signer, sign_note
from guiju.ledger.reading import Executes
from guiju.ledger.snapshots import NOTHING, Snapshot
from guiju.ledger.tiles import TILE_WIDTH, Edge, edge_of
from guiju.ledger.tree import HASH_SIZE

type _Tiles = dict[tuple[int, int], bytes]
type Cursor = psycopg.Cursor[tuple[Any, ...]]

BATCH = 65_536
CHUNK = 2_048
LOCK = 0x6C656467
"""The advisory lock of the one active sequencer of a database."""


class Broken(RuntimeError):
    """The stored tree is not the one that was signed last: nothing is sealed until somebody has looked."""


@dataclass(frozen=True)
class Sealed:
    """What a round did: how many entries it sealed, the size of the tree after it and whether more are waiting."""

    count: int
    size: int
    more: bool = False


_ANY = 2**63 - 1


@dataclass(frozen=True)
class _State:
    size: int
    cluster: str
    done: Snapshot
    target: Snapshot | None
    floor: int


_SEALED = """EXISTS (SELECT FROM ledger_span s
    WHERE int8range(s.low, s.high, '[]') @> e.id AND s.ids @> ARRAY[e.id])"""

# The leaf order is that of transactions and, inside one, that of ids. Transactions which the last snapshot had still
# running are looked up one by one; the rest is one range of the index. The cursor is read from and left in the state
# row, so that a next chunk can be asked for while the last one is hashed.
_TAKE = f"""
WITH s AS MATERIALIZED (SELECT size, cursor_tx, cursor_id FROM ledger_sequencerstate WHERE id = 1),
fresh AS (
    (SELECT e.id, e.tx, e.hash FROM ledger_entry e
     WHERE e.tx = ANY(%(late)s::bigint[]) AND (e.tx, e.id) > ((SELECT cursor_tx FROM s), (SELECT cursor_id FROM s))
       AND (e.id > %(floor)s OR NOT {_SEALED})
     ORDER BY e.tx, e.id LIMIT %(limit)s)
    UNION ALL
    (SELECT e.id, e.tx, e.hash FROM ledger_entry e
     WHERE e.tx >= %(first)s AND e.tx < %(bound)s AND (e.tx < %(end)s OR e.id <= %(floor)s)
       AND (e.tx, e.id) > ((SELECT cursor_tx FROM s), (SELECT cursor_id FROM s))
       AND e.tx <> ALL(%(running)s::bigint[]) AND (e.id > %(floor)s OR NOT {_SEALED})
     ORDER BY e.tx, e.id LIMIT %(limit)s)
), taken AS MATERIALIZED (
    SELECT count(*) AS count, max(tx) AS tx, array_agg(id) AS ids, string_agg(hash, '') AS hashes
    FROM (SELECT e.id, e.tx, e.hash FROM fresh e ORDER BY e.tx, e.id LIMIT %(limit)s) e
), parts AS (
    SELECT size / {TILE_WIDTH} + part AS index,
        ids[part * {TILE_WIDTH} - size %% {TILE_WIDTH} + 1 : (part + 1) * {TILE_WIDTH} - size %% {TILE_WIDTH}] AS ids
    FROM s, taken, generate_series(0, (size %% {TILE_WIDTH} + count - 1) / {TILE_WIDTH}) part WHERE count > 0
), spans AS (
    INSERT INTO ledger_span AS held (index, low, high, ids)
    SELECT index, ends.low, ends.high, ids
    FROM parts, LATERAL (SELECT min(id) AS low, max(id) AS high FROM unnest(ids) id) ends
    ON CONFLICT (index) DO UPDATE SET low = least(held.low, excluded.low), high = greatest(held.high, excluded.high),
        ids = held.ids || excluded.ids
), moved AS (
    UPDATE ledger_sequencerstate state SET size = s.size + count, cursor_tx = tx, cursor_id = ids[count]
    FROM s, taken WHERE state.id = 1 AND count > 0
)
SELECT count, hashes FROM taken
"""  # noqa: S608

_READ_TILES = """SELECT t.level, t.index, t.hashes FROM ledger_tile t
    JOIN unnest(%s::int[], %s::bigint[]) w(level, index) USING (level, index)"""
_DROP_EDGE = """DELETE FROM ledger_tile t USING unnest(%s::int[], %s::bigint[]) w(level, index)
    WHERE t.level = w.level AND t.index = w.index"""
_COPY_TILES = "COPY ledger_tile (level, index, hashes) FROM STDIN (FORMAT binary)"
_READ_LAST = """SELECT coalesce(max(c.size), 0), (SELECT root FROM ledger_checkpoint ORDER BY size DESC LIMIT 1),
    coalesce((SELECT cardinality(ids) FROM ledger_span WHERE index = %s), 0) FROM ledger_checkpoint c"""
_READ_STATE = """SELECT size, cluster, done, target, floor
    FROM ledger_sequencerstate WHERE id = 1"""
_NEW = "e.tx >= %s OR e.tx = ANY(%s::bigint[])"
"""What the last snapshot did not see."""
_FIRST_STATE = """INSERT INTO ledger_sequencerstate (id, size, cluster, done, target, cursor_tx, cursor_id, floor)
    VALUES (1, 0, '', %s, '', 0, 0, 0) ON CONFLICT DO NOTHING"""
_WRITE_STATE = """UPDATE ledger_sequencerstate SET cluster = %s, done = %s, target = %s, floor = %s,
    cursor_tx = CASE WHEN %s THEN cursor_tx ELSE 0 END, cursor_id = CASE WHEN %s THEN cursor_id ELSE 0 END
    WHERE id = 1"""
_NOW = """SELECT pg_current_snapshot()::text, (SELECT system_identifier::text FROM pg_control_system()),
    coalesce((SELECT max(id) FROM ledger_entry), 0)"""


def seal(connection: Connection, *, signer: Signer, at: datetime, limit: int = BATCH) -> Sealed:
    """Seal up to about ``limit`` committed entries in one transaction; the caller holds the advisory lock.

    Every entry is taken exactly once, however long its transaction lasted: what is taken is what this round's
    snapshot sees and the last one did not. Raises Broken where the stored tree is not the signed one.
    """
    connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
    with connection.transaction(), connection.cursor(binary=True) as cursor:
        state, target = _begin(cursor)
        edge = _read_edge(cursor, state.size)
        tiles: _Tiles = {}
        more = False
        for hashes in _chunks(connection, _wanted(state, target), limit):
            tiles.update(edge.extend(hashes))
            more = edge.size - state.size >= limit
        count = edge.size - state.size
        if count:
            _write(cursor, state.size, edge, tiles, signer=signer, at=at)
        if more:
            _write_state(cursor, replace(state, target=target), partway=True)
        elif state.done != target:
            _write_state(cursor, replace(state, done=target, target=None), partway=False)
    return Sealed(count, edge.size, more or state.target is not None)


def waiting(connection: Connection) -> bool:
    """Return whether there may be something to seal, at the price of one look into an index."""
    with connection.cursor(binary=True) as cursor:
        state = _read_state(cursor)
        cursor.execute(f"SELECT EXISTS (SELECT FROM ledger_entry e WHERE {_NEW})", _news(state))  # noqa: S608
        return state.target is not None or bool(_row(cursor)[0])


def pending(cursor: Executes) -> int:
    """Return how many committed entries wait for their place in the tree."""
    state = _read_state(cursor)
    unsealed = f" AND NOT {_SEALED}" if state.target or state.floor else ""
    cursor.execute(f"SELECT count(*) FROM ledger_entry e WHERE ({_NEW}){unsealed}", _news(state))  # noqa: S608
    return int(_row(cursor)[0])


def extra(cursor: Executes) -> list[tuple[int, str]]:
    """Return id and kind of entries that are neither sealed nor waiting: nobody recorded them."""
    state = _read_state(cursor)
    cursor.execute(
        f"SELECT id, kind FROM ledger_entry e WHERE NOT ({_NEW}) AND NOT {_SEALED} ORDER BY id",  # noqa: S608
        _news(state),
    )
    return [(identifier, kind) for identifier, kind in cursor.fetchall()]


def beat(connection: Connection, *, at: datetime) -> None:
    """Note that the sequencer is at work."""
    connection.execute(_FIRST_STATE, [str(NOTHING)])
    connection.execute("UPDATE ledger_sequencerstate SET beat_at = %s WHERE id = 1", [at])


def _news(state: _State) -> list[Any]:
    return [state.done.xmax, list(state.done.running)]


def _begin(cursor: Cursor) -> tuple[_State, Snapshot]:
    cursor.execute(_NOW)
    now, cluster, newest = _row(cursor)
    cursor.execute(_FIRST_STATE, [str(NOTHING)])
    state = _read_state(cursor)
    if state.cluster != cluster:
        # Another server: its transaction numbers say nothing about entries that were brought along, which are those up
        # to the newest of this moment. They are looked up in the spans before they are taken.
        floor = newest if state.size else 0
        state = _State(state.size, cluster, NOTHING, None, floor)
        _write_state(cursor, state, partway=False)
    return state, state.target or Snapshot.parse(now)


def _wanted(state: _State, target: Snapshot) -> dict[str, Any]:
    brought = state.floor and state.done == NOTHING
    return {
        "late": [number for number in state.done.running if target.finished(number)],
        "first": state.done.xmax,
        "end": target.xmax,
        "bound": _ANY if brought else target.xmax,
        "running": list(target.running),
        "floor": state.floor,
    }


def _chunks(connection: Connection, wanted: dict[str, Any], limit: int) -> Iterator[bytes]:
    """Yield the hashes of the leaves to seal, chunk by chunk; the database reads the next while the caller folds."""
    size = min(CHUNK, limit)
    wanted = wanted | {"limit": size}
    taken = 0
    with connection.pipeline(), connection.cursor(binary=True) as one, connection.cursor(binary=True) as other:
        cursors = itertools.cycle((one, other))
        asked = next(cursors).execute(_TAKE, wanted, prepare=True)
        while True:
            count, hashes = _row(asked)
            taken += count
            full = count == size and taken < limit
            if full:
                asked = next(cursors).execute(_TAKE, wanted, prepare=True)
            if count:
                yield _whole(bytes(hashes), count)
            if not full:
                return


def _whole(hashes: bytes, count: int) -> bytes:
    if len(hashes) != count * HASH_SIZE:
        raise Broken("An entry has no hash of its leaf")
    return hashes


def _write(cursor: Cursor, before: int, edge: Edge, tiles: _Tiles, *, signer: Signer, at: datetime) -> None:
    dropped = [ref for ref in edge_of(before) if ref[:2] in tiles]
    cursor.execute(_DROP_EDGE, [[ref.level for ref in dropped], [ref.number for ref in dropped]])
    with cursor.copy(_COPY_TILES) as copy:
        copy.set_types(["int2", "int8", "bytea"])
        for (level, index), data in tiles.items():
            copy.write_row((level, index, data))
    root = edge.root()
    text = Checkpoint(origin=signer.name, size=edge.size, root=root).text
    cursor.execute(
        "INSERT INTO ledger_checkpoint (size, root, note, at) VALUES (%s, %s, %s, %s)",
        [edge.size, root, sign_note(text, signers=[signer]), at],
    )


def _read_edge(cursor: Cursor, size: int) -> Edge:
    """Read the partial tiles and hold them against the last checkpoint: an edited tree is never signed."""
    wanted = edge_of(size)
    cursor.execute(_READ_TILES, [[ref.level for ref in wanted], [ref.number for ref in wanted]])
    held = {(level, index): bytes(data) for level, index, data in cursor}
    cursor.execute(_READ_LAST, [size // TILE_WIDTH])
    signed, root, ids = _row(cursor)
    try:
        edge = Edge(size=size, tiles={ref: held[ref.level, ref.number] for ref in wanted})
    except (KeyError, ValueError) as error:
        raise Broken("A tile at the edge of the tree is missing or has another length") from error
    if signed != size or ids != size % TILE_WIDTH or (size and bytes(root) != edge.root()):
        raise Broken("The stored tree is not the one of the last checkpoint")
    return edge


def _read_state(cursor: Executes) -> _State:
    cursor.execute(_READ_STATE)
    row = cursor.fetchone()
    if row is None:
        return _State(0, "", NOTHING, None, 0)
    size, cluster, done, target, floor = row
    return _State(size, cluster, Snapshot.parse(done), Snapshot.parse(target) if target else None, floor)


def _write_state(cursor: Cursor, state: _State, *, partway: bool) -> None:
    """Write how far the sealing has come; ``partway`` through a target the cursor stays where it is."""
    cursor.execute(
        _WRITE_STATE,
        [state.cluster, str(state.done), str(state.target or ""), state.floor, partway, partway],
    )


def _row(cursor: Executes) -> tuple[Any, ...]:
    row: tuple[Any, ...] | None = cursor.fetchone()
    if row is None:
        raise Broken("The database gave no answer")
    return row
