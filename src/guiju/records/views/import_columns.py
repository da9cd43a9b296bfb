"""The columns of a file: what each holds, where the gate would put it, and what the importer decides."""

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from guiju.access.permissions import Permission
from guiju.access.web import BOTH, SEND, Request, page
from guiju.kit.errors import Invalid, Problem, Refused, Words
from guiju.records import standard
from guiju.records.gate import actions, headers, telling, wording
from guiju.records.gate.mapping import Assignment, BrokenMapping, Mapping
from guiju.records.gate.targets import DROP
from guiju.records.models import ImportBatch
from guiju.records.views import import_frame as frame
from guiju.vault.files import NoSuchFile

LARGEST_TEMPLATE = 256 * 1024
SURE: dict[str, tuple[str, Words]] = {
    "certain": ("success", gettext_lazy("Recognised")),
    "likely": ("info", gettext_lazy("Likely")),
    "unknown": ("warning", gettext_lazy("Not known")),
    "chosen": ("accent", gettext_lazy("Your choice")),
    "dropped": ("neutral", gettext_lazy("Left out")),
}


@dataclass(kw_only=True)
class ColumnRow:
    """One column on the page: what it holds, where it goes, how sure that is, and what is wrong with it."""

    index: int
    name: str
    path: str
    sure: tuple[str, Words]
    samples: list[str]
    problems: list[Problem] = field(default_factory=list)


def _rows(request: Request, batch: ImportBatch, mapping: Mapping) -> list[ColumnRow]:
    columns = batch.report["columns"]
    guesses = headers.guess(columns, standard.load())
    held = _samples(request, batch)
    return [
        ColumnRow(
            index=place,
            name=one.column,
            path=one.path,
            sure=SURE[_sureness(one, guess)],
            samples=held[place] if held else [],
        )
        for place, (one, guess) in enumerate(zip(mapping.assignments, guesses, strict=True))
    ]


def _sureness(one: Assignment, guess: headers.Guess) -> str:
    if not one.path:
        return "unknown"
    if one.path != guess.path:
        return "dropped" if one.path == DROP else "chosen"
    if one.path == DROP:
        return "dropped"
    return "certain" if guess.confidence == headers.CERTAIN else "likely"


def _samples(request: Request, batch: ImportBatch) -> list[list[str]]:
    """Return cells of the file for the one who brought it; others see the names of the columns alone."""
    if batch.actor != request.actor.ref:
        return []
    try:
        return telling.samples(batch)
    except NoSuchFile:
        return []


@page(needs=Permission.CUSTOMER_IMPORT, methods=BOTH)
def columns(request: Request, batch_id: UUID) -> HttpResponse:
    """Show the columns, and take the decisions on them."""
    batch = frame.found(request, batch_id)
    if batch.state not in actions.OPEN:
        return redirect("records:import", batch.pk)
    mapping = Mapping.from_json(batch.mapping).bound(batch.report["columns"])
    if request.method != "POST":
        return _respond(request, batch, mapping)
    mapping = _decided(request, mapping)
    try:
        actions.assign(batch=batch.pk, mapping=mapping, by=request.actor, at=request.at)
    except Invalid as refused:
        return _respond(request, batch, mapping, refused)
    like = request.GET.get("like", "")
    return redirect(reverse("records:import_declare", args=[batch.pk]) + (f"?like={like}" if like else ""))


def _decided(request: Request, before: Mapping) -> Mapping:
    """Return what the form says of each column; the rest is dropped where that button was pressed."""
    rest = DROP if "drop-rest" in request.POST else ""
    return Mapping(
        tuple(
            Assignment(one.column, request.POST.get(f"to-{place}", one.path) or rest)
            for place, one in enumerate(before.assignments)
        )
    )


def _respond(request: Request, batch: ImportBatch, mapping: Mapping, refused: Invalid | None = None) -> HttpResponse:
    rows = _rows(request, batch, mapping)
    by_name = {row.name: row for row in rows}
    general = []
    for problem in refused.problems if refused else ():
        row = by_name.get(problem.field)
        if row is None:
            general.append(problem)
        else:
            row.problems.append(problem)
    words: dict[str, Any] = {
        "title": batch.filename,
        "rows": rows,
        "groups": wording.groups(standard.load()),
        "undecided": [row.name for row in rows if not row.path],
        "problems": general,
        "refused": refused,
        "sampled": any(row.samples for row in rows),
    }
    return frame.respond(request, "columns", at=frame.COLUMNS, batch=batch, status=422 if refused else 200, **words)


@page(needs=Permission.CUSTOMER_IMPORT)
def template(request: Request, batch_id: UUID) -> HttpResponse:
    """Hand out the decisions on the columns as a template for files of the same kind."""
    batch = frame.found(request, batch_id)
    text = Mapping.from_json(batch.mapping).as_yaml()
    response = HttpResponse(text, content_type="application/yaml; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="guiju-mapping.yaml"'
    return response


@page(needs=Permission.CUSTOMER_IMPORT, methods=SEND)
def load(request: Request, batch_id: UUID) -> HttpResponse:
    """Use the decisions of a template; columns it does not know stay to be decided."""
    batch = frame.found(request, batch_id)
    if batch.state not in actions.OPEN:
        return redirect("records:import", batch.pk)
    try:
        mapping = _template(request).bound(batch.report["columns"])
        actions.assign(batch=batch.pk, mapping=mapping, by=request.actor, at=request.at)
    except BrokenMapping as refused:
        messages.error(request, f"{refused} {refused.remedy}")
        return redirect("records:import_columns", batch.pk)
    except Invalid as refused:
        return _respond(request, batch, mapping, refused)
    except Refused as refused:
        messages.error(request, f"{refused} {refused.remedy}")
        return redirect("records:import_columns", batch.pk)
    messages.success(request, _("The template decides on all columns of this file."))
    return redirect("records:import_columns", batch.pk)


def _template(request: Request) -> Mapping:
    file = request.FILES.get("template")
    if file is None or (file.size or 0) > LARGEST_TEMPLATE:
        raise BrokenMapping
    try:
        return Mapping.from_yaml(file.read().decode("utf-8"))
    except UnicodeDecodeError as error:
        raise BrokenMapping from error
