"""The values of a customer as JSON: one schema made of the collection standard, read by the same rules as forms."""

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Annotated, Any, Literal

from django.utils.translation import gettext_lazy as _
from pydantic import BaseModel, Field, create_model

from guiju.access.shapes import OneOf, Strict
from guiju.kit.errors import Invalid, Problem
from guiju.records import drafting, standard
from guiju.records.filing import Values
from guiju.records.standard import FieldSpec, Kind
from guiju.records.values.field_values import MOST_ITEMS
from guiju.records.values.masks import HIDDEN

LONGEST = 400
FREE_TEXT = ("text", "long-text")

Text = Annotated[str, Field(max_length=LONGEST)]
Region = Annotated[str, Field(pattern=r"^[A-Z]{2}$", description="Two letters, ISO 3166-1.")]


class PersonName(Strict):
    """A person's name in its parts; ``full`` and ``order`` come with answers and are made of the parts."""

    family: Text = ""
    given: Text = ""
    full: Text = ""
    order: Literal["family-first", "given-first"] = "given-first"


class _Point(Strict):
    primary: bool = Field(default=False, description="The one to use first.")
    opt_out: bool = Field(default=False, description="Kept, but not to be used.")


class _Phone(_Point):
    number: Text = Field(description="E.164, or as people write it.")
    ext: Text = ""
    country: Text = ""
    valid: bool = Field(default=True, description="Comes with answers: whether its country has such a number.")


class _Email(_Point):
    address: Text


class _Address(_Point):
    lines: list[Text] = Field(default=[], max_length=8)
    district: Text = ""
    city: Text = ""
    region: Text = ""
    postal_code: Text = ""
    country: Text = ""


_POINTS = {"phone": _Phone, "email": _Email, "address": _Address}


def _point(spec: FieldSpec) -> Any:
    label: Any = (Annotated[str, OneOf(choice.code for choice in spec.point_labels)] | None, None)
    base: Any = _POINTS[spec.type]
    about = f"One item of the field {spec.key}."
    return create_model(f"{spec.type.title()}Point", __base__=base, __doc__=about, label=label)


def _type_of(spec: FieldSpec) -> Any:
    if spec.type in _POINTS:
        item: Any = Text | _point(spec)
        return Annotated[list[item], Field(max_length=MOST_ITEMS)]
    if spec.type == "choice":
        return Annotated[str, OneOf(choice.code for choice in spec.choices)]
    if spec.type == "name-person":
        return Text | PersonName
    if spec.type == "tags":
        return Annotated[list[Annotated[str, Field(max_length=60)]], Field(max_length=40)]
    return Annotated[str, Field(max_length=spec.max_length if spec.type in FREE_TEXT else LONGEST)]


@cache
def schema() -> type[BaseModel]:
    """Return the schema of the values that the standard allows; null removes a value."""
    fields: dict[str, Any] = {}
    for spec in standard.load().entries:
        kinds = ", ".join(spec.kinds)
        about = f"{spec.label.en} ({kinds}; {spec.field_class.value}). {spec.help.en}"
        told = Field(default=None, alias=spec.key, description=about)
        fields[spec.key.replace("-", "_")] = (_type_of(spec) | None, told)
    about = "Values by the fields of the collection standard."
    made: type[BaseModel] = create_model("Values", __base__=Strict, __doc__=about, **fields)
    return made


def read(
    given: BaseModel, *, kind: Kind, region: str = "", removing: bool = False
) -> tuple[Values, list[Problem], list[Problem]]:
    """Return canonical values, what is wrong with them, and what to look at."""
    raw = given.model_dump(by_alias=True, exclude_unset=True)
    problems = list(_masked(raw))
    if problems:
        return {}, problems, []
    drawn = drafting.draft(kind, raw, standard.load(), region, removing=removing)
    here = [_at_values(one) for one in drawn.problems]
    return drawn.values, here, [_at_values(one) for one in drawn.warnings]


def demand(problems: list[Problem]) -> None:
    """Raise Invalid where there are problems."""
    if problems:
        raise Invalid(problems=problems)


def _at_values(one: Problem) -> Problem:
    return Problem(field=f"values.{one.field}", rule=one.rule, message=one.message, remedy=one.remedy)


def _masked(raw: Mapping[str, Any]) -> Iterator[Problem]:
    """Find masks that a program read and sends back: they must never be taken for values."""
    rules = standard.load()
    for key, value in raw.items():
        if rules.field(key).mask != "none" and any(HIDDEN in text for text in _texts(value)):
            yield Problem(
                field=f"values.{key}",
                rule="masked",
                message=_("This is the mask of a value, not a value."),
                remedy=_("Leave the field out to keep what it holds."),
            )


def _texts(value: Any) -> Iterator[str]:
    match value:
        case str():
            yield value
        case Mapping():
            for part in value.values():
                yield from _texts(part)
        case list():
            for part in value:
                yield from _texts(part)
