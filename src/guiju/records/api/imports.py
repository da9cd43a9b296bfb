"""Operations of the import gate: upload, declare, check, start, watch, cancel, revert, fetch what was refused."""

import hashlib
from collections.abc import Callable
from datetime import datetime
from io import BytesIO
from typing import Annotated, Any, Literal
from uuid import UUID

from django.http import HttpResponse, StreamingHttpResponse
from django.utils.translation import gettext_lazy as _
from ninja import UploadedFile
from ninja.params.models import File
from ninja.responses import Status
from pydantic import BaseModel, Field

from guiju.access.actors import Actor
from guiju.access.answering import KEY_HEADER, download, made_once
from guiju.access.calls import Call, operation
from guiju.access.permissions import Permission
from guiju.access.repeating import Made
from guiju.access.shapes import Cursor, Limit, Number, OneOf, Page, Strict
from guiju.kit.errors import Invalid, Problem
from guiju.records.api import cursors
from guiju.records.api.bodies import BasisCode, PurposeCode
from guiju.records.api.router import imports
from guiju.records.api.shapes import UnitOut
from guiju.records.api.values import Region
from guiju.records.declaring import Declaration
from guiju.records.gate import actions, queries, refused
from guiju.records.gate.mapping import Mapping
from guiju.records.models import Duplicates, ImportBatch, ImportState

CSV = "text/csv"
HELD_BACK = ("columns", "encoding", "sheet", "sheets", actions.RUNNER, actions.MET, actions.HALTED)
State = Annotated[str, OneOf(ImportState.values)]
Twin = Annotated[str, OneOf(Duplicates.values)]
Path = Annotated[str, Field(max_length=200)]


class ColumnOut(BaseModel):
    """What becomes of a column: a path such as `person.phones`, `drop`, or nothing yet."""

    column: str
    path: str
    confidence: float


class CountsOut(BaseModel):
    """How far a run has come."""

    rows: int | None
    done: int
    created: int
    merged: int
    quarantined: int
    duplicates: int
    related: int


class ImportOut(BaseModel):
    """One file on its way through the import gate."""

    id: UUID
    state: State
    filename: str
    sha256: str
    size: int
    sheet: str = Field(description="The sheet of a workbook that is read: its first visible one.")
    other_sheets: list[str] = Field(description="Its visible sheets that are not read; import each as a file.")
    columns: list[ColumnOut]
    basis: str
    purposes: list[str]
    source: str
    region: str
    duplicates: Twin
    unit: UnitOut | None
    standard: str
    counts: CountsOut
    report: dict[str, Any] = Field(description="What the last run found: counts by column, field and rule.")
    uploaded_at: datetime
    started_at: datetime | None
    ended_at: datetime | None


def _one(request: Call, batch: UUID) -> ImportOut:
    return _outs([queries.one(batch=batch, actor=request.actor)], request.actor)[0]


def _outs(batches: list[ImportBatch], actor: Actor) -> list[ImportOut]:
    """Return imports as the caller may see them: without the ids of customers out of the caller's reach."""
    known = queries.twins_within(batches=batches, actor=actor)
    return [_out(batch, known) for batch in batches]


def _report(batch: ImportBatch, known: frozenset[str]) -> dict[str, Any]:
    report = {key: value for key, value in batch.report.items() if key not in HELD_BACK}
    if "twins" in report:
        report["twins"] = [twin if twin["customer"] in known else twin | {"customer": ""} for twin in report["twins"]]
    return report


def _out(batch: ImportBatch, known: frozenset[str]) -> ImportOut:
    return ImportOut(
        id=batch.pk,
        state=batch.state,
        filename=batch.filename,
        sha256=batch.sha256,
        size=batch.size,
        sheet=batch.sheet,
        other_sheets=batch.other_sheets,
        columns=[ColumnOut(**one) for one in batch.mapping["columns"]],
        basis=batch.basis,
        purposes=batch.purposes,
        source=batch.source,
        region=batch.region,
        duplicates=batch.duplicates,
        unit=UnitOut(id=batch.unit.pk, name=batch.unit.name) if batch.unit else None,
        standard=batch.standard,
        counts=CountsOut(
            rows=batch.rows,
            done=batch.rows_done,
            created=batch.created,
            merged=batch.merged,
            quarantined=batch.quarantined,
            duplicates=batch.duplicate_rows,
            related=batch.related,
        ),
        report=_report(batch, known),
        uploaded_at=batch.uploaded_at,
        started_at=batch.started_at,
        ended_at=batch.ended_at,
    )


class ImportPage(Page[ImportOut]):
    """One page of imports, the newest first."""


@operation(
    imports,
    "POST",
    "/imports",
    needs=Permission.CUSTOMER_IMPORT,
    name="uploadImport",
    summary="Upload a file",
    answers={201: ImportOut},
    headers=(KEY_HEADER,),
    sends={"Location": "The address of the import."},
)
def upload_import(
    request: Call,
    response: HttpResponse,
    file: Annotated[UploadedFile, File(..., description="CSV or XLSX, at most 64 MiB.")],
) -> ImportOut:
    """Take a file in, sealed at once; the answer guesses what its columns are."""
    strange = [*request.POST, *(name for name in request.FILES if name != "file")]
    if strange or len(request.FILES.getlist("file")) != 1:
        message = _("Send one file, in the part “file”, and nothing else.")
        raise Invalid(problems=[Problem(field="file", rule="one-file", message=message)])
    content = file.read()

    def make() -> Made:
        batch = actions.upload(content=content, filename=file.name or "", by=request.actor, at=request.at)
        return 201, batch.pk

    digest = hashlib.sha256(content).digest()
    _status, batch = made_once(request, response, operation="uploadImport", body=digest, make=make)
    response["Location"] = f"{request.path}/{batch}"
    return _one(request, batch)


@operation(
    imports,
    "GET",
    "/imports",
    needs=Permission.CUSTOMER_IMPORT,
    name="listImports",
    summary="List imports",
    answers={200: ImportPage},
)
def list_imports(request: Call, limit: Limit = queries.MOST, cursor: Cursor = "") -> ImportPage:
    """List your imports and those into units that you may import into, the newest first."""
    found, following = cursors.newest(queries.recent, actor=request.actor, sort="imports", cursor=cursor, limit=limit)
    return ImportPage(items=_outs(found, request.actor), next=following)


@operation(
    imports,
    "GET",
    "/imports/{uuid:batch}",
    needs=Permission.CUSTOMER_IMPORT,
    name="readImport",
    summary="Watch an import",
    answers={200: ImportOut},
)
def read_import(request: Call, batch: UUID) -> ImportOut:
    """Read where an import stands, how far it has come and what it found."""
    return _one(request, batch)


class ImportDeclaration(Strict):
    """What must be said before anything is kept."""

    basis: BasisCode
    purposes: list[PurposeCode] = Field(min_length=1, max_length=10)
    source: str = Field(min_length=1, max_length=200)
    unit: Number | None = Field(default=None, description="The unit of the token's person where left out.")
    region: Region | Literal[""] = ""
    duplicates: Twin = Field(default=Duplicates.BLOCK.value, description="What is done with customers known already.")
    columns: dict[Path, Path] = Field(
        default={}, max_length=200, description="Column to path, or `drop`; what is left out stays as it was guessed."
    )


@operation(
    imports,
    "PUT",
    "/imports/{uuid:batch}/declaration",
    needs=Permission.CUSTOMER_IMPORT,
    name="declareImport",
    summary="Declare basis, purposes, source and columns",
    answers={200: ImportOut},
    refuses=(409,),
)
def declare_import(request: Call, batch: UUID, body: ImportDeclaration) -> ImportOut:
    """Say basis, purposes, source, place and meaning of the columns; a column without a purpose is refused by name."""
    found = queries.one(batch=batch, actor=request.actor)
    unit = body.unit or request.actor.unit_id
    if unit is None:
        message = _("Say into which unit the customers go.")
        raise Invalid(problems=[Problem(field="unit", rule="required", message=message)])
    guessed = {one["column"]: one["path"] for one in found.mapping["columns"]}
    unknown = [name for name in body.columns if name not in guessed]
    if unknown:
        message = _("The file has no such column.")
        raise Invalid(problems=[Problem(field="columns", rule="unknown-column", message=message)])
    actions.declare(
        batch=batch,
        declaration=Declaration(
            unit_id=unit, basis=body.basis, purposes=tuple(dict.fromkeys(body.purposes)), source=body.source
        ),
        mapping=Mapping.of(guessed | body.columns),
        region=body.region,
        duplicates=Duplicates(body.duplicates),
        by=request.actor,
        at=request.at,
    )
    return _one(request, batch)


def _step(name: str, summary: str, about: str, act: Callable[..., ImportBatch]) -> None:
    """Register an operation that sets an import going or stops it."""

    def step(request: Call, batch: UUID) -> Status[ImportOut]:
        act(batch=batch, by=request.actor, at=request.at)
        return Status(202, _one(request, batch))

    step.__doc__ = about
    operation(
        imports,
        "POST",
        f"/imports/{{uuid:batch}}/{name}",
        needs=Permission.CUSTOMER_IMPORT,
        name=f"{name}Import",
        summary=summary,
        answers={202: ImportOut},
        refuses=(409,),
    )(step)


_step(
    "check", "Check a file without writing", "Start the dry run: every row is checked, nothing is kept.", actions.check
)
_step("start", "Start an import", "Start to keep the rows; bad ones go to quarantine.", actions.start)
_step(
    "resume", "Resume an import", "Go on after the last row that was kept, where a run died or failed.", actions.resume
)
_step("cancel", "Cancel an import", "Stop a run; what it kept stays and can be reverted.", actions.cancel)
_step("revert", "Revert an import", "Take back what an import brought and nobody changed since.", actions.revert)


@operation(
    imports,
    "GET",
    "/imports/{uuid:batch}/quarantine",
    needs=Permission.CUSTOMER_IMPORT,
    name="fetchQuarantine",
    summary="Fetch the refused rows",
    answers={200: None},
    files=(CSV,),
)
def fetch_quarantine(request: Call, batch: UUID) -> StreamingHttpResponse:
    """Fetch the rows that were not let in, with column, rule and remedy; mend them and upload the file again."""
    actions.take_quarantine(batch=batch, by=request.actor, at=request.at)
    content = BytesIO()
    refused.write(batch, content)
    return download([content.getvalue()], filename=f"quarantine-{batch}.csv", content_type=f"{CSV}; charset=utf-8")
