"""A stranger checks the ledger with what the API hands out and nothing else."""

import base64
from typing import Any

import pytest

from guiju.access import actions, actors
from guiju.kit import clock
from guiju.ledger import sequencer, tlog
from guiju.records.tests.program import Program, program_of

OPERATOR = actors.operator("test")
pytestmark = pytest.mark.django_db(databases=["default", "keyring"], transaction=True)


@pytest.fixture
def auditor() -> Program:
    """The program of an auditor."""
    now = clock.now()
    unit = actions.create_unit(name="Guiju Trading", parent=None, by=OPERATOR, at=now)
    person = actions.add_person(email="rui@example.org", name="Rui", unit=unit, by=OPERATOR, at=now)
    actions.grant_role(person=person, role="auditor", unit=unit, by=OPERATOR, at=now)
    return program_of(person, "security")


def raw(text: str) -> bytes:
    return base64.b64decode(text)


def sealed(auditor: Program) -> Any:
    sequencer.seal_pending()
    return auditor.get("/ledger/checkpoint").json()


def test_there_is_no_checkpoint_before_the_first(auditor: Program) -> None:
    assert auditor.get("/ledger/checkpoint").status_code == 404
    assert auditor.get("/ledger/consistency?size1=1&size2=1").status_code == 404
    entry = auditor.get("/ledger/entries").json()["items"][0]
    assert entry["index"] is None
    assert auditor.get(f"/ledger/entries/{entry['id']}").json()["proof"] is None


def test_an_entry_is_proven_by_its_leaf_its_hashes_and_a_signed_checkpoint(auditor: Program) -> None:
    sealed(auditor)
    listed = auditor.get("/ledger/entries?kind=access.person&limit=1").json()["items"][0]
    assert listed["sentence"].startswith("Operator test")
    told = auditor.get(f"/ledger/entries/{listed['id']}").json()
    proof = told["proof"]
    assert told["entry"]["index"] == proof["index"]
    tlog.verify_inclusion(
        index=proof["index"],
        size=proof["size"],
        leaf_hash=tlog.leaf_hash(raw(proof["leaf"])),
        proof=[raw(one) for one in proof["hashes"]],
        root=raw(proof["root"]),
    )
    checkpoint = auditor.get("/ledger/checkpoint").json()
    tlog.open_note(proof["checkpoint"], vkeys=checkpoint["vkeys"])
    assert proof["root"] in proof["checkpoint"]
    assert auditor.get("/ledger/entries/999999").status_code == 404


def test_a_later_ledger_continues_an_earlier_one(auditor: Program) -> None:
    earlier = sealed(auditor)
    actions.create_unit(name="Berlin", parent=None, by=OPERATOR, at=clock.now())
    later = sealed(auditor)
    told = auditor.get(f"/ledger/consistency?size1={earlier['size']}&size2={later['size']}").json()
    tlog.verify_consistency(
        size1=earlier["size"],
        size2=later["size"],
        proof=[raw(one) for one in told["hashes"]],
        root1=raw(earlier["root"]),
        root2=raw(later["root"]),
    )
    assert auditor.get(f"/ledger/consistency?size1=1&size2={later['size'] + 1}").status_code == 404
    assert auditor.get(f"/ledger/consistency?size1={later['size']}&size2=1").status_code == 404


def test_entries_are_filtered_and_paged(auditor: Program) -> None:
    page = auditor.get("/ledger/entries?limit=2").json()
    rest = auditor.get(f"/ledger/entries?before={page['next']}&limit=200").json()
    ids = [one["id"] for one in [*page["items"], *rest["items"]]]
    assert ids == sorted(ids, reverse=True)
    assert auditor.get("/ledger/entries?since=2999-01-01T00:00:00Z").json()["items"] == []
    assert auditor.get("/ledger/entries?since=yesterday").status_code == 422
    assert auditor.get("/ledger/entries?until=0632-03-13T03:35:45-22:55").json()["items"] == []
    for beyond in ("0001-01-01T00:00:00%2B23:59", "9999-12-31T23:59:59-23:59"):
        assert auditor.get(f"/ledger/entries?since={beyond}").status_code == 422
    assert auditor.get("/ledger/entries?subject=42").status_code == 422
