"""``guiju welcome``: founds the organisation on the first run and lets its first administrator in."""

from typing import Annotated

import typer

from guiju.config.cli.django import awake
from guiju.config.cli.output import Answer, Json, speaking
from guiju.config.environment import current
from guiju.config.words import _

FIRST_ADMINISTRATOR = "admin@guiju.localhost"


@speaking
def welcome(
    *,
    email: Annotated[str, typer.Option(help=_("E-mail address of the first administrator."))] = FIRST_ADMINISTRATOR,
    name: Annotated[str, typer.Option(help=_("Name of the organisation."))] = _("My organisation"),
    json: Json = False,
) -> Answer:
    """Found the organisation on the first run, and give its administrator a sign-in link until they have used one."""
    with awake():
        from guiju.access.models import Unit  # noqa: PLC0415 - needs Django
        from guiju.config import founding  # noqa: PLC0415

        founded = not Unit.objects.exists()
        invited, path = founding.welcome(email=email, name=name)
    if not path:
        return Answer({"email": invited, "link": None, "founded": founded}, [_("The organisation is set up.")])
    link = f"{current().address}{path}"
    return Answer({"email": invited, "link": link, "founded": founded}, [invited, link])
