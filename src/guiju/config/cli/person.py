"""``guiju person``: the people who work with Guiju."""

from typing import Annotated

import typer

from guiju.config.cli.django import awake
from guiju.config.cli.output import Answer, Json, speaking
from guiju.config.cli.running import address
from guiju.config.environment import current
from guiju.config.words import _

app = typer.Typer(help=_("Add the people who work with Guiju and let them in."), no_args_is_help=True)


@app.command()
@speaking
def add(
    email: Annotated[str, typer.Argument(help=_("E-mail address, with which the person signs in."))],
    *,
    role: Annotated[str, typer.Option(help=_("Code of the role, such as sales or compliance-officer."))],
    unit: Annotated[str, typer.Option(help=_("Name of the unit, or its path such as “Head office/Sales”."))],
    name: Annotated[str, typer.Option(help=_("Name of the person; the part before the @ without it."))] = "",
    json: Json = False,
) -> Answer:
    """Add a person with a role in a unit and print a one-time sign-in link."""
    with awake():
        from guiju.config import staffing  # noqa: PLC0415 - needs Django

        person, path = staffing.add(email=email, name=name, role=role, unit=unit)
        data = {"person": person.pk, "email": person.email, "role": role, "unit": person.unit_id}
    link = f"{address(current())}{path}"
    return Answer({**data, "link": link}, [link])


@app.command()
@speaking
def link(
    email: Annotated[str, typer.Argument(help=_("E-mail address of the person."))], *, json: Json = False
) -> Answer:
    """Print a new one-time sign-in link for a person."""
    with awake():
        from guiju.config import staffing  # noqa: PLC0415 - needs Django

        path = staffing.link(email=email)
    opens = f"{address(current())}{path}"
    return Answer({"email": email, "link": opens}, [opens])


@app.command()
@speaking
def reset(
    email: Annotated[str, typer.Argument(help=_("E-mail address of the person."))], *, json: Json = False
) -> Answer:
    """Remove all second factors of a person who lost them; it takes two administrators in the browser."""
    with awake():
        from guiju.config import staffing  # noqa: PLC0415 - needs Django

        person = staffing.reset(email=email)
        data = {"person": person.pk, "email": person.email}
    return Answer(data, [_("The second factors are removed; the person sets up new ones at the next sign-in.")])


@app.command()
@speaking
def grant(
    email: Annotated[str, typer.Argument(help=_("E-mail address of the person."))],
    *,
    role: Annotated[str, typer.Option(help=_("Code of the role, such as sales or security-admin."))],
    unit: Annotated[str, typer.Option(help=_("Name of the unit, or its path such as “Head office/Sales”."))],
    json: Json = False,
) -> Answer:
    """Give a person a role, also one over people, which takes two administrators in the browser."""
    with awake():
        from guiju.config import staffing  # noqa: PLC0415 - needs Django

        given = staffing.grant(email=email, role=role, unit=unit)
        data = {"grant": given.pk, "person": given.person_id, "role": given.role, "unit": given.unit_id}
    return Answer(data, [_("The role is granted.")])
