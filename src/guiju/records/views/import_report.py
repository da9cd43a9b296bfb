"""What the page of an import says: how far it is, what the check found, what became of the rows."""

import io
from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.urls import reverse
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from guiju.access import queries as access
from guiju.access.permissions import Permission
from guiju.access.purposes import BASES, PURPOSES
from guiju.access.web import Request
from guiju.kit.errors import Words
from guiju.records import standard
from guiju.records.gate import actions, queries, refused, running, telling
from guiju.records.gate.mapping import Mapping
from guiju.records.gate.wording import DUPLICATES, FAILURES, HALTED, STATES, path_label
from guiju.records.models import Duplicates, ImportBatch, ImportState
from guiju.records.pace import Pace
from guiju.records.views.frame import ground

S = ImportState
LABELS: dict[str, Words] = {
    S.CHECKING: gettext_lazy("Checking every row; nothing is written"),
    S.RUNNING: gettext_lazy("Writing the customers"),
    S.REVERTING: gettext_lazy("Taking the import back"),
}
SHOWN_ROWS = 20


def progress(batch: ImportBatch, *, at: datetime) -> dict[str, Any]:
    """Return how far a run is, its speed and the time left; ``stopped`` where nobody carries it out."""
    reverting = batch.state == S.REVERTING
    total = batch.created + batch.merged if reverting else batch.rows
    resumed = batch.report.get("resumed_at")
    pace = Pace(
        done=batch.rows_done,
        total=total,
        since=datetime.fromisoformat(resumed) if resumed else batch.started_at,
        before=batch.report.get("resumed_after", 0),
        at=at,
    )
    return {
        "label": LABELS[batch.state],
        "total": total or 0,
        "rate": "" if reverting else pace.rate,
        "left": "" if reverting else pace.left,
        "progress": "running" if batch.rows_done else "waiting",
        "cancelling": batch.cancel_asked and not reverting,
        "stopped": not running.is_at_work(batch.pk) and _still(batch),
        "may_cancel": not reverting and not batch.cancel_asked,
    }


def _still(batch: ImportBatch) -> bool:
    """Say whether the import is where it was; it may have ended while the page was made."""
    return ImportBatch.objects.filter(pk=batch.pk, state=batch.state).exists()


def facts(batch: ImportBatch) -> dict[str, Any]:
    """Return what was declared, in words."""
    mapping = Mapping.from_json(batch.mapping)
    rules = standard.load()
    return {
        "title": batch.filename,
        "state": STATES[batch.state],
        "basis": ground(BASES.get(batch.basis)),
        "purposes_said": [found for code in batch.purposes if (found := ground(PURPOSES.get(code)))],
        "duplicates": DUPLICATES[batch.duplicates],
        "mapped": [(column, path_label(path, rules)) for column, path in mapping.mapped().items()],
        "dropped": mapping.dropped(),
        "who": access.labels([batch.actor])[batch.actor],
    }


def checked(request: Request, batch: ImportBatch) -> dict[str, Any]:
    """Return what a dry run found."""
    found = batch.report
    counts = found["check"]
    twice = counts["duplicates"]
    held = counts["quarantined"] + (twice if batch.duplicates == Duplicates.BLOCK else 0)
    return facts(batch) | {
        "counts": counts,
        "creates": found.get("creates", 0),
        "merges": twice if batch.duplicates == Duplicates.MERGE else 0,
        "held": held,
        "flaws": telling.findings(found["flaws"], found["examples"]),
        "warnings": telling.findings(found["warnings"]),
        "twins": telling.twins(batch, actor=request.actor, purpose=request.purpose, at=request.at),
        "blocking": batch.duplicates == Duplicates.BLOCK,
        "may_start": held < counts["rows"],
    }


def ended(request: Request, batch: ImportBatch) -> dict[str, Any]:
    """Return the report of an import that is over."""
    customers = f"{reverse('records:customers')}?batch={batch.pk}"
    rows = queries.quarantined(batch=batch.pk, size=SHOWN_ROWS)
    halted = batch.report.get(actions.HALTED, S.RUNNING)
    failure = batch.report.get(actions.FAILURE, "")
    return facts(batch) | {
        "failure": FAILURES.get(failure, failure),
        "halted": HALTED[halted] % {"done": number_format(batch.rows_done, force_grouping=True)},
        "customers": customers if request.actor.may(Permission.CUSTOMER_READ) and batch.created else "",
        "rows": [(row.row, _told(row.problems)) for row in rows],
        "more_rows": max(0, batch.quarantined - len(rows)),
        "revert": batch.report.get("revert"),
        "may_revert": batch.state in actions.ENDED and bool(batch.created or batch.merged),
        "written": batch.state in actions.ENDED and bool(batch.started_at) and halted == S.RUNNING,
    }


def _told(problems: list[dict[str, str]]) -> list[tuple[str, Words, Words]]:
    told = zip(problems, refused.told(problems), strict=True)
    return [(raw["column"] or _("Whole row"), one.message, one.remedy) for raw, one in told]


def quarantine_file(batch_id: UUID) -> HttpResponse:
    """Return the quarantined rows as a CSV file; made in memory, never on the disk in clear."""
    file = io.BytesIO()
    refused.write(batch_id, file)
    response = HttpResponse(file.getvalue(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="quarantine-{batch_id}.csv"'
    return response
