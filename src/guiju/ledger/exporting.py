"""Writing the sealed ledger as a bundle of files that anybody can check offline."""

from dataclasses import dataclass
from pathlib import Path

import psycopg
from django.utils.translation import gettext_lazy as _

from guiju.kit.errors import Refused
from guiju.ledger import reading, signing
from guiju.ledger.bundle import CHECKPOINT, PUBLIC_KEY
from guiju.ledger.connecting import Connection, connect
from guiju.ledger.reading import StoredSpan
from guiju.ledger.tiles import TILE_WIDTH, TileRef, pack_entries, tile_path, tiles_of
from guiju.ledger.tree import HASH_SIZE

README = """\
This folder is a copy of the ledger of a Guiju installation, in the layout of C2SP tlog-tiles.

checkpoint      how many entries there are and the root of the tree over them, signed
public-key      the keys it may be signed with; get them from somebody you trust, not only from here
tile/entries/   the entries, 256 to a file, each after its length in two bytes; an entry is one line of JSON
tile/0/ ...     the hashes of the tree, level by level

Check it with

    guiju ledger verify FOLDER

or with any other program that knows C2SP tlog-tiles, tlog-checkpoint and signed-note. An entry's hash is
SHA-256(0x00 entry), a node's is SHA-256(0x01 left right), as in RFC 6962.
"""


class NothingSealed(Refused):
    """There is no checkpoint yet."""

    code = "nothing-sealed"
    message = _("The ledger has no checkpoint yet.")
    remedy = _("Wait a second: the sequencer seals what was recorded.")


class FolderInUse(Refused):
    """The folder holds something else."""

    code = "folder-in-use"
    message = _("The folder is not empty and holds no bundle of the ledger.")
    remedy = _("Name an empty folder.")


@dataclass(frozen=True)
class Exported:
    """What was written: the checkpoint's size and its note."""

    size: int
    note: str


def export(directory: Path) -> Exported:
    """Write the ledger up to its latest checkpoint into ``directory``; raises NothingSealed and FolderInUse.

    Everything is read in one snapshot. What was changed behind the product's back is written as it is: checking the
    bundle names it.
    """
    held = {item.name for item in directory.iterdir()} if directory.exists() else set()
    # Without its checkpoint a bundle is what an interrupted export left.
    if held and not held & {CHECKPOINT, "tile"}:
        raise FolderInUse
    with connect(name="guiju-exporting") as connection:
        connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        connection.read_only = True
        with connection.transaction():
            return _export(connection, directory)


def _export(connection: Connection, directory: Path) -> Exported:
    with connection.cursor(binary=True) as cursor:
        cursor.execute("SELECT size, note FROM ledger_checkpoint ORDER BY size DESC LIMIT 1")
        row = cursor.fetchone()
    if row is None:
        raise NothingSealed
    size, note = row
    directory.mkdir(parents=True, exist_ok=True)
    (directory / CHECKPOINT).unlink(missing_ok=True)
    refs = list(tiles_of(size))
    last = -(-size // TILE_WIDTH) - 1
    for ref, span in zip(refs, reading.spans(connection, first=0, last=last), strict=False):
        _write(directory, tile_path(*ref), span.hashes[: ref.width * HASH_SIZE])
        entries = _entries(connection, span)[: ref.width]
        _write(directory, tile_path("entries", ref.number, ref.width), pack_entries(entries))
    _write_upper(connection, directory, refs[last + 1 :])
    _write(directory, "README", README.encode())
    _write(directory, PUBLIC_KEY, "".join(f"{vkey}\n" for vkey in signing.vkeys()).encode())
    _write(directory, CHECKPOINT, note.encode())
    return Exported(size, note)


def _entries(connection: Connection, span: StoredSpan) -> list[bytes]:
    """Return the leaves of a span; an entry that is missing leaves its place empty."""
    found = span.leaves
    if len(found) == len(span.ids):
        return found
    stored = reading.leaves(connection, span.ids)
    return [stored.get(identifier, b"") for identifier in span.ids]


def _write_upper(connection: Connection, directory: Path, refs: list[TileRef]) -> None:
    with connection.cursor(binary=True) as cursor:
        for ref in refs:
            try:
                _write(directory, tile_path(*ref), reading.tiles(cursor, [ref])[ref])
            except KeyError:
                continue  # a tile that is gone stays away, and checking the bundle says so


def _write(directory: Path, path: str, data: bytes) -> None:
    target = directory / path
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(data)
