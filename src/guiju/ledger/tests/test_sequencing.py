"""Writers at the same time, long transactions, crashes and moves: nothing is lost, doubled or sealed too early."""

import random
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import psycopg
import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from structlog.testing import capture_logs

from guiju.kit import clock
from guiju.ledger import journal, queries, sequencer, sequencing, signing, tlog
from guiju.ledger.connecting import Connection, connect
from guiju.ledger.models import Checkpoint, Entry, SequencerState, Span
from guiju.ledger.tests.cast import BO, INSERT, LI_NA, NOON, CustomerMet
from guiju.ledger.verify import verify_live

pytestmark = pytest.mark.django_db(transaction=True)


def _sealed() -> list[int]:
    found: list[int] = []
    for span in Span.objects.order_by("index"):
        found += span.ids
    return found


def _all_is_sealed_once() -> None:
    sealed = _sealed()
    assert len(sealed) == len(set(sealed))
    assert set(sealed) == set(Entry.objects.values_list("id", flat=True))
    report = verify_live()
    assert report.ok, [str(item) for item in report.findings]
    assert report.size == len(sealed)


@pytest.fixture
def writers() -> Iterator[Callable[[], Connection]]:
    with ExitStack() as stack:

        def writer() -> Connection:
            opened = stack.enter_context(connect(name="test-writer"))
            opened.autocommit = False
            return opened

        yield writer


def test_a_transaction_that_commits_late_is_sealed_after_later_ones(writers: Callable[[], Connection]) -> None:
    slow, quick = writers(), writers()
    (early,) = slow.execute(INSERT).fetchone() or (0,)
    (late,) = quick.execute(INSERT).fetchone() or (0,)
    quick.commit()
    assert early < late
    assert sequencer.seal_pending() == 1
    assert sequencer.seal_pending() == 0
    assert _sealed() == [late]
    (more,) = slow.execute(INSERT).fetchone() or (0,)
    slow.commit()
    assert sequencer.seal_pending() == 2
    assert _sealed() == [late, early, more]
    _all_is_sealed_once()


def test_what_was_never_committed_is_never_sealed(writers: Callable[[], Connection]) -> None:
    writer = writers()
    writer.execute(INSERT)
    assert sequencer.seal_pending() == 0
    writer.rollback()
    writer.execute(INSERT)
    writer.execute("SAVEPOINT a")
    writer.execute(INSERT)
    writer.execute("ROLLBACK TO SAVEPOINT a")
    writer.execute(INSERT)
    writer.commit()
    assert sequencer.seal_pending() == 2
    _all_is_sealed_once()


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.integers(0, 3), st.sampled_from(["write", "write", "commit", "rollback", "seal"])),
                max_size=40), st.integers(1, 4))  # fmt: skip
def test_whatever_the_order_of_writes_and_commits_every_entry_is_sealed_once(
    writers: Callable[[], Connection], steps: list[tuple[int, str]], limit: int
) -> None:
    open_writers = [writers() for _ in range(4)]
    for number, step in steps:
        writer = open_writers[number]
        if step == "write":
            writer.execute(INSERT)
        elif step == "seal":
            sequencer.seal_pending(limit=limit)
        else:
            getattr(writer, step)()
    for writer in open_writers:
        writer.commit()
        writer.close()
    sequencer.seal_pending(limit=limit)
    _all_is_sealed_once()


def test_many_people_write_while_the_sequencer_runs() -> None:
    stop, done = threading.Event(), threading.Event()
    counts: list[int] = []

    def write(seed: int) -> None:
        chance = random.Random(seed)
        with connect(name="test-writer") as writer:
            written = 0
            while not done.is_set():
                with writer.transaction(force_rollback=chance.random() < 0.2) as transaction:
                    number = chance.randint(1, 40)
                    for _ in range(number):
                        writer.execute(INSERT)
                    if chance.random() < 0.1:
                        time.sleep(0.2)
                    written += 0 if transaction.force_rollback else number
            counts.append(written)

    threads = [threading.Thread(target=write, args=(seed,)) for seed in range(6)]
    runner = threading.Thread(target=sequencer.run, args=(stop,))
    for thread in [*threads, runner]:
        thread.start()
    time.sleep(3)
    done.set()
    for thread in threads:
        thread.join()
    _wait(lambda: queries.pending_count() == 0)
    stop.set()
    runner.join()
    assert sum(counts) == Entry.objects.count() == len(_sealed())
    assert Checkpoint.objects.count() > 2
    assert queries.sequencer_seen_at() is not None
    _all_is_sealed_once()


def test_several_rounds_under_one_snapshot_take_everything_once() -> None:
    journal.record_many([(CustomerMet(customer=LI_NA), "")] * 1000, by=BO, at=NOON)
    with connect(name="test") as other:
        sealed = sequencing.seal(other, signer=signing.signer(), at=NOON, limit=300)
        assert (sealed.count, sealed.more) == (300, True)
        journal.record(CustomerMet(customer=LI_NA), by=BO, at=NOON)
        assert queries.pending_count() == 701
        assert sequencing.waiting(other)
    assert sequencer.seal_pending(limit=400) == 701
    assert queries.pending_count() == 0
    _all_is_sealed_once()


def test_only_one_sequencer_is_at_work_and_another_takes_over() -> None:
    stops = [threading.Event(), threading.Event()]
    runners = [threading.Thread(target=sequencer.run, args=(stop,)) for stop in stops]
    for runner in runners:
        runner.start()
    _wait(lambda: _sequencers() == 2)
    with pytest.raises(sequencer.Busy):
        sequencer.seal_pending()
    for stop, runner in zip(stops, runners, strict=True):
        journal.record(CustomerMet(customer=LI_NA), by=BO, at=clock.now())
        _wait(lambda: queries.pending_count() == 0)
        stop.set()
        runner.join()
    assert sequencer.seal_pending() == 0
    _all_is_sealed_once()


@pytest.mark.parametrize("moment", ["read_edge", "chunks", "write", "write_state"])
def test_a_sequencer_that_dies_between_two_steps_loses_and_doubles_nothing(
    moment: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    journal.record_many([(CustomerMet(customer=LI_NA), "")] * 500, by=BO, at=NOON)
    sequencer.seal_pending()
    journal.record_many([(CustomerMet(customer=LI_NA), "")] * 500, by=BO, at=NOON)
    real = getattr(sequencing, f"_{moment}")

    def die_first(subject: Any, *rest: Any, **named: Any) -> Any:
        own = subject.connection if isinstance(subject, psycopg.Cursor) else subject
        result = real(subject, *rest, **named)
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_terminate_backend(%s)", [own.info.backend_pid])
        return result

    with monkeypatch.context() as patch:
        patch.setattr(sequencing, f"_{moment}", die_first)
        with pytest.raises(psycopg.Error):
            sequencer.seal_pending()
    assert Checkpoint.objects.count() == 1
    _wait(lambda: _sequencers() == 0)
    assert sequencer.seal_pending() == 500
    _all_is_sealed_once()


def test_the_sequencer_survives_the_loss_of_its_connection() -> None:
    stop = threading.Event()
    runner = threading.Thread(target=sequencer.run, args=(stop,))
    runner.start()
    for _ in range(2):
        _wait(lambda: _sequencers() == 1)
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE application_name = 'guiju-sequencer' AND datname = current_database()"
            )
        journal.record(CustomerMet(customer=LI_NA), by=BO, at=clock.now())
        _wait(lambda: queries.pending_count() == 0)
    stop.set()
    runner.join()
    _all_is_sealed_once()


@pytest.mark.parametrize("numbers", ["lower", "higher"])
def test_a_ledger_moved_to_another_server_goes_on_where_it_was(numbers: str) -> None:
    journal.record_many([(CustomerMet(customer=LI_NA), "")] * 300, by=BO, at=NOON)
    sequencer.seal_pending()
    journal.record_many([(CustomerMet(customer=LI_NA), "")] * 30, by=BO, at=NOON)
    # What a restored dump looks like: another server, and numbers of transactions that are not this server's.
    shift = 10_000_000 if numbers == "lower" else -700
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE ledger_entry DISABLE TRIGGER ledger_entry_is_append_only")
        cursor.execute("UPDATE ledger_entry SET tx = greatest(3, tx + %s) WHERE NOT id = ANY(%s)", [shift, _sealed()])
        cursor.execute("ALTER TABLE ledger_entry ENABLE ALWAYS TRIGGER ledger_entry_is_append_only")
        done = f"{shift + 5_000_000}:{shift + 5_000_000}:" if shift > 0 else "3:4:"
        cursor.execute("UPDATE ledger_sequencerstate SET cluster = 'another', done = %s", [done])
    journal.record(CustomerMet(customer=LI_NA), by=BO, at=NOON)
    assert sequencer.seal_pending(limit=20) == 31
    state = SequencerState.objects.get()
    assert state.cluster != "another"
    journal.record(CustomerMet(customer=LI_NA), by=BO, at=NOON)
    assert queries.pending_count() == 1
    assert sequencer.seal_pending() == 1
    assert sequencer.seal_pending() == 0
    _all_is_sealed_once()


def test_the_running_sequencer_stops_sealing_a_tree_that_was_edited() -> None:
    journal.record(CustomerMet(customer=LI_NA), by=BO, at=NOON)
    sequencer.seal_pending()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE ledger_tile SET hashes = sha256('x')")
    journal.record(CustomerMet(customer=LI_NA), by=BO, at=NOON)
    stop = threading.Event()
    with capture_logs() as lines:
        runner = threading.Thread(target=sequencer.run, args=(stop,))
        runner.start()
        _wait(lambda: any(line["event"] == "sequencer.tree-broken" for line in lines))
        stop.set()
        runner.join()
    assert Checkpoint.objects.count() == 1
    assert queries.pending_count() == 1


def test_the_order_is_the_same_whatever_the_size_of_a_round() -> None:
    journal.record_many([(CustomerMet(customer=LI_NA), "")] * 777, by=BO, at=NOON)
    sequencer.seal_pending(limit=100)
    heads = [tlog.open_checkpoint(item.note, vkeys=queries.vkeys()) for item in queries.checkpoints()]
    assert [head.size for head in heads] == [777, 700, 600, 500, 400, 300, 200, 100]
    ids = _sealed()
    assert ids == sorted(ids)


def test_a_lost_signing_key_is_replaced_and_the_old_checkpoints_stay_good() -> None:
    journal.record(CustomerMet(customer=LI_NA), by=BO, at=NOON)
    sequencer.seal_pending()
    secret = signing._folder() / "ledger-signing-key"
    assert secret.stat().st_mode & 0o777 == 0o600
    old = secret.read_text()
    secret.unlink()
    journal.record(CustomerMet(customer=LI_NA), by=BO, at=NOON)
    sequencer.seal_pending()
    assert secret.read_text() != old
    assert len({vkey.partition("+")[0] for vkey in queries.vkeys()}) == 1
    _all_is_sealed_once()


def _sequencers() -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
            " AND application_name IN ('guiju-sequencer', 'guiju-sealing')"
        )
        (count,) = cursor.fetchone()
    return int(count)


def _wait(reached: Callable[[], bool], seconds: float = 15) -> None:
    end = time.monotonic() + seconds
    while not reached():
        assert time.monotonic() < end, "it never happened"
        time.sleep(0.02)
