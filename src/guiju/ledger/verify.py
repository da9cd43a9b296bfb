"""Checking the live ledger: every entry, hash, tile and checkpoint, against what was signed."""

from collections.abc import Iterator
from typing import Any

import psycopg

from guiju.ledger import reading, signing
from guiju.ledger.connecting import Connection, connect
from guiju.ledger.findings import Report, kind_of
from guiju.ledger.growing import Growth, Signed, only_the_tile
from guiju.ledger.notes import BadNote, open_checkpoint
from guiju.ledger.reading import Executes, StoredSpan
from guiju.ledger.sequencing import extra, pending
from guiju.ledger.tiles import TILE_WIDTH, tile_path, tree_root
from guiju.ledger.tree import HASH_SIZE, leaf_hash, leaf_hashes

GUARDS = (
    "ledger_entry_is_append_only", "ledger_entry_is_never_emptied",
    "ledger_checkpoint_is_append_only", "ledger_checkpoint_is_never_emptied",
)  # fmt: skip
_GUARDS = "SELECT tgname FROM pg_trigger WHERE tgname = ANY(%s) AND tgenabled = 'A'"
_CHECKS = """SELECT count(*) FROM pg_constraint
    WHERE conrelid = 'ledger_entry'::regclass AND contype = 'c' AND convalidated"""
_CHECK_COUNT = 8
_CHECKPOINTS = "SELECT size, root, note FROM ledger_checkpoint WHERE size > %s ORDER BY size LIMIT %s"
CHECKPOINTS_AT_ONCE = 1024
_UPPER = "SELECT level, index, hashes FROM ledger_tile WHERE level > 0 ORDER BY level, index"
_EXTENT = """SELECT
    greatest((SELECT max(index) FROM ledger_span), (SELECT max(index) FROM ledger_tile WHERE level = 0)),
    (SELECT count(*) FROM ledger_entry)"""
_LAST = "SELECT size, root FROM ledger_checkpoint ORDER BY size DESC LIMIT 1"


def verify_live(*, kept: str = "", vkeys: list[str] | None = None) -> Report:
    """Check the whole ledger in the database and report what is wrong, first the first bad entry.

    Everything is read in one snapshot, so the product may go on working. ``kept`` is a checkpoint note that somebody
    kept elsewhere: only with one can a ledger that was cut short be told from one that never was longer. ``vkeys``
    are the public keys to trust instead of those beside the signing key.
    """
    keys = vkeys if vkeys is not None else signing.vkeys()
    report = Report()
    with connect(name="guiju-verifying") as connection:
        connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        connection.read_only = True
        with connection.transaction():
            _verify(connection, report, keys)
            if kept:
                _compare_kept(connection, report, kept, keys)
            _check_guards(connection, report)
    return report


def _verify(connection: Connection, report: Report, keys: list[str]) -> None:
    with connection.cursor(binary=True) as cursor:
        last, entries = _row(cursor.execute(_EXTENT))
    growth = Growth(report=report, checkpoints=_checkpoints(connection), vkeys=keys)
    sealed = 0
    for span in reading.spans(connection, first=0, last=-1 if last is None else last):
        sealed += len(span.ids)
        hashes = leaf_hashes(span.leaves)
        if hashes != span.hashes or len(hashes) != HASH_SIZE * len(span.ids):
            missing, hashes = _name(connection, report, span)
            sealed -= missing
        growth.extend(hashes)
    growth.finish()
    with connection.cursor(binary=True) as cursor:
        growth.compare_tiles((level, index, bytes(hashes)) for level, index, hashes in cursor.execute(_UPPER))
        report.pending = pending(cursor)
        if sealed + report.pending != entries:
            for identifier, kind in extra(cursor):
                report.add("entry-extra", id=identifier, kind=kind)


def _checkpoints(connection: Connection) -> Iterator[Signed]:
    """Yield the checkpoints by size, read a page at a time: there may be one for every second of years."""
    last = -(2**63)
    with connection.cursor(binary=True) as cursor:
        while rows := cursor.execute(_CHECKPOINTS, [last, CHECKPOINTS_AT_ONCE]).fetchall():
            for last, root, note in rows:
                yield Signed(last, bytes(root), note)


def _name(connection: Connection, report: Report, span: StoredSpan) -> tuple[int, bytes]:
    """Name what is wrong in a span; return how many of its entries are missing and the hashes to go on with."""
    first = span.index * TILE_WIDTH
    if not span.hashes:
        report.add("tile-missing", first=first, path=tile_path(0, span.index))
        return 0, b""
    stored = reading.leaves(connection, span.ids)
    hashes = [leaf_hash(stored[identifier]) if identifier in stored else b"" for identifier in span.ids]
    together = b"".join(hashes)
    if _only_the_tile(connection, span.index, together):
        report.add("tile-changed", path=tile_path(0, span.index, len(hashes)))
        return 0, together
    known = {span.hashes[at : at + HASH_SIZE] for at in range(0, len(span.hashes), HASH_SIZE)}
    moved = len(span.ids) != len(span.hashes) // HASH_SIZE
    for offset, (identifier, found) in enumerate(zip(span.ids, hashes, strict=True)):
        facts: dict[str, Any] = {"id": identifier, "index": first + offset}
        if not found:
            report.add("entry-missing", **facts)
        elif b"\n" in stored[identifier]:
            report.add("entry-lines", **facts)
        elif found != span.hashes[offset * HASH_SIZE : (offset + 1) * HASH_SIZE]:
            moved = moved or found in known
            if found not in known:
                report.add("entry-changed", kind=kind_of(stored[identifier]), **facts)
    if moved:
        report.add("places-changed", first=first)
    return hashes.count(b""), span.hashes


def _only_the_tile(connection: Connection, index: int, hashes: bytes) -> bool:
    with connection.cursor(binary=True) as cursor:
        cursor.execute(_LAST)
        size, root = cursor.fetchone() or (0, b"")
        return only_the_tile(
            index=index, hashes=hashes, size=size, root=bytes(root), read=lambda refs: reading.tiles(cursor, refs)
        )


def _compare_kept(connection: Connection, report: Report, kept: str, keys: list[str]) -> None:
    try:
        head = open_checkpoint(kept, vkeys=keys)
    except BadNote as reason:
        report.add("checkpoint-forged", size="?", reason=reason)
        return
    with connection.cursor(binary=True) as cursor:
        try:
            root = tree_root(size=head.size, read=lambda wanted: reading.tiles(cursor, wanted))
        except KeyError:
            root = b""
    if root != head.root or head.size > report.size:
        report.add("kept-checkpoint-differs", size=head.size)


def _check_guards(connection: Connection, report: Report) -> None:
    with connection.cursor(binary=True) as cursor:
        present = {name for (name,) in cursor.execute(_GUARDS, [list(GUARDS)])}
        for guard in GUARDS:
            if guard not in present:
                report.add("guard-missing", guard=guard)
        (checks,) = _row(cursor.execute(_CHECKS))
        if checks < _CHECK_COUNT:
            report.add("guard-missing", guard="CHECK")


def _row(cursor: Executes) -> tuple[Any, ...]:
    row = cursor.fetchone()
    return row if row is not None else (None, 0)
