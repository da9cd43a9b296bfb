"""``guiju demo``: the labelled demo organisation comes and goes."""

from dataclasses import asdict

import typer

from guiju.config.cli.django import awake
from guiju.config.cli.operator import acting
from guiju.config.cli.output import Answer, Json, speaking
from guiju.config.words import _

app = typer.Typer(help=_("Load or drop the labelled demo organisation."), no_args_is_help=True)


@app.command()
@speaking
def load(*, json: Json = False) -> Answer:
    """Bring demo units, people without passwords, and about sixty invented customers; twice brings nothing more."""
    with awake():
        from guiju.config import demo  # noqa: PLC0415 - needs Django

        told = demo.load(by=acting())
    line = _("{people} demo people and {customers} demo customers are here, with {notes} notes.")
    return Answer(asdict(told), [line.format(**asdict(told)), _("Let somebody in with “guiju person link EMAIL”.")])


@app.command()
@speaking
def drop(*, json: Json = False) -> Answer:
    """Take the demo customers out again with their keys, and close the demo accounts."""
    with awake():
        from guiju.config import demo  # noqa: PLC0415 - needs Django

        told = demo.drop(by=acting())
    line = _("{customers} demo customers are gone and {people} demo accounts are closed.")
    return Answer(asdict(told), [line.format(**asdict(told))])
