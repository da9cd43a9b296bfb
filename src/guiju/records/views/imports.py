"""The list of imports, a new one, and the page of one import: check, progress, report, and what can be done."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from guiju.access import queries as access
from guiju.access.permissions import Permission
from guiju.access.web import BOTH, SEND, Request, page
from guiju.kit.errors import NotFound, Refused
from guiju.kit.ids import parse_uuid
from guiju.kit.lists import Column, Empty, Link, ListPage, Results, Row
from guiju.records import newest
from guiju.records.gate import actions, queries
from guiju.records.gate.limits import LARGEST_FILE, MIB, MOST_COLUMNS
from guiju.records.gate.mapping import Mapping
from guiju.records.gate.wording import STATES
from guiju.records.models import ImportBatch, ImportState
from guiju.records.views import import_frame as frame
from guiju.records.views import import_report as report

LIST = ListPage(
    title=gettext_lazy("Imports"),
    subtitle=gettext_lazy(
        "Every file that came in: checked against the collection standard, recorded, and revertible."
    ),
    columns=(
        Column(key="file", label=gettext_lazy("File"), primary=True),
        Column(key="state", label=gettext_lazy("State"), cell="badge"),
        Column(key="rows", label=gettext_lazy("Rows"), cell="records/imports/cells/rows.html", numeric=True),
        Column(key="created", label=gettext_lazy("Records created"), cell="number", numeric=True),
        Column(key="merged", label=gettext_lazy("Merged"), cell="number", numeric=True),
        Column(key="quarantined", label=gettext_lazy("In quarantine"), cell="number", numeric=True),
        Column(key="unit", label=gettext_lazy("Unit")),
        Column(key="who", label=gettext_lazy("By")),
        Column(key="at", label=gettext_lazy("Uploaded"), cell="ago"),
    ),
    empty=Empty(
        title=gettext_lazy("Nothing was imported yet"),
        text=gettext_lazy("Bring a CSV or XLSX file from your old system. It is checked before anything is written."),
        icon="file-import",
        links=(Link(label=gettext_lazy("Import a file"), url="new/", icon="upload", kind="primary"),),
    ),
    width="wide",
)


@page(needs=Permission.CUSTOMER_IMPORT)
def imports(request: Request) -> HttpResponse:
    """List the imports, the newest first."""
    asked = LIST.asked(request)
    before = parse_uuid(asked.after)
    shown, older = newest.page(queries.recent, actor=request.actor, before=before, size=queries.MOST)
    names = access.labels({batch.actor for batch in shown})
    results = Results(rows=[_row(batch, names[batch.actor]) for batch in shown], older=str(older or ""))
    new = Link(label=_("Import a file"), url=reverse("records:import_new"), icon="upload", kind="primary")
    return LIST.respond(request, asked=asked, results=results, links=[new] if shown else [])


def _row(batch: ImportBatch, who: str) -> Row:
    over = batch.state in (*actions.ENDED, ImportState.REVERTING, ImportState.REVERTED)
    counts = (batch.created, batch.merged, batch.quarantined) if over else (None, None, None)
    cells = {
        "file": batch.filename,
        "state": STATES[batch.state],
        "rows": batch,
        "unit": batch.unit.name if batch.unit else "",
        "who": who,
        "at": batch.uploaded_at,
    }
    named = dict(zip(("created", "merged", "quarantined"), counts, strict=True))
    return Row(cells=cells | named, url=reverse("records:import", args=[batch.pk]), key=str(batch.pk))


@page(needs=Permission.CUSTOMER_IMPORT, methods=BOTH)
def new(request: Request) -> HttpResponse:
    """Take a file in; it is sealed before anything else happens."""
    like = _like(request)
    problem: Refused | None = None
    if request.method == "POST":
        try:
            batch = _upload(request, like)
        except Refused as refused:
            problem = refused
        else:
            tail = f"?like={like.pk}" if like else ""
            return redirect(reverse("records:import_columns", args=[batch.pk]) + tail)
    return frame.respond(
        request,
        "new",
        at=frame.FILE,
        like=like,
        problem=problem,
        megabytes=min(LARGEST_FILE, settings.UPLOAD_LIMIT) // MIB,
        most_columns=MOST_COLUMNS,
        status=422 if problem else 200,
    )


def _like(request: Request) -> ImportBatch | None:
    """Return the earlier import whose columns and declaration the new one begins with."""
    wanted = parse_uuid(request.POST.get("like", "") or request.GET.get("like", ""))
    return frame.found(request, wanted) if wanted else None


def _upload(request: Request, like: ImportBatch | None) -> ImportBatch:
    file = request.FILES.get("file")
    if file is None:
        raise Refused(_("No file was chosen."), remedy=_("Choose a CSV or XLSX file, or drop it on the field."))
    batch = actions.upload(content=file.read(), filename=file.name or "", by=request.actor, at=request.at)
    if like is not None:
        bound = Mapping.from_json(like.mapping).bound(batch.report["columns"])
        if not bound.undecided():
            actions.assign(batch=batch.pk, mapping=bound, by=request.actor, at=request.at)
    return batch


@page(needs=Permission.CUSTOMER_IMPORT)
def batch(request: Request, batch_id: UUID) -> HttpResponse:
    """Show where an import stands: what to decide next, how far it is, or its report."""
    record = frame.found(request, batch_id)
    if record.state in actions.UNDER_WAY:
        words = report.progress(record, at=request.at)
        at = frame.CHECK if record.state == ImportState.CHECKING else frame.IMPORT
        return frame.respond(request, "working", at=at, batch=record, **words)
    if record.state == ImportState.CHECKED:
        words = report.checked(request, record)
        return frame.respond(request, "checked", at=frame.CHECK, batch=record, **words)
    if record.state == ImportState.UPLOADED:
        undecided = Mapping.from_json(record.mapping).undecided() or not record.basis
        return redirect("records:import_columns" if undecided else "records:import_declare", record.pk)
    return frame.respond(request, "report", at=frame.IMPORT, batch=record, **report.ended(request, record))


@page(needs=Permission.CUSTOMER_IMPORT)
def progress(request: Request, batch_id: UUID) -> HttpResponse:
    """Show how far an import is; the page asks again every second and goes to the result once there is one."""
    record = frame.found(request, batch_id)
    address = reverse("records:import", args=[record.pk])
    if record.state in actions.UNDER_WAY and request.htmx:
        words = {"batch": record} | report.progress(record, at=request.at)
        return render(request, "records/imports/progress.html", words)
    if request.htmx:
        response = HttpResponse(status=200)
        response["HX-Redirect"] = address
        return response
    return HttpResponseRedirect(address)


type Begin = Callable[..., Any]


def _press(request: Request, batch_id: UUID, begin: Begin, said: str = "") -> HttpResponse:
    """Do what a button says and go back to the import."""
    try:
        begin(batch=batch_id, by=request.actor, at=request.at)
    except NotFound:
        raise
    except Refused as refused:
        messages.error(request, f"{refused} {refused.remedy}")
    else:
        if said:
            messages.success(request, said)
    return redirect("records:import", batch_id)


@page(needs=Permission.CUSTOMER_IMPORT, methods=SEND)
def start(request: Request, batch_id: UUID) -> HttpResponse:
    """Start writing what was checked."""
    record = frame.found(request, batch_id)
    if record.state != ImportState.CHECKED:
        messages.error(request, _("Check the file first: nothing is written that was not checked."))
        return redirect("records:import", record.pk)
    return _press(request, batch_id, actions.start)


@page(needs=Permission.CUSTOMER_IMPORT, methods=SEND)
def cancel(request: Request, batch_id: UUID) -> HttpResponse:
    """Ask a run to stop, or give an import up that has not begun."""
    return _press(request, batch_id, actions.cancel, _("The import is being cancelled."))


@page(needs=Permission.CUSTOMER_IMPORT, methods=SEND)
def resume(request: Request, batch_id: UUID) -> HttpResponse:
    """Go on after the last row that was written."""
    return _press(request, batch_id, actions.resume, _("The import goes on."))


@page(needs=Permission.CUSTOMER_IMPORT, methods=BOTH)
def revert(request: Request, batch_id: UUID) -> HttpResponse:
    """Say plainly what reverting does, and do it when confirmed."""
    record = frame.found(request, batch_id)
    if request.method == "POST":
        return _press(request, batch_id, actions.revert)
    if record.state not in actions.ENDED:
        return redirect("records:import", record.pk)
    return frame.respond(
        request,
        "revert",
        at=frame.IMPORT,
        batch=record,
        created=number_format(record.created, force_grouping=True),
        merged=number_format(record.merged, force_grouping=True),
    )


@page(needs=Permission.CUSTOMER_IMPORT, methods=SEND)
def quarantine(request: Request, batch_id: UUID) -> HttpResponse:
    """Hand out the rows that were refused, each with what is wrong and how to mend it."""
    actions.take_quarantine(batch=batch_id, by=request.actor, at=request.at)
    return report.quarantine_file(batch_id)
