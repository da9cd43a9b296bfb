"""``guiju ledger``: verify, export and read what was recorded."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from guiju.config.cli.django import awake
from guiju.config.cli.output import Answer, Json, speaking
from guiju.config.words import _
from guiju.kit.errors import NotFound

if TYPE_CHECKING:
    from guiju.ledger.findings import Finding, Report

app = typer.Typer(help=_("Verify, export and read the ledger."), no_args_is_help=True)


@app.command()
@speaking
def verify(
    folder: Annotated[
        Path | None, typer.Argument(help=_("A bundle to check offline; without one the live ledger is checked."))
    ] = None,
    *,
    key: Annotated[
        list[str] | None, typer.Option(help=_("A public key to trust; may be given several times."))
    ] = None,
    checkpoint: Annotated[
        Path | None, typer.Option(help=_("A checkpoint kept elsewhere that the live ledger must continue."))
    ] = None,
    json: Json = False,
) -> Answer:
    """Check every entry, hash and checkpoint, and name the first bad entry. A bundle needs no database."""
    if folder is not None:
        from guiju.ledger.bundle import verify as verify_bundle  # noqa: PLC0415 - only this needs it

        return _told(verify_bundle(folder, vkeys=key or None))
    kept = _read(checkpoint) if checkpoint else ""
    with awake():
        from guiju.ledger.verify import verify_live  # noqa: PLC0415 - needs Django

        return _told(verify_live(kept=kept, vkeys=key or None))


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise NotFound(_("The checkpoint file {path} cannot be read.").format(path=path)) from error


def _told(report: "Report") -> Answer:
    first = report.first_bad
    rest = [finding for finding in report.findings if finding is not first]
    lines = [_sentence(finding) for finding in ([first] if first else []) + rest]
    if report.found > len(report.findings):
        lines.append(_("… and {count} more.").format(count=report.found - len(report.findings)))
    if report.ok:
        lines = [
            _("Everything is as it was sealed: {size} entries, {pending} waiting for their place.").format(
                size=report.size, pending=report.pending
            )
        ]
    data = {
        "ok": report.ok,
        "origin": report.origin,
        "size": report.size,
        "root": report.root.hex(),
        "pending": report.pending,
        "checkpoints": report.checkpoints,
        "found": report.found,
        "first_bad": _finding(first) if first else None,
        "findings": [_finding(finding) for finding in report.findings],
    }
    return Answer(data, lines, good=report.ok)


def _sentence(finding: "Finding") -> str:
    from guiju.ledger.findings import WORDS  # noqa: PLC0415 - only findings need it

    return _(WORDS[finding.code]) % finding.facts


def _finding(finding: "Finding") -> dict[str, Any]:
    facts = {name: value if isinstance(value, int) else str(value) for name, value in finding.facts.items()}
    return {"code": finding.code, "sentence": _sentence(finding), **facts}


@app.command()
@speaking
def export(
    folder: Annotated[Path, typer.Argument(help=_("An empty folder, or one with an earlier bundle."))],
    *,
    json: Json = False,
) -> Answer:
    """Write the sealed ledger as a bundle of files that anybody can check offline."""
    with awake():
        from guiju.ledger.exporting import export as write  # noqa: PLC0415 - needs Django

        written = write(folder)
    return Answer(
        {"folder": folder, "size": written.size, "checkpoint": written.note},
        [_("{size} entries are in {folder}.").format(size=written.size, folder=folder)],
    )


@app.command()
@speaking
def show(
    entry: Annotated[int, typer.Argument(help=_("The number of the entry."))],
    *,
    proof: Annotated[
        bool, typer.Option("--proof", help=_("Print the proof that the entry is in the ledger."))
    ] = False,
    json: Json = False,
) -> Answer:
    """Show an entry as a sentence, with its place in the tree."""
    with awake():
        from guiju.ledger import queries, sentences  # noqa: PLC0415 - needs Django

        found = queries.entry(entry)
        if found is None:
            raise NotFound(_("There is no entry {entry}.").format(entry=entry))
        place, evidence = queries.position(found), queries.proof(found)
        data = {
            "id": found.id,
            "at": found.at,
            "kind": found.kind,
            "actor": found.actor,
            "subjects": [str(subject) for subject in found.subjects],
            "purpose": found.purpose,
            "outcome": found.outcome,
            "payload": sentences.facts(found),
            "sentence": sentences.sentence(found),
            "index": place.index if place else None,
            "proof": evidence.text if evidence else None,
        }
    if proof:
        if evidence is None:
            raise NotFound(_("Entry {entry} waits for its place; there is no proof yet.").format(entry=entry))
        return Answer(data, evidence.text.splitlines())
    lines = [f"{data['at']:%Y-%m-%d %H:%M:%S} UTC  {data['sentence']}", f"{found.kind}  {found.actor}"]
    lines.append(
        _("Place {index} in the tree.").format(index=place.index) if place else _("Waiting for its place in the tree.")
    )
    return Answer(data, lines)
