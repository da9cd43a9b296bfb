"""The ledger explorer: entries in sentences, one entry with its proof, the proof to take away."""

import base64
import json

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from guiju.access.permissions import Permission
from guiju.access.purposes import PURPOSES
from guiju.access.queries import labels
from guiju.access.web import Missing, Request, page
from guiju.console import explorer
from guiju.console.explorer import OUTCOMES, Told
from guiju.kit.lists import Column, Empty, Filter, Link, ListPage, Results, Row
from guiju.ledger import queries
from guiju.ledger.journal import Outcome
from guiju.ledger.models import Entry
from guiju.ledger.queries import Proof

ENTRIES = ListPage(
    title=_("Ledger"),
    subtitle=_("Everything that was done, read or refused: recorded with the act itself, then sealed for good."),
    width="wide",
    columns=(
        Column(key="at", label=_("When"), cell="time"),
        Column(key="sentence", label=_("What happened"), primary=True),
        Column(key="purpose", label=_("Purpose")),
        Column(key="outcome", label=_("Outcome"), cell="badge"),
        Column(key="kind", label=_("Kind"), cell="code", optional=True, shown=False),
        Column(key="place", label=_("Sealed"), cell="badge"),
    ),
    filters=(
        Filter(key="kind", label=_("Kind"), choices=lambda: ((kind, kind) for kind in queries.kinds())),
        Filter(
            key="outcome",
            label=_("Outcome"),
            choices=lambda: ((code, word) for code, (_kind, word) in OUTCOMES.items()),
        ),
        Filter(
            key="purpose",
            label=_("Purpose"),
            choices=lambda: ((code, str(purpose.title)) for code, purpose in PURPOSES.items()),
        ),
        Filter(key="actor", label=_("Who (reference)"), named=lambda ref: labels([ref]).get(ref, ref)),
        Filter(key="subject", label=_("Customer (id)")),
        Filter(key="since", label=_("From"), day=True),
        Filter(key="until", label=_("Until"), day=True),
    ),
    empty=Empty(
        title=_("Nothing is recorded yet"),
        text=_("As soon as somebody signs in or opens a customer, it stands here."),
        icon="shield-check",
    ),
)  # fmt: skip


@page(needs=Permission.LEDGER_READ)
def entries(request: Request) -> HttpResponse:
    """List entries, newest first."""
    asked = ENTRIES.asked(request)
    found = queries.entries(explorer.filters(asked), before=explorer.cursor(asked.after))
    rows = [_row(told) for told in explorer.tell(found.entries)]
    results = Results(rows=rows, older=str(found.before or ""))
    latest = Link(label=gettext("Latest checkpoint"), url=reverse("console:ledger-checkpoint"), icon="certificate")
    return ENTRIES.respond(request, asked=asked, results=results, links=[latest])


def _row(told: Told) -> Row:
    entry = told.entry
    place = ("neutral", f"#{told.position.index}") if told.position else ("warning", gettext("pending"))
    return Row(
        url=reverse("console:ledger-entry", args=[entry.id]),
        cells={
            "at": entry.at,
            "sentence": told.sentence,
            "purpose": explorer.purpose_title(entry.purpose),
            "outcome": None if entry.outcome == Outcome.DONE else OUTCOMES.get(entry.outcome),
            "kind": entry.kind,
            "place": place,
        },
    )


@page(needs=Permission.LEDGER_READ)
def entry(request: Request, entry_id: int) -> HttpResponse:
    """Show one entry with its proof."""
    found = _found(entry_id)
    (told,) = explorer.tell([found])
    proof = queries.proof(found)
    context = {
        "told": told,
        "entry": found,
        "outcome": OUTCOMES.get(found.outcome, ("neutral", found.outcome)),
        "purpose_title": explorer.purpose_title(found.purpose),
        "payload": [(key, _plain(value)) for key, value in queries.facts(found).items()],
        "proof": proof,
        "ledger": reverse("console:ledger"),
        **(_shown(proof, found) if proof else {}),
    }
    return render(request, "console/entry.html", context)


def _shown(proof: Proof, found: Entry) -> dict[str, object]:
    return {
        "leaf": json.dumps(json.loads(proof.leaf), ensure_ascii=False, indent=2),
        "root": base64.b64encode(proof.root).decode(),
        "path": [base64.b64encode(item).decode() for item in proof.hashes],
        "commands": explorer.commands(proof=proof, name=_name(found)),
    }


@page(needs=Permission.LEDGER_READ)
def checkpoint(request: Request) -> HttpResponse:
    """Show the newest checkpoint and how to verify the whole ledger."""
    context = {
        "checkpoint": queries.latest_checkpoint(),
        "pending": queries.pending_count(),
        "keys": queries.vkeys(),
    }
    return render(request, "console/checkpoint.html", context)


@page(needs=Permission.LEDGER_READ)
def proof(request: Request, entry_id: int) -> HttpResponse:
    """Hand out the proof of an entry as a zip file."""
    found = _found(entry_id)
    made = queries.proof(found)
    if made is None:
        raise Missing(gettext("The entry is not sealed yet."), remedy=gettext("Come back in a second or two."))
    name = _name(found)
    headers = {"Content-Disposition": f'attachment; filename="{name}.zip"'}
    return HttpResponse(explorer.bundle(proof=made, name=name), content_type="application/zip", headers=headers)


def _found(entry_id: int) -> Entry:
    found = queries.entry(entry_id) if entry_id < 2**63 else None
    if found is None:
        raise Missing
    return found


def _name(found: Entry) -> str:
    return f"entry-{found.id}"


def _plain(value: object) -> str:
    if isinstance(value, list):
        return ", ".join(str(item) for item in value)
    if isinstance(value, bool):
        return gettext("yes") if value else gettext("no")
    return "" if value is None else str(value)
