"""Somebody with all rights over the database edits the ledger; the check finds it and says what."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import connection

from guiju.ledger import journal, sequencer, tlog, verify
from guiju.ledger.findings import Report
from guiju.ledger.models import Checkpoint, Entry, Span, Tile
from guiju.ledger.tests.cast import BO, LI_NA, NOON, WANG_WEI, CustomerMet
from guiju.ledger.verify import verify_live

pytestmark = pytest.mark.django_db(transaction=True)
SIZE = 700


def _sql(*statements: str, parameters: tuple[Any, ...] = ()) -> None:
    """Run as a superuser does who switched the triggers off."""
    with connection.cursor() as cursor:
        for table in ("ledger_entry", "ledger_checkpoint"):
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER {table}_is_append_only")
        for statement in statements:
            cursor.execute(statement, parameters)
        for table in ("ledger_entry", "ledger_checkpoint"):
            cursor.execute(f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {table}_is_append_only")


@pytest.fixture
def ids() -> list[int]:
    """Seal seven hundred entries in two checkpoints and return their ids in leaf order."""
    events = [(CustomerMet(customer=LI_NA, times=times), "service") for times in range(SIZE)]
    for part in (events[:300], events[300:]):
        journal.record_many(part, by=BO, at=NOON)
        sequencer.seal_pending()
    journal.record(CustomerMet(customer=WANG_WEI), by=BO, at=NOON)
    report = verify_live()
    assert report.ok, [str(item) for item in report.findings]
    assert (report.size, report.pending, report.checkpoints) == (SIZE, 1, 2)
    found: list[int] = []
    for span in Span.objects.order_by("index"):
        found += span.ids
    return found


def _codes(report: Report) -> list[str]:
    assert not report.ok
    assert all(str(item) for item in report.findings)
    return [item.code for item in report.findings]


CHANGES = [
    "id = 10000000", "tx = tx - 1", "at = at + interval '1 microsecond'", "kind = 'tests.customer.left'",
    "actor = 'person:ada'", f"subjects = array['{WANG_WEI}']::uuid[]", "subjects = '{}'", "purpose = ''",
    "outcome = 'refused'", "payload = '{\"times\":99}'", "payload = '{\"times\": 400}'",
]  # fmt: skip
COLUMNS = ("id", "tx", "at", "kind", "actor", "subjects", "purpose", "outcome", "payload")


@pytest.mark.parametrize("place", [0, 257, SIZE - 1])
def test_one_edited_column_names_the_entry(ids: list[int], place: int) -> None:
    row = Entry.objects.values_list(*COLUMNS).get(id=ids[place])
    for change in CHANGES:
        _sql(f"UPDATE ledger_entry SET {change} WHERE id = {ids[place]}")
        first = verify_live().first_bad
        assert first is not None, change
        assert (first.facts["id"], first.index) == (ids[place], place)
        assert first.code == ("entry-missing" if change.startswith("id") else "entry-changed")
        assert str(ids[place]) in str(first)
        mended = f"({', '.join(COLUMNS)}) = (%s, %s, %s, %s, %s, %s::uuid[], %s, %s, %s)"
        _sql(f"UPDATE ledger_entry SET {mended} WHERE id IN ({ids[place]}, 10000000)", parameters=row)
    assert verify_live().ok


def test_a_line_break_smuggled_past_the_constraints_names_the_entry(ids: list[int]) -> None:
    constraint = "ledger_entry_payload_is_one_line_of_json"
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = %s", [constraint])
        (definition,) = cursor.fetchone()
    _sql(f"ALTER TABLE ledger_entry DROP CONSTRAINT {constraint}")
    _sql(f"UPDATE ledger_entry SET payload = E'{{}}\\n' WHERE id = {ids[5]}")
    report = verify_live()
    assert _codes(report) == ["entry-lines", "guard-missing"]
    assert report.first_bad is not None
    assert report.first_bad.index == 5
    _sql(f"UPDATE ledger_entry SET payload = '{{}}' WHERE id = {ids[5]}")
    _sql(f"ALTER TABLE ledger_entry ADD CONSTRAINT {constraint} {definition}")


def test_checkpoints_are_read_a_page_at_a_time(ids: list[int], monkeypatch: pytest.MonkeyPatch) -> None:
    sequencer.seal_pending()
    for page in (1, 2, 3):
        monkeypatch.setattr(verify, "CHECKPOINTS_AT_ONCE", page)
        report = verify_live()
        assert (report.ok, report.checkpoints, report.size) == (True, 3, SIZE + 1)


def test_the_first_of_several_bad_entries_is_named(ids: list[int]) -> None:
    _sql(f"DELETE FROM ledger_entry WHERE id IN ({ids[650]}, {ids[90]})",
         f"UPDATE ledger_entry SET actor = 'person:ada' WHERE id IN ({ids[300]}, {ids[91]})")  # fmt: skip
    report = verify_live()
    assert report.found == 4
    assert report.first_bad is not None
    assert (report.first_bad.code, report.first_bad.index) == ("entry-missing", 90)


def test_a_deleted_row_is_named(ids: list[int]) -> None:
    _sql(f"DELETE FROM ledger_entry WHERE id = {ids[400]}")
    report = verify_live()
    assert _codes(report) == ["entry-missing"]
    assert report.first_bad is not None
    assert report.first_bad.facts["id"] == ids[400]


def test_deleting_everything_is_noticed(ids: list[int]) -> None:
    _sql("DELETE FROM ledger_entry")
    assert verify_live().found >= SIZE


def test_a_row_inserted_in_the_middle_of_the_past_is_named(ids: list[int]) -> None:
    _sql("UPDATE ledger_entry SET id = id + 1000000 WHERE id = (SELECT max(id) FROM ledger_entry)")
    _sql(f"""INSERT INTO ledger_entry (id, tx, at, kind, actor, subjects, purpose, outcome, payload)
             SELECT -7, tx, at, kind, actor, subjects, purpose, outcome, payload FROM ledger_entry
             WHERE id = {ids[3]}""")
    report = verify_live()
    assert _codes(report) == ["entry-extra"]
    assert report.first_bad is not None
    assert report.first_bad.facts["id"] == -7


def test_two_rows_that_changed_places_are_named(ids: list[int]) -> None:
    one, two = ids[10], ids[20]
    _sql(f"UPDATE ledger_entry SET id = -1 WHERE id = {one}", f"UPDATE ledger_entry SET id = {one} WHERE id = {two}",
         f"UPDATE ledger_entry SET id = {two} WHERE id = -1")  # fmt: skip
    report = verify_live()
    assert [item.facts.get("id") for item in report.findings] == [one, two]


def test_places_that_were_swapped_are_named(ids: list[int]) -> None:
    swapped = [ids[1], ids[0], *ids[2:256]]
    _sql("UPDATE ledger_span SET ids = %s WHERE index = 0", parameters=(swapped,))
    assert _codes(verify_live()) == ["places-changed"]


def test_a_place_taken_away_is_named(ids: list[int]) -> None:
    _sql("UPDATE ledger_span SET ids = ids[2:] WHERE index = 1")
    assert set(_codes(verify_live())) == {"places-changed", "entry-extra"}
    _sql("DELETE FROM ledger_span WHERE index = 1")
    assert "places-changed" in _codes(verify_live())


@pytest.mark.parametrize("index", [0, 2])
def test_an_edited_tile_is_named_and_the_entries_are_not_blamed(ids: list[int], index: int) -> None:
    _sql(
        "UPDATE ledger_tile SET hashes = set_byte(hashes, 33, get_byte(hashes, 33) # 1)"
        f" WHERE (level, index) = (0, {index})"
    )
    report = verify_live()
    assert _codes(report)[0] == "tile-changed"
    assert "entry-changed" not in _codes(report)
    assert f"tile/0/00{index}" in str(report.findings[0])


@pytest.mark.parametrize(
    "change", ["hashes = substr(hashes, 1, 8160)", "hashes = substr(hashes, 1, 100)", "index = 900"]
)
def test_a_tile_of_another_length_or_place_is_noticed(ids: list[int], change: str) -> None:
    _sql(f"UPDATE ledger_tile SET {change} WHERE (level, index) = (0, 1)")
    assert set(_codes(verify_live())) & {"tile-changed", "tile-missing", "places-changed"}


def test_an_edited_and_a_missing_upper_tile_are_named(ids: list[int]) -> None:
    _sql("UPDATE ledger_tile SET hashes = set_byte(hashes, 0, get_byte(hashes, 0) # 1) WHERE level = 1")
    assert _codes(verify_live()) == ["tile-changed"]
    _sql("DELETE FROM ledger_tile WHERE level = 1")
    assert _codes(verify_live()) == ["tile-missing"]


def _forge(place: int, ids: list[int], *, upper: bool) -> None:
    """Edit an entry together with the hashes that prove it."""
    _sql(f"UPDATE ledger_entry SET actor = 'person:ada' WHERE id = {ids[place]}")
    from guiju.ledger import reading  # noqa: PLC0415
    from guiju.ledger.connecting import connect  # noqa: PLC0415

    with connect(name="attack") as other:
        leaf = reading.leaves(other, [ids[place]])[ids[place]]
    tile = Tile.objects.get(level=0, index=place // 256)
    at = place % 256 * 32
    hashes = bytes(tile.hashes)
    hashes = hashes[:at] + tlog.leaf_hash(leaf) + hashes[at + 32 :]
    _sql("UPDATE ledger_tile SET hashes = %s WHERE (level, index) = (0, %s)", parameters=(hashes, place // 256))
    if upper:
        above = bytes(Tile.objects.get(level=1, index=0).hashes)
        at = place // 256 * 32
        root = tlog.root_hash(hashes[n : n + 32] for n in range(0, 8192, 32))
        changed = above[:at] + root + above[at + 32 :]
        _sql("UPDATE ledger_tile SET hashes = %s WHERE level = 1", parameters=(changed,))


def test_an_entry_edited_together_with_its_hash_does_not_match_the_signed_checkpoint(ids: list[int]) -> None:
    _forge(260, ids, upper=False)
    report = verify_live()
    assert set(_codes(report)) == {"tree-differs", "span-differs"}
    differs = next(item for item in report.findings if item.code == "span-differs")
    assert (differs.facts["first"], differs.facts["last"]) == (256, 511)


def test_an_entry_edited_together_with_every_hash_does_not_match_the_signed_checkpoint(ids: list[int]) -> None:
    _forge(400, ids, upper=True)
    report = verify_live()
    assert _codes(report) == ["tree-differs"]
    assert (report.findings[0].facts["first"], report.findings[0].facts["last"]) == (300, SIZE - 1)


@pytest.mark.parametrize("change", ["note = replace(note, '700', '701')", "note = 'nothing'", "note = note || 'x'"])
def test_an_edited_checkpoint_note_is_named(ids: list[int], change: str) -> None:
    _sql(f"UPDATE ledger_checkpoint SET {change} WHERE size = {SIZE}")
    assert "checkpoint-forged" in _codes(verify_live())


@pytest.mark.parametrize("change", ["root = sha256('x')", "size = 699", "size = 800"])
def test_an_edited_checkpoint_column_is_named(ids: list[int], change: str) -> None:
    _sql(f"UPDATE ledger_checkpoint SET {change} WHERE size = {SIZE}")
    assert set(_codes(verify_live())) & {"checkpoint-differs", "tree-differs"}


def test_a_checkpoint_signed_by_a_strange_key_is_named(ids: list[int]) -> None:
    stranger = tlog.generate_key("guiju.local/ledger")
    last = Checkpoint.objects.get(size=SIZE)
    text = last.note.split("\n\n")[0] + "\n"
    _sql("UPDATE ledger_checkpoint SET note = %s WHERE size = 700",
         parameters=(tlog.sign_note(text, signers=[stranger]),))  # fmt: skip
    assert "checkpoint-forged" in _codes(verify_live())


def test_a_deleted_checkpoint_is_named(ids: list[int]) -> None:
    _sql(f"DELETE FROM ledger_checkpoint WHERE size = {SIZE}")
    assert _codes(verify_live()) == ["checkpoint-missing"]


def test_a_ledger_that_was_cut_short_is_betrayed_by_a_checkpoint_kept_elsewhere(ids: list[int]) -> None:
    kept = Checkpoint.objects.get(size=SIZE).note
    old = Checkpoint.objects.get(size=300).note
    assert verify_live(kept=kept).ok
    assert verify_live(kept=old).ok
    assert _codes(verify_live(kept=kept.replace("700", "600"))) == ["checkpoint-forged"]
    edge = bytes(Tile.objects.get(level=0, index=1).hashes)[: 44 * 32]
    _sql(f"DELETE FROM ledger_entry WHERE id >= {ids[300]}")
    _sql("DELETE FROM ledger_span WHERE index = 2", "UPDATE ledger_span SET ids = ids[1:44] WHERE index = 1",
         "DELETE FROM ledger_tile WHERE index = 2", "DELETE FROM ledger_checkpoint WHERE size = 700",
         "UPDATE ledger_tile SET hashes = substr(hashes, 1, 32) WHERE level = 1",
         "UPDATE ledger_sequencerstate SET size = 300")  # fmt: skip
    _sql("UPDATE ledger_tile SET hashes = %s WHERE level = 0 AND index = 1", parameters=(edge,))
    assert verify_live().ok
    assert _codes(verify_live(kept=kept)) == ["kept-checkpoint-differs"]


@pytest.mark.parametrize("table", ["ledger_entry", "ledger_checkpoint"])
def test_a_guard_switched_off_is_named(ids: list[int], table: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER {table}_is_append_only")
        assert _codes(verify_live()) == ["guard-missing"]
        cursor.execute(f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {table}_is_append_only")


def test_the_sequencer_never_signs_a_tree_that_was_edited(ids: list[int]) -> None:
    from guiju.ledger.sequencing import Broken  # noqa: PLC0415

    breaks: list[Callable[[], None]] = [
        lambda: _sql(
            "UPDATE ledger_tile SET hashes = sha256('x') || substr(hashes, 33) WHERE (level, index) = (0, 2)"
        ),
        lambda: _sql("UPDATE ledger_tile SET hashes = substr(hashes, 33) WHERE (level, index) = (0, 2)"),
        lambda: _sql("DELETE FROM ledger_tile WHERE level = 1"),
        lambda: _sql("UPDATE ledger_sequencerstate SET size = 600"),
    ]
    for number, damage in enumerate(breaks):
        damage()
        with pytest.raises(Broken):
            sequencer.seal_pending()
        assert Checkpoint.objects.count() == 2, number


@contextmanager
def _false_hashes(made: str) -> Iterator[None]:
    """Have the database give new entries another hash than that of their leaf."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_get_functiondef('ledger_leaf_hash'::regproc)")
        (definition,) = cursor.fetchone()
        begin, body = definition.index("BEGIN"), definition.rindex("END")
        cursor.execute(f"{definition[:begin]}BEGIN RETURN {made}; {definition[body:]}")
        yield
        cursor.execute(definition)


def test_an_entry_that_was_born_with_a_false_hash_is_named(ids: list[int]) -> None:
    with _false_hashes("sha256('x')"):
        false = journal.record(CustomerMet(customer=LI_NA), by=BO, at=NOON)
    sequencer.seal_pending()
    report = verify_live()
    assert _codes(report) == ["entry-changed"]
    assert report.first_bad is not None
    assert report.first_bad.facts["id"] == false.id


def test_the_sequencer_seals_no_entry_without_a_hash(ids: list[int]) -> None:
    from guiju.ledger.sequencing import Broken  # noqa: PLC0415

    with _false_hashes("'x'::bytea"):
        journal.record(CustomerMet(customer=LI_NA), by=BO, at=NOON)
    with pytest.raises(Broken):
        sequencer.seal_pending()
    assert Checkpoint.objects.count() == 2


def test_a_leaf_is_what_the_documents_say(ids: list[int]) -> None:
    from guiju.ledger import reading  # noqa: PLC0415
    from guiju.ledger.connecting import connect  # noqa: PLC0415

    with connect(name="test") as other:
        leaf = json.loads(reading.leaves(other, [ids[0]])[ids[0]])
    entry = Entry.objects.get(id=ids[0])
    assert leaf == {
        "v": 1, "id": entry.id, "tx": entry.tx, "at": "2026-11-23T12:00:00.000000Z", "kind": "tests.customer.met",
        "actor": "person:bo", "subjects": [str(LI_NA)], "purpose": "service", "outcome": "done",
        "payload": {"times": 0},
    }  # fmt: skip
