"""Reading the ledger: pages, trails, sentences, places and proofs."""

import base64
from datetime import timedelta

import pytest
from django.utils import translation
from pytest_django import DjangoAssertNumQueries

from guiju.ledger import journal, queries, sentences, sequencer, tlog
from guiju.ledger.models import Entry
from guiju.ledger.tests.cast import ADA, BO, LI_NA, NOON, WANG_WEI, CustomerMet, CustomersListed

pytestmark = pytest.mark.django_db(transaction=True)


def _some() -> None:
    for number in range(5):
        at = NOON + timedelta(minutes=number)
        journal.record(CustomerMet(customer=LI_NA, times=number), by=BO, at=at, purpose="service")
        journal.record(CustomersListed(customers=(LI_NA, WANG_WEI)), by=ADA, at=at, purpose="marketing")


def test_entries_come_newest_first_page_by_page() -> None:
    _some()
    seen: list[int] = []
    page = queries.entries(limit=4)
    while True:
        seen += [entry.id for entry in page.entries]
        if page.before is None:
            break
        page = queries.entries(before=page.before, limit=4)
    assert seen == sorted(Entry.objects.values_list("id", flat=True), reverse=True)


@pytest.mark.parametrize(("filters", "number"), [
    (queries.Filters(kind="tests."), 10), (queries.Filters(kind="tests.customer."), 5),
    (queries.Filters(actor=ADA.ref), 5), (queries.Filters(subject=WANG_WEI), 5),
    (queries.Filters(purpose="service"), 5), (queries.Filters(outcome="done"), 10),
    (queries.Filters(outcome="refused"), 0), (queries.Filters(since=NOON + timedelta(minutes=3)), 4),
    (queries.Filters(until=NOON + timedelta(minutes=1), actor=BO.ref), 1),
])  # fmt: skip
def test_entries_are_found_by_what_they_say(filters: queries.Filters, number: int) -> None:
    _some()
    assert len(queries.entries(filters).entries) == number


def test_a_trail_holds_all_that_touched_the_customer_and_nothing_else() -> None:
    _some()
    assert len(queries.trail(LI_NA).entries) == 10
    assert {entry.actor for entry in queries.trail(WANG_WEI, limit=3).entries} == {ADA.ref}


def test_an_entry_reads_as_a_sentence() -> None:
    met = journal.record(CustomerMet(customer=LI_NA, times=2), by=BO, at=NOON)
    listed = journal.record(CustomersListed(customers=(LI_NA, WANG_WEI), fields=("phone", "name")), by=BO, at=NOON)
    alone = journal.record(CustomersListed(customers=()), by=BO, at=NOON)
    assert queries.sentence(met, actor="Bo") == f"Bo met customer {LI_NA} 2 times"
    assert queries.sentence(listed) == "person:bo listed 2 showing phone, name"
    assert queries.sentence(alone, actor="Bo") == "Bo listed 0 showing –"
    met.payload = '{"else":null}'
    assert queries.sentence(met, actor="Bo") == f"Bo met customer {LI_NA} – times"
    met.kind = "tests.forgotten.long-ago"
    with translation.override("en"):
        assert "tests.forgotten.long-ago" in queries.sentence(met)


def test_a_pending_entry_has_no_place_and_a_sealed_one_has_a_proof_that_a_stranger_can_check(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    _some()
    rows = list(Entry.objects.order_by("id"))
    assert queries.position(rows[0]) is None
    assert queries.proof(rows[0]) is None
    assert queries.pending_count() == 10
    assert sequencer.seal_pending() == 10
    journal.record(CustomerMet(customer=LI_NA), by=BO, at=NOON)
    assert queries.pending_count() == 1
    with django_assert_num_queries(1):
        assert sorted(item.index for item in queries.positions(rows).values()) == list(range(10))
    for row in rows:
        with django_assert_num_queries(4):
            proof = queries.proof(row)
        assert proof is not None
        head = tlog.open_checkpoint(proof.note, vkeys=queries.vkeys())
        assert (head.size, head.root) == (10, proof.root)
        tlog.verify_inclusion(
            index=proof.index, size=head.size, leaf_hash=tlog.leaf_hash(proof.leaf), proof=proof.hashes, root=head.root
        )
        lines = proof.text.split("\n")
        assert lines[0] == "c2sp.org/tlog-proof@v1"
        assert base64.b64decode(lines[1].removeprefix("extra ")) == proof.leaf
        assert f'"id":{row.id},"tx":{row.tx},"at":"2026-11-23T12:0' in proof.leaf.decode()


def test_what_the_console_asks_for_is_there() -> None:
    assert queries.latest_checkpoint() is None
    assert queries.sequencer_seen_at() is None
    _some()
    sequencer.seal_pending()
    checkpoint = queries.latest_checkpoint()
    assert checkpoint is not None
    assert checkpoint.size == 10
    assert queries.checkpoints() == [checkpoint]
    assert queries.checkpoints(before=10) == []
    assert "tests.customer.met" in queries.kinds()
    assert queries.entry(queries.entries(limit=1).entries[0].id) is not None
    assert queries.entry(-1) is None


def test_a_stranger_can_check_that_the_ledger_only_grew() -> None:
    assert queries.consistency(size1=0, size2=0) is None
    for _ in range(3):
        _some()
        sequencer.seal_pending()
    heads = {item.size: tlog.open_checkpoint(item.note, vkeys=queries.vkeys()) for item in queries.checkpoints()}
    for size1, size2 in ((10, 20), (10, 30), (20, 30), (30, 30)):
        growth = queries.consistency(size1=size1, size2=size2)
        assert growth is not None
        root1, root2 = heads[size1].root, heads[size2].root
        tlog.verify_consistency(size1=size1, size2=size2, proof=growth, root1=root1, root2=root2)
    assert queries.consistency(size1=10, size2=31) is None


def test_codes_read_as_the_words_that_their_room_taught_and_empty_clauses_stay_unsaid() -> None:
    sentences.teach("tests", words={"fields": lambda: {"phone": "the telephone", "name": "the name"}})
    listed = journal.record(CustomersListed(customers=(LI_NA,), fields=("phone", "name")), by=BO, at=NOON)
    with translation.override("en"):
        assert queries.sentence(listed, actor="Bo") == f"Bo listed {LI_NA} showing the telephone, the name"
        listed.payload = '{"fields":["phone"],"shared":true}'
        assert queries.sentence(listed, names={"phone": "a phone"}).endswith("showing a phone")
    sentences.teach("tests", words={})
