"""What every page of an import shares: the import within reach, the steps, where it stands."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from guiju.access.web import Request
from guiju.kit.errors import Words
from guiju.records.gate import queries
from guiju.records.gate.actions import ENDED, OPEN
from guiju.records.models import ImportBatch, ImportState

FILE, COLUMNS, DECLARATION, CHECK, IMPORT = range(5)


def found(request: Request, batch_id: UUID) -> ImportBatch:
    """Return the import; raises NotFound out of reach."""
    return queries.one(batch=batch_id, actor=request.actor)


def steps(at: int, batch: ImportBatch | None = None, *, over: bool = False) -> list[dict[str, Words]]:
    """Return the steps of the wizard; those done can be gone back to while nothing is written."""
    labels = (_("File"), _("Columns"), _("Declaration"), _("Check"), _("Import"))
    urls = ["", "", "", "", ""]
    if batch is not None and batch.state in OPEN:
        urls[COLUMNS] = reverse("records:import_columns", args=[batch.pk])
        urls[DECLARATION] = reverse("records:import_declare", args=[batch.pk])
    return [
        {
            "label": label,
            "url": urls[place],
            "state": "done" if place < at or over else "current" if place == at else "todo",
        }
        for place, label in enumerate(labels)
    ]


def respond(
    request: Request, template: str, *, at: int, batch: ImportBatch | None = None, status: int = 200, **words: Any
) -> HttpResponse:
    """Render one page of the wizard."""
    over = batch is not None and batch.state in (*ENDED, ImportState.REVERTING, ImportState.REVERTED)
    frame = {
        "batch": batch,
        "steps": steps(at, batch, over=over),
        "crumbs": [(_("Imports"), reverse("records:imports"))],
    }
    return render(request, f"records/imports/{template}.html", frame | words, status=status)
