"""``guiju token``: access for programs."""

from typing import Annotated

import typer

from guiju.config.cli.django import awake
from guiju.config.cli.output import Answer, Json, speaking
from guiju.config.words import _

app = typer.Typer(help=_("Give programs access."), no_args_is_help=True)


@app.command()
@speaking
def create(
    *,
    person: Annotated[str, typer.Option(help=_("E-mail address of the person the program acts for."))],
    purpose: Annotated[list[str], typer.Option(help=_("A purpose it may work under; may be given several times."))],
    name: Annotated[str, typer.Option(help=_("What the token is for."))] = "guiju token create",
    days: Annotated[int, typer.Option(min=1, max=365, help=_("After how many days it expires."))] = 90,
    json: Json = False,
) -> Answer:
    """Make a token; its secret is printed once and kept nowhere."""
    with awake():
        from guiju.config import staffing  # noqa: PLC0415 - needs Django

        token, raw = staffing.token(email=person, purposes=purpose, name=name, days=days)
        data = {"id": token.pk, "token": raw, "purposes": token.purposes, "expires_at": token.expires_at}
    return Answer(data, [raw])
