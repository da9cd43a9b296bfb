"""``guiju export``: customers through the export gate, from the command line."""

from pathlib import Path
from typing import Annotated

import typer

from guiju.config.cli.django import awake
from guiju.config.cli.files import private
from guiju.config.cli.operator import acting
from guiju.config.cli.output import Answer, Json, say, speaking
from guiju.config.words import _


@speaking
def export(
    *,
    file: Annotated[Path, typer.Argument(dir_okay=False, help=_("File to write; .csv or .xlsx."))],
    purpose: Annotated[str, typer.Option(help=_("Purpose the data leaves for."))],
    column: Annotated[
        list[str] | None, typer.Option(help=_("Field to take along; may be given several times."))
    ] = None,
    kind: Annotated[str, typer.Option(help=_("Only person or organisation."))] = "",
    tag: Annotated[str, typer.Option(help=_("Only customers with this tag."))] = "",
    unit: Annotated[str, typer.Option(help=_("Only customers of this unit."))] = "",
    clear: Annotated[
        bool, typer.Option("--clear", help=_("In clear instead of masked, where the policy allows."))
    ] = False,
    reason: Annotated[str, typer.Option(help=_("Why; needed for sensitive fields in clear."))] = "",
    json: Json = False,
) -> Answer:
    """Export customers: a purpose is demanded, columns follow the policy, every record is on the ledger."""
    with awake():
        from guiju.config.staffing import find_unit  # noqa: PLC0415 - needs Django
        from guiju.kit import clock  # noqa: PLC0415
        from guiju.records.exports import actions, running  # noqa: PLC0415
        from guiju.records.finding import Filters  # noqa: PLC0415
        from guiju.vault import files  # noqa: PLC0415

        by = acting()
        filters = Filters(kind=kind, tag=tag, unit=find_unit(unit).pk if unit else None)
        batch = actions.start(
            format=file.suffix.lstrip(".").lower(),
            columns=column or ["organisation-name", "person-name", "job-title", "phones", "emails", "addresses"],
            filters=filters,
            clear=clear,
            reason=reason,
            purpose=purpose,
            by=by,
            at=clock.now(),
            inline=True,
        )
        batch = running.run(batch.pk, by=by)
        good = batch.state == "done"
        if good:
            actions.take(export=batch.pk, by=by, at=clock.now())
            with files.reader(batch.pk) as sealed, private(file) as target:
                while chunk := sealed.read(1 << 16):
                    target.write(chunk)
            files.delete(batch.pk)
    say(_("{count} records written.").format(count=batch.rows))
    data = {"export": batch.pk, "state": batch.state, "rows": batch.rows, "sha256": batch.sha256, "file": file}
    return Answer(data, [str(file)] if good else [], good=good)
