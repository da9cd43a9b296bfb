"""Operations of the export gate: start, watch, cancel, download."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from django.http import HttpResponse, StreamingHttpResponse
from ninja.responses import Status
from pydantic import BaseModel, ConfigDict, Field

from guiju.access.answering import KEY_HEADER, download, made_once
from guiju.access.calls import Call, operation
from guiju.access.permissions import Permission
from guiju.access.repeating import Made
from guiju.access.shapes import Cursor, Limit, OneOf, Page
from guiju.records import standard
from guiju.records.api import cursors
from guiju.records.api.bodies import Narrowing
from guiju.records.api.router import exports
from guiju.records.exports import actions, queries
from guiju.records.exports.queries import TYPES
from guiju.records.models import ExportBatch, ExportState
from guiju.records.queries import REASONS

Format = Annotated[str, OneOf(TYPES)]
State = Annotated[str, OneOf(ExportState.values)]
Reason = Annotated[str, OneOf(REASONS)]
Column = Annotated[str, OneOf(standard.load().fields)]


class ExportOut(BaseModel):
    """One list of customers on its way out."""

    id: UUID
    state: State
    format: Format
    purpose: str
    columns: list[str]
    filters: dict[str, str]
    clear: bool
    reason: str
    rows: int | None
    done: int
    size: int
    sha256: str
    started_at: datetime
    ended_at: datetime | None
    expires_at: datetime
    ending: str = Field(description="Why it was withdrawn; empty where it was not.")


def _out(batch: ExportBatch) -> ExportOut:
    return ExportOut(
        id=batch.pk,
        state=batch.state,
        format=batch.format,
        purpose=batch.purpose,
        columns=batch.columns,
        filters=batch.filters,
        clear=batch.clear,
        reason=batch.reason,
        rows=batch.rows,
        done=batch.rows_done,
        size=batch.size,
        sha256=batch.sha256,
        started_at=batch.started_at,
        ended_at=batch.ended_at,
        expires_at=batch.expires_at,
        ending=batch.ending,
    )


class ExportPage(Page[ExportOut]):
    """One page of exports, the newest first."""


class NewExport(Narrowing):
    """Which customers leave, with which fields."""

    model_config = ConfigDict(extra="forbid", strict=True)

    format: Format = "csv"
    columns: Annotated[list[Column], Field(min_length=1, max_length=60)]
    clear: bool = Field(default=False, description="Ask for masked fields in clear, as revealing does.")
    reason: Reason | Literal[""] = Field(default="", description="Why; needed for sensitive fields in clear.")


@operation(
    exports,
    "POST",
    "/exports",
    needs=Permission.CUSTOMER_EXPORT,
    name="startExport",
    summary="Start an export",
    answers={202: ExportOut},
    purpose=True,
    headers=(KEY_HEADER,),
    sends={"Location": "The address of the export."},
)
def start_export(request: Call, response: HttpResponse, body: NewExport) -> Status[ExportOut]:
    """Ask for customers to leave as a file, their fields as the policy shows them under the purpose of the call."""

    def make() -> Made:
        batch = actions.start(
            format=body.format,
            columns=body.columns,
            filters=body.filters(),
            clear=body.clear,
            reason=body.reason,
            purpose=request.purpose,
            by=request.actor,
            at=request.at,
        )
        return 202, batch.pk

    _status, export = made_once(request, response, operation="startExport", body=request.body, make=make)
    response["Location"] = f"{request.path}/{export}"
    return Status(202, _out(queries.one(export=export, actor=request.actor)))


@operation(
    exports,
    "GET",
    "/exports",
    needs=Permission.CUSTOMER_EXPORT,
    name="listExports",
    summary="List your exports",
    answers={200: ExportPage},
)
def list_exports(request: Call, limit: Limit = queries.MOST, cursor: Cursor = "") -> ExportPage:
    """List the exports that this token asked for, the newest first."""
    found, following = cursors.newest(queries.recent, actor=request.actor, sort="exports", cursor=cursor, limit=limit)
    return ExportPage(items=[_out(batch) for batch in found], next=following)


@operation(
    exports,
    "GET",
    "/exports/{uuid:export}",
    needs=Permission.CUSTOMER_EXPORT,
    name="readExport",
    summary="Watch an export",
    answers={200: ExportOut},
)
def read_export(request: Call, export: UUID) -> ExportOut:
    """Read where an export stands."""
    return _out(queries.one(export=export, actor=request.actor))


@operation(
    exports,
    "POST",
    "/exports/{uuid:export}/cancel",
    needs=Permission.CUSTOMER_EXPORT,
    name="cancelExport",
    summary="Cancel an export",
    answers={202: ExportOut},
)
def cancel_export(request: Call, export: UUID) -> Status[ExportOut]:
    """Stop an export; what was written of its file is deleted."""
    actions.cancel(export=export, by=request.actor, at=request.at)
    return Status(202, _out(queries.one(export=export, actor=request.actor)))


@operation(
    exports,
    "GET",
    "/exports/{uuid:export}/file",
    needs=Permission.CUSTOMER_EXPORT,
    name="fetchExport",
    summary="Download an export",
    answers={200: None},
    refuses=(409, 410),
    files=tuple(TYPES.values()),
)
def fetch_export(request: Call, export: UUID) -> StreamingHttpResponse:
    """Download the file of a finished export; it is there for seven days, for whoever asked for it."""
    batch = actions.take(export=export, by=request.actor, at=request.at)
    content = queries.content(export=export)
    return download(content, filename=f"customers.{batch.format}", content_type=TYPES[batch.format])
