"""The exports of the reader: the list, one of them with its progress, cancelling it, taking its file."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from guiju.access.permissions import Permission
from guiju.access.purposes import PURPOSES
from guiju.access.web import SEND, Request, page
from guiju.kit.ids import parse_uuid
from guiju.kit.lists import Column, Empty, Link, ListPage, Results, Row
from guiju.records import newest, standard
from guiju.records.exports import actions, queries, running
from guiju.records.exports.queries import COUNT_UP_TO, TYPES
from guiju.records.exports.wording import ENDINGS, EXPIRED, STATES
from guiju.records.models import ExportBatch, ExportState
from guiju.records.pace import Pace
from guiju.records.queries import REASONS

LIST = ListPage(
    title=gettext_lazy("Exports"),
    subtitle=gettext_lazy(
        "Lists that you took out. Each can be downloaded for seven days; then its file is destroyed."
    ),
    columns=(
        Column(key="at", label=gettext_lazy("Started"), cell="time", primary=True),
        Column(key="state", label=gettext_lazy("State"), cell="badge"),
        Column(key="purpose", label=gettext_lazy("Purpose")),
        Column(key="rows", label=gettext_lazy("Customers"), cell="number", numeric=True),
        Column(key="columns", label=gettext_lazy("Columns"), cell="number", numeric=True),
        Column(key="sight", label=gettext_lazy("Values"), cell="badge"),
        Column(key="format", label=gettext_lazy("Format")),
        Column(key="until", label=gettext_lazy("Can be downloaded until"), cell="time"),
    ),
    empty=Empty(
        title=gettext_lazy("Nothing was exported yet"),
        text=gettext_lazy("Narrow the list of customers to those you need, and export it from there."),
        icon="file-export",
        links=(Link(label=gettext_lazy("Customers"), url="../customers/", icon="users", kind="primary"),),
    ),
    width="wide",
)


@page(needs=Permission.CUSTOMER_EXPORT)
def exports(request: Request) -> HttpResponse:
    """List one's own exports, the newest first."""
    asked = LIST.asked(request)
    before = parse_uuid(asked.after)
    shown, older = newest.page(queries.recent, actor=request.actor, before=before, size=queries.MOST)
    results = Results(rows=[_row(one, request.at) for one in shown], older=str(older or ""))
    return LIST.respond(request, asked=asked, results=results)


def _row(one: ExportBatch, at: datetime) -> Row:
    cells = {
        "at": one.started_at,
        "state": state_of(one, at),
        "purpose": _purpose(one),
        "rows": one.rows if one.rows is not None else one.rows_done,
        "columns": len(one.columns),
        "sight": ("warning", _("In clear")) if one.clear else ("neutral", _("Masked")),
        "format": one.format.upper(),
        "until": one.expires_at if one.state == ExportState.DONE else None,
    }
    return Row(cells=cells, url=reverse("records:export", args=[one.pk]), key=str(one.pk))


def _purpose(one: ExportBatch) -> str:
    return str(PURPOSES[one.purpose].title) if one.purpose in PURPOSES else one.purpose


def state_of(one: ExportBatch, at: datetime) -> tuple[str, Any]:
    """Return the tone and the word for where an export stands."""
    return EXPIRED if one.state == ExportState.DONE and one.expires_at <= at else STATES[one.state]


@page(needs=Permission.CUSTOMER_EXPORT)
def export(request: Request, export_id: UUID) -> HttpResponse:
    """Show one export: its progress, or its file and until when it can be taken."""
    one = queries.one(export=export_id, actor=request.actor)
    fields = standard.load().fields
    labels = running.headings([fields[key] for key in one.columns if key in fields])
    there = one.state == ExportState.DONE and one.expires_at > request.at
    held = there and queries.held_back(export=one, actor=request.actor)
    words = {
        "crumbs": [(_("Exports"), reverse("records:exports"))],
        "state": state_of(one, request.at),
        "ready": there and not held,
        "held": held,
        "ending": ENDINGS.get(one.ending, ""),
        "purpose_said": _purpose(one),
        "reason": REASONS.get(one.reason, ""),
        "labels": labels,
        "filters": one.filters,
    }
    return render(request, "records/exports/export.html", words | _progress(request, one))


def _progress(request: Request, one: ExportBatch) -> dict[str, Any]:
    if one.state != ExportState.RUNNING:
        return {"export": one}
    many = queries.count(actor=request.actor, filters=running.restore(one.filters), purpose=one.purpose)
    total = None if many > COUNT_UP_TO else many
    pace = Pace(done=one.rows_done, total=total, since=one.started_at, at=request.at)
    return {
        "export": one,
        "total": total or 0,
        "rate": pace.rate,
        "left": pace.left,
        "progress": "running" if one.rows_done else "waiting",
    }


@page(needs=Permission.CUSTOMER_EXPORT)
def progress(request: Request, export_id: UUID) -> HttpResponse:
    """Show how far an export is; the page asks again every second."""
    one = queries.one(export=export_id, actor=request.actor)
    address = reverse("records:export", args=[one.pk])
    if not request.htmx:
        return HttpResponseRedirect(address)
    if one.state == ExportState.RUNNING:
        return render(request, "records/exports/progress.html", _progress(request, one))
    response = HttpResponse(status=200)
    response["HX-Redirect"] = address
    return response


@page(needs=Permission.CUSTOMER_EXPORT, methods=SEND)
def cancel(request: Request, export_id: UUID) -> HttpResponse:
    """Ask a running export to stop."""
    actions.cancel(export=export_id, by=request.actor, at=request.at)
    messages.success(request, _("The export is being cancelled."))
    return redirect("records:export", export_id)


@page(needs=Permission.CUSTOMER_EXPORT, methods=SEND)
def take(request: Request, export_id: UUID) -> HttpResponse:
    """Hand out the file, opened piece by piece on its way to the browser; the taking is recorded."""
    one = actions.take(export=export_id, by=request.actor, at=request.at)
    response = StreamingHttpResponse(queries.content(export=one.pk), content_type=TYPES[one.format])
    response["Content-Disposition"] = f'attachment; filename="guiju-customers-{one.started_at:%Y%m%d}.{one.format}"'
    response["Content-Length"] = str(one.size)
    return response  # type: ignore[return-value]
