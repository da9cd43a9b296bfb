"""``guiju import`` and ``guiju imports``: a file through the import gate, from the command line."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal
from uuid import UUID

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from guiju.config.cli.django import awake
from guiju.config.cli.files import private
from guiju.config.cli.operator import acting
from guiju.config.cli.output import Answer, Json, messages, say, speaking
from guiju.config.words import _

if TYPE_CHECKING:
    from collections.abc import Callable

    from guiju.records.gate.mapping import Mapping
    from guiju.records.models import ImportBatch

group = typer.Typer(help=_("Imports: list, resume, revert, and what waits in quarantine."), no_args_is_help=True)

Source = Annotated[str, typer.Option(help=_("Where the data comes from, in words."))]
Basis = Annotated[str, typer.Option(help=_("Lawful basis of the batch, such as contract or consent."))]
Purposes = Annotated[list[str], typer.Option("--purpose", help=_("Purpose of the batch; may be given several times."))]
BatchId = Annotated[UUID, typer.Argument(help=_("Id of the import."))]


@speaking
def import_file(
    *,
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, readable=True, help=_("CSV or XLSX file."))],
    basis: Basis,
    purpose: Purposes,
    source: Source,
    mapping: Annotated[Path | None, typer.Option(exists=True, help=_("YAML: what becomes of each column."))] = None,
    drop: Annotated[list[str] | None, typer.Option(help=_("Column to leave out; may be given several times."))] = None,
    unit: Annotated[
        str, typer.Option(help=_("Name of the unit the customers belong to; the first unit if empty."))
    ] = "",
    region: Annotated[str, typer.Option(help=_("Country (two letters) of numbers that name none."))] = "",
    duplicates: Annotated[
        Literal["block", "merge", "create"], typer.Option(help=_("block, merge or create."))
    ] = "block",
    quarantine: Annotated[Path | None, typer.Option(help=_("Write rows that were refused to this CSV file."))] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help=_("Check every row and write nothing."))] = False,
    json: Json = False,
) -> Answer:
    """Import customers from a file through the gate: basis, purpose and source are demanded."""
    with awake():
        from guiju.kit import clock  # noqa: PLC0415 - needs Django
        from guiju.records.gate import actions, running  # noqa: PLC0415
        from guiju.records.gate.mapping import Mapping  # noqa: PLC0415
        from guiju.records.models import Duplicates  # noqa: PLC0415

        by = acting()
        decided = Mapping.from_yaml(mapping.read_text("utf-8")) if mapping else None
        batch = actions.upload(content=file.read_bytes(), filename=file.name, by=by, at=clock.now())
        chosen = _mapping(batch, decided, drop or [])
        actions.declare(
            batch=batch.pk,
            declaration=_declaration(unit, basis, purpose, source),
            mapping=chosen,
            region=region.upper(),
            duplicates=Duplicates(duplicates),
            by=by,
            at=clock.now(),
        )
        begin = actions.check if dry_run else actions.start
        begin(batch=batch.pk, by=by, at=clock.now(), inline=True)
        with _progress(batch.rows or 0) as tell:
            batch = running.run(batch.pk, by=by, tell=tell)
        if quarantine and batch.quarantined:
            _write_quarantine(batch.pk, quarantine)
    return _told(batch)


def _mapping(batch: "ImportBatch", decided: "Mapping | None", drop: list[str]) -> "Mapping":
    from guiju.records.gate.mapping import Mapping  # noqa: PLC0415 - needs Django
    from guiju.records.gate.targets import DROP  # noqa: PLC0415

    columns = batch.report["columns"]
    chosen = decided.bound(columns) if decided else Mapping.from_json(batch.mapping)
    paths = {one.column: DROP if one.column in drop else one.path for one in chosen.assignments}
    return Mapping.of(paths)


def _declaration(unit: str, basis: str, purposes: list[str], source: str) -> Any:
    from guiju.access.models import Unit  # noqa: PLC0415 - needs Django
    from guiju.config.staffing import find_unit  # noqa: PLC0415
    from guiju.records.declaring import Declaration  # noqa: PLC0415

    found = find_unit(unit) if unit else Unit.objects.filter(parent=None).order_by("pk").first()
    return Declaration(unit_id=found.pk if found else 0, basis=basis, purposes=tuple(purposes), source=source)


@contextmanager
def _progress(total: int) -> "Iterator[Callable[[ImportBatch], None]]":
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=messages(), transient=True) as progress:
        task = progress.add_task(_("Rows"), total=total or None)
        yield lambda batch: progress.update(task, completed=batch.rows_done)


def _told(batch: "ImportBatch") -> Answer:
    check = batch.report.get("check", {})
    data = {
        "import": batch.pk,
        "state": batch.state,
        "rows": batch.rows,
        "created": batch.created,
        "merged": batch.merged,
        "related": batch.related,
        "duplicates": check.get("duplicates", batch.duplicate_rows),
        "quarantined": check.get("quarantined", batch.quarantined),
        "flaws": batch.report.get("flaws", []),
        "failure": batch.report.get("failure"),
    }
    lines = [
        _("Import {id}: {state}").format(id=batch.pk, state=batch.get_state_display()),
        _(
            "{rows} rows, {created} records created, {merged} merged, {related} related, {quarantined} quarantined"
        ).format(**data),
    ]
    return Answer(data, lines, good=batch.state not in ("failed", "cancelled"))


def _write_quarantine(batch: UUID, path: Path) -> None:
    from guiju.kit import clock  # noqa: PLC0415 - needs Django
    from guiju.records.gate import actions, refused  # noqa: PLC0415

    actions.take_quarantine(batch=batch, by=acting(), at=clock.now())
    with private(path) as file:
        count = refused.write(batch, file)
    say(_("{count} refused rows are in {path}.").format(count=count, path=path))


@group.command("list")
@speaking
def listing(*, json: Json = False) -> Answer:
    """Show the last imports."""
    with awake():
        from guiju.records.gate import queries  # noqa: PLC0415 - needs Django

        batches = queries.recent(actor=acting())
        told = [_told(batch) for batch in batches]
    return Answer({"imports": [one.data for one in told]}, [line for one in told for line in one.lines])


@group.command("resume")
@speaking
def resume(*, batch: BatchId, json: Json = False) -> Answer:
    """Go on with an import that was interrupted."""
    return _again("resume", batch)


@group.command("revert")
@speaking
def revert(*, batch: BatchId, json: Json = False) -> Answer:
    """Take an import back: untouched records go with their keys, merged fields are emptied again."""
    return _again("revert", batch)


def _again(verb: str, batch: UUID) -> Answer:
    with awake():
        from guiju.kit import clock  # noqa: PLC0415 - needs Django
        from guiju.records.gate import actions, running  # noqa: PLC0415

        by = acting()
        record = getattr(actions, verb)(batch=batch, by=by, at=clock.now(), inline=True)
        with _progress(record.rows or 0) as tell:
            return _told(running.run(batch, by=by, tell=tell))


@group.command("quarantine")
@speaking
def quarantine(
    *, batch: BatchId, file: Annotated[Path, typer.Argument(help=_("CSV file to write."))], json: Json = False
) -> Answer:
    """Write the refused rows of an import to a file, each with what is wrong and how to mend it."""
    with awake():
        _write_quarantine(batch, file)
    return Answer({"file": file})
