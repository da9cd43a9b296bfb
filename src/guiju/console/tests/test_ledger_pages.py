"""The ledger explorer: entries in sentences, one entry with its proof, and a proof that strangers can check."""

import subprocess
import sys
import zipfile
from io import BytesIO
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse

from guiju.access import events
from guiju.access.models import Unit
from guiju.access.queries import actor_for
from guiju.access.tests.cast import NOON, add, sign_in
from guiju.ledger import journal, queries, sequencer
from guiju.ledger.models import Entry

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "keyring"])


@pytest.fixture
def rui() -> Client:
    """Rui, an auditor at her desk; she signed in once and was refused once, and both are sealed."""
    person = add("Rui", "auditor", unit=None)
    actor = actor_for(person=person, at=NOON, mfa=True)
    journal.record(events.SignedIn(method="passkey", second_factor=True), by=actor, at=NOON, purpose="security")
    refusal = events.PermissionRefused(page="records:customer_edit", permission="customer.update")
    journal.record(refusal, by=actor, at=NOON, purpose="legal", outcome=journal.Outcome.REFUSED)
    sequencer.seal_pending()
    return sign_in(person)


def newest() -> Entry:
    return Entry.objects.order_by("-id")[0]


def text(client: Client, address: str) -> str:
    return client.get(address).content.decode()


def test_entries_are_sentences_about_people_by_name(rui: Client) -> None:
    html = text(rui, reverse("console:ledger"))
    assert "Rui signed in" in html
    assert "granted Rui the role Auditor" in html
    assert "person:" not in html.split("<main")[1]


def test_the_list_narrows_to_refusals(rui: Client) -> None:
    html = text(rui, f"{reverse('console:ledger')}?outcome=refused")
    assert "was refused" in html
    assert "Rui signed in" not in html


@pytest.mark.parametrize("query", ["kind=no.such", "subject=42", "since=yesterday", "since=2026-02-31", "after=x"])
def test_a_filter_that_makes_no_sense_is_refused_and_not_ignored(rui: Client, query: str) -> None:
    assert rui.get(f"{reverse('console:ledger')}?{query}").status_code == 422


@pytest.mark.parametrize("query", ["since=2026-01-16", "until=2026-01-14", "actor=person:nobody", "purpose=marketing"])
def test_a_filter_that_nothing_matches_leaves_an_empty_list(rui: Client, query: str) -> None:
    assert "Nothing matches" in text(rui, f"{reverse('console:ledger')}?{query}")


def test_the_last_day_of_a_span_belongs_to_it(rui: Client) -> None:
    assert "Rui signed in" in text(rui, f"{reverse('console:ledger')}?since=2026-01-15&until=2026-01-15")


def test_an_entry_shows_its_leaf_its_checkpoint_and_how_to_verify_it(rui: Client) -> None:
    html = text(rui, reverse("console:ledger-entry", args=[newest().id]))
    assert "customer.update" in html
    assert "aics-tlog verify-inclusion" in html
    assert queries.vkeys()[-1].partition("+")[0] in html


def test_a_pending_entry_says_so_and_has_no_proof_yet(rui: Client) -> None:
    add("Mei", "compliance-officer", unit=None)
    pending = newest()
    assert "Not sealed yet" in text(rui, reverse("console:ledger-entry", args=[pending.id]))
    assert rui.get(reverse("console:ledger-proof", args=[pending.id])).status_code == 404


@pytest.mark.parametrize("number", [10**9, 2**64])
def test_an_entry_that_does_not_exist_is_not_found(rui: Client, number: int) -> None:
    assert rui.get(reverse("console:ledger-entry", args=[number])).status_code == 404


def _downloaded(rui: Client, folder: Path, entry: Entry) -> list[str]:
    """Unpack the proof of an entry and return the command that checks it, as the page shows it."""
    proof = queries.proof(entry)
    assert proof is not None
    answer = rui.get(reverse("console:ledger-proof", args=[entry.id]))
    with zipfile.ZipFile(BytesIO(answer.content)) as packed:
        packed.extractall(folder)
    key = queries.vkeys()[-1]
    return [
        sys.executable, "-m", "aics_tlog", "verify-inclusion", "--leaf", "leaf.json", "--index", str(proof.index),
        "--proof", "proof.txt", "--checkpoint", "checkpoint.txt", "--log-key", key,
    ]  # fmt: skip


def test_somebody_elses_program_accepts_the_downloaded_proof(rui: Client, tmp_path: Path) -> None:
    entry = newest()
    command = _downloaded(rui, tmp_path, entry)
    done = subprocess.run(command, cwd=tmp_path / f"entry-{entry.id}", capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_somebody_elses_program_refuses_a_proof_that_was_tampered_with(rui: Client, tmp_path: Path) -> None:
    entry = newest()
    command = _downloaded(rui, tmp_path, entry)
    folder = tmp_path / f"entry-{entry.id}"
    leaf = (folder / "leaf.json").read_bytes()
    (folder / "leaf.json").write_bytes(leaf.replace(b"refused", b"done"))
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode != 0


def test_the_checkpoint_page_shows_the_signed_note_and_every_public_key(rui: Client) -> None:
    checkpoint = queries.latest_checkpoint()
    assert checkpoint is not None
    html = text(rui, reverse("console:ledger-checkpoint"))
    assert checkpoint.note.splitlines()[2] in html.replace("&#x2B;", "+")
    assert "guiju ledger verify" in html


def test_sales_people_do_not_learn_that_the_ledger_has_pages(rui: Client) -> None:
    bo = sign_in(add("Bo", "sales", unit=Unit.objects.create(name="East", path="1.")))
    for name in ("ledger", "ledger-checkpoint"):
        assert bo.get(reverse(f"console:{name}")).status_code == 404
