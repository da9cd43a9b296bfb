"""The ``guiju`` command and its groups; each command wakes Django only when it needs it."""

import typer
from typer import rich_utils

from guiju.config.cli import demo, doctor, exporting, importing, ledger, migrate, person, serving, token, up, welcome
from guiju.config.words import _

app = typer.Typer(
    name="guiju",
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
rich_utils.ARGUMENTS_PANEL_TITLE = _("Arguments")
rich_utils.OPTIONS_PANEL_TITLE = _("Options")
rich_utils.COMMANDS_PANEL_TITLE = _("Commands")
rich_utils.ERRORS_PANEL_TITLE = _("Error")


def main() -> None:
    """Run the command line."""
    app()
