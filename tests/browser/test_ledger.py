"""An auditor reads the ledger, opens an entry and takes its proof away."""

import zipfile
from collections.abc import Callable

from browser.visitor import Open
from playwright.sync_api import expect

from guiju.access import events
from guiju.access.models import Person
from guiju.access.queries import actor_for
from guiju.kit import clock
from guiju.ledger import journal, sequencer


def test_an_auditor_takes_a_proof_away(visit: Open, hire: Callable[..., Person]) -> None:
    rui = hire("Rui", "auditor")
    actor = actor_for(person=rui, at=clock.now(), mfa=True)
    refusal = events.PermissionRefused(page="records:customer_edit", permission="customer.update")
    journal.record(refusal, by=actor, at=clock.now(), purpose="legal", outcome=journal.Outcome.REFUSED)
    sequencer.seal_pending()

    window = visit(person=rui)
    page = window.page
    window.go("/ledger/")
    page.get_by_text("Filter", exact=True).click()
    page.get_by_label("Outcome").select_option("refused")
    page.get_by_role("button", name="Show").click()
    expect(page.get_by_role("link", name="Remove the filter Outcome")).to_be_visible()
    window.shot("ledger")
    page.get_by_role("row").filter(has_text="refused").get_by_role("link").click()
    expect(page.get_by_text("Verify it yourself")).to_be_visible()
    window.shot("ledger-entry")
    window.accessible()

    page.get_by_role("button", name="Copy the command").last.click()
    assert page.evaluate("navigator.clipboard.readText()").startswith("aics-tlog verify-inclusion")
    with page.expect_download() as download:
        page.get_by_role("link", name="Download the proof").click()
    with zipfile.ZipFile(download.value.path()) as packed:
        assert any(name.endswith("leaf.json") for name in packed.namelist())
    window.quiet()
