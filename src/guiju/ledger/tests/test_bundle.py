"""A bundle is written from the database and checked without it."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import aics_tlog
import pytest
from django.db import connection

from guiju.ledger import bundle, exporting, journal, sequencer, tlog
from guiju.ledger.connecting import connect
from guiju.ledger.models import Span
from guiju.ledger.tests.cast import BO, INSERT, LI_NA, NOON, CustomerMet

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for part in (300, 343):
        events = [(CustomerMet(customer=LI_NA, times=times), "service") for times in range(part)]
        journal.record_many(events, by=BO, at=NOON)
        sequencer.seal_pending()
    assert exporting.export(tmp_path / "out").size == 643
    return tmp_path / "out"


def test_a_bundle_is_whole_and_another_implementation_reads_it(folder: Path) -> None:
    report = bundle.verify(folder)
    assert report.ok, [str(item) for item in report.findings]
    assert (report.size, report.checkpoints) == (643, 1)
    reader = aics_tlog.FileSystemTileReader(folder)
    head = aics_tlog.parse_checkpoint(aics_tlog.parse_note((folder / "checkpoint").read_text()).text)
    assert aics_tlog.tree_root_from_tiles(reader, 643) == head.root == report.root
    entry = aics_tlog.read_entry(reader, 640, 643)
    proof = aics_tlog.inclusion_proof_from_tiles(reader, 640, 643)
    tlog.verify_inclusion(index=640, size=643, leaf_hash=tlog.leaf_hash(entry), proof=proof, root=head.root)
    assert exporting.export(folder).size == 643


def test_no_django_and_no_settings_are_needed_to_check_it(folder: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from guiju.ledger import bundle;"
        f"report = bundle.verify(Path({str(folder)!r}));"
        "sys.exit(not report.ok or any(name.split('.')[0] == 'django' for name in sys.modules))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def _edit(path: str, change: Callable[[bytes], bytes]) -> Callable[[Path], None]:
    return lambda folder: _write(folder / path, change((folder / path).read_bytes()))


def _write(path: Path, data: bytes) -> None:
    path.write_bytes(data)


def _flip(at: int) -> Callable[[bytes], bytes]:
    return lambda data: data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]


@pytest.mark.parametrize(("attack", "codes"), [
    (_edit("tile/entries/001", lambda data: data.replace(b"person:bo", b"person:ad", 1)), ["entry-changed"]),
    (_edit("tile/entries/002.p/131", lambda data: data[:-1] + b"]"), ["entry-changed"]),
    (_edit("tile/entries/001", lambda data: data[:-9]), ["file-broken"]),
    (_edit("tile/entries/001", lambda data: data + b"\0\0"), ["file-broken"]),
    (_edit("tile/entries/001", lambda _: b""), ["file-broken"]),
    (_edit("tile/entries/002.p/131", lambda _: b""), ["file-broken"]),
    (lambda folder: (folder / "tile/entries/000").unlink(), ["file-missing"]),
    (_edit("tile/0/001", _flip(40)), ["tile-changed"]),
    (_edit("tile/0/002.p/131", _flip(0)), ["tile-changed"]),
    (_edit("tile/1/000.p/2", _flip(0)), ["tile-changed"]),
    (lambda folder: (folder / "tile/1/000.p/2").unlink(), ["tile-missing"]),
    (_edit("checkpoint", lambda data: data.replace(b"643", b"642")), ["checkpoint-forged"]),
    (_edit("checkpoint", lambda data: data.replace(b"\n", b"\r\n")), ["checkpoint-forged"]),
    (_edit("checkpoint", lambda _: b"\xff"), ["file-missing"]),
    (lambda folder: (folder / "checkpoint").unlink(), ["file-missing"]),
    (lambda folder: (folder / "public-key").write_text("x"), ["checkpoint-forged"]),
])  # fmt: skip
def test_whatever_is_changed_in_a_bundle_is_named(
    folder: Path, attack: Callable[[Path], None], codes: list[str]
) -> None:
    attack(folder)
    report = bundle.verify(folder)
    assert [item.code for item in report.findings] == codes
    assert all(str(item) for item in report.findings)


def test_the_first_bad_entry_of_a_bundle_is_named(folder: Path) -> None:
    _edit("tile/entries/001", lambda data: data.replace(b"person:bo", b"person:ad"))(folder)
    first = bundle.verify(folder).first_bad
    assert first is not None
    assert first.index == 256
    assert "tests.customer.met" in str(first)


def test_entries_and_hashes_changed_together_do_not_match_the_checkpoint(folder: Path) -> None:
    entries = tlog.unpack_entries((folder / "tile/entries/001").read_bytes())
    entries[7] = entries[7].replace(b"person:bo", b"person:ad")
    (folder / "tile/entries/001").write_bytes(tlog.pack_entries(entries))
    (folder / "tile/0/001").write_bytes(b"".join(tlog.leaf_hash(entry) for entry in entries))
    found = {item.code: item.facts for item in bundle.verify(folder).findings}
    assert set(found) == {"tree-differs", "span-differs"}
    assert (found["span-differs"]["first"], found["span-differs"]["last"]) == (256, 511)


def test_a_bundle_of_another_ledger_is_not_taken_for_ours(folder: Path) -> None:
    stranger = tlog.generate_key("elsewhere.example")
    report = bundle.verify(folder, vkeys=[stranger.vkey])
    assert [item.code for item in report.findings] == ["checkpoint-forged"]


def test_an_entry_deleted_from_the_database_is_missing_in_the_bundle(folder: Path) -> None:
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE ledger_entry DISABLE TRIGGER ledger_entry_is_append_only")
        cursor.execute("DELETE FROM ledger_entry WHERE id = (SELECT ids[9] FROM ledger_span WHERE index = 1)")
        cursor.execute("ALTER TABLE ledger_entry ENABLE ALWAYS TRIGGER ledger_entry_is_append_only")
        cursor.execute("DELETE FROM ledger_tile WHERE level = 1")
    again = folder.with_name("again")
    exporting.export(again)
    report = bundle.verify(again)
    assert report.first_bad is not None
    assert (report.first_bad.code, report.first_bad.index) == ("entry-changed", 264)


def test_only_the_deleted_entry_is_named_where_a_late_commit_turned_the_order(tmp_path: Path) -> None:
    with connect(name="test-writer") as slow, slow.transaction():
        (early,) = slow.execute(INSERT).fetchone() or (0,)
        journal.record(CustomerMet(customer=LI_NA), by=BO, at=NOON)
        sequencer.seal_pending()
    for _later in range(3):
        journal.record(CustomerMet(customer=LI_NA), by=BO, at=NOON)
    sequencer.seal_pending()
    assert Span.objects.get().ids == [early + 1, early, early + 2, early + 3, early + 4]
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE ledger_entry DISABLE TRIGGER ledger_entry_is_append_only")
        cursor.execute("DELETE FROM ledger_entry WHERE id = %s", [early])
        cursor.execute("ALTER TABLE ledger_entry ENABLE ALWAYS TRIGGER ledger_entry_is_append_only")
    exporting.export(tmp_path / "out")
    assert [(item.code, item.index) for item in bundle.verify(tmp_path / "out").findings] == [("entry-changed", 1)]


def test_an_export_that_was_interrupted_is_repeated_into_the_same_folder(folder: Path) -> None:
    (folder / "checkpoint").unlink()  # taken away first and written last
    assert exporting.export(folder).size == 643
    assert bundle.verify(folder).ok


def test_nothing_is_exported_before_the_first_checkpoint_or_over_other_files(tmp_path: Path) -> None:
    with pytest.raises(exporting.NothingSealed):
        exporting.export(tmp_path / "new")
    (tmp_path / "letter").write_text("dear")
    with pytest.raises(exporting.FolderInUse):
        exporting.export(tmp_path)
