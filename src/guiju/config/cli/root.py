"""The ``guiju`` command and its groups; each command wakes Django only when it needs it."""

import sys
from typing import Any

import typer
from typer.core import TyperGroup
from typer.exceptions import TyperException

from guiju.config.cli import demo, doctor, exporting, importing, ledger, migrate, person, serving, token, up, welcome
from guiju.config.cli.output import tell_refusal
from guiju.config.words import _
from guiju.kit.errors import Refused


class WrongUsage(Refused):
    """There is no such command or option, or something is missing."""

    code = "wrong-usage"
    remedy = _("Add --help to see how the command is used.")


class Guiju(TyperGroup):
    """The commands; wrong usage too is one JSON document where ``--json`` asks for that."""

    def main(self, *args: Any, **options: Any) -> Any:
        """Run a command and leave with its exit code."""
        given = args[0] if args else options.get("args")
        if "--json" not in (sys.argv[1:] if given is None else given):
            _name_panels()
            return super().main(*args, **options)
        try:
            code = super().main(*args, **{**options, "standalone_mode": False})
        except TyperException as wrong:
            tell_refusal(WrongUsage(wrong.format_message()), as_json=True)
            code = wrong.exit_code
        return sys.exit(code or 0)


def _name_panels() -> None:
    """Name the boxes of help and errors in the operator's language."""
    from typer import rich_utils  # noqa: PLC0415 - slow to import, and no command that answers in JSON draws boxes

    rich_utils.ARGUMENTS_PANEL_TITLE = _("Arguments")
    rich_utils.OPTIONS_PANEL_TITLE = _("Options")
    rich_utils.COMMANDS_PANEL_TITLE = _("Commands")
    rich_utils.ERRORS_PANEL_TITLE = _("Error")


app = typer.Typer(
    name="guiju",
    cls=Guiju,
    help=_("Guiju 规矩: the customer system of record that can prove what it does."),
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
app.command("up")(up.up)
app.command("web")(serving.web)
app.command("worker")(serving.worker)
app.command("sequencer")(serving.sequencer)
app.command("migrate")(migrate.migrate)
app.command("import")(importing.import_file)
app.command("export")(exporting.export)
app.add_typer(importing.group, name="imports")
app.command("doctor")(doctor.doctor)
app.command("welcome")(welcome.welcome)
app.add_typer(ledger.app, name="ledger")
app.add_typer(person.app, name="person")
app.add_typer(token.app, name="token")
app.add_typer(demo.app, name="demo")


def main() -> None:
    """Run the command line."""
    app()
