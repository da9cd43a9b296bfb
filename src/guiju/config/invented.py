"""Invents the customers of the demo organisation out of word lists: the same ones every time."""

import csv
import io
import random
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

DOMAIN = "guiju.localhost"
TAG = "demo"
ORGANISATIONS, PEOPLE = 12, 6

ORGANISATION = {
    "Number": "reference",
    "Company": "organisation.name",
    "Street": "organisation.addresses[label=work].line",
    "City": "organisation.addresses[label=work].city",
    "Country": "organisation.addresses[label=work].country",
    "Contact": "contact.name",
    "Title": "contact.job-title",
    "Mobile": "contact.phones[label=mobile]",
    "Email": "contact.emails[label=work]",
    "Owner": "owner",
    "Tags": "tags",
}
PERSON = {
    "Number": "reference",
    "Name": "person.name",
    "City": "person.addresses[label=home].city",
    "Country": "person.addresses[label=home].country",
    "Mobile": "person.phones[label=mobile]",
    "Email": "person.emails[label=home]",
    "Unit": "unit",
    "Owner": "owner",
    "Tags": "tags",
}


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """One file to import: what its columns are, in which unit it belongs, and its rows."""

    name: str
    unit: str
    mapping: dict[str, str]
    rows: list[dict[str, str]]

    @property
    def content(self) -> bytes:
        """Return the rows as CSV."""
        file = io.StringIO(newline="")
        writer = csv.DictWriter(file, list(self.mapping))
        writer.writeheader()
        writer.writerows(self.rows)
        return file.getvalue().encode()


@cache
def words() -> Any:
    """Return the word lists, the units and the people."""
    return yaml.safe_load((files("guiju.config") / "demo.yaml").read_text("utf-8"))


def email(local: str) -> str:
    """Return the sign-in address of a demo person."""
    return f"{local}@{DOMAIN}"


def sheets() -> list[Sheet]:
    """Return the files of the demo organisation: organisations of each unit with their contacts, and people."""
    made = [
        Sheet(name=f"guiju-demo-{words()[language]['unit']}.csv", unit=words()[language]["unit"], mapping=ORGANISATION,
              rows=list(_organisations(language)))
        for language in ("zh", "en")
    ]  # fmt: skip
    people = [row for language in ("zh", "en") for row in _people(language)]
    return [*made, Sheet(name="guiju-demo-people.csv", unit="demo", mapping=PERSON, rows=people)]


def _organisations(language: str) -> Iterator[dict[str, str]]:
    said, chance = words()[language], random.Random(f"guiju demo {language}")  # noqa: S311 - nothing secret
    names = _names(language)
    for number in range(ORGANISATIONS):
        street = said["street"].format(street=chance.choice(said["streets"]), number=chance.randint(1, 99))
        trade = said["trades"][number % len(said["trades"])]
        company = said["organisation"].format(brand=said["brands"][number], trade=trade)
        yield _shared(said, number) | {
            "Company": company,
            "Street": street,
            "Contact": names[number],
            "Title": chance.choice(said["titles"]),
        }


def _people(language: str) -> Iterator[dict[str, str]]:
    said, names = words()[language], _names(language)
    units = {unit["key"]: unit["name"] for unit in words()["units"]}
    for number in range(ORGANISATIONS, ORGANISATIONS + PEOPLE):
        yield _shared(said, number) | {"Name": names[number], "Unit": units[said["unit"]]}


def _names(language: str) -> list[str]:
    said, chance = words()[language], random.Random(f"guiju demo names {language}")  # noqa: S311 - nothing secret
    pairs = [(family, given) for family in said["family"] for given in said["given"]]
    chosen = chance.sample(pairs, ORGANISATIONS + PEOPLE)
    return [said["name"].format(family=family, given=given) for family, given in chosen]


def _shared(said: dict[str, Any], number: int) -> dict[str, str]:
    mark = f"{said['unit']}-{number + 1:02d}"
    return {
        "Number": f"DEMO-{mark.upper()}",
        "City": said["cities"][number % len(said["cities"])],
        "Country": said["country"],
        "Mobile": said["phone"].format(number=101 + number),
        "Email": f"demo-{mark}@example.com",
        "Owner": email(said["owner"]),
        "Tags": TAG,
    }
