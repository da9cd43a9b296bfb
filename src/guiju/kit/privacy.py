"""How a model says which of its fields hold personal data: an inner ``class Personal`` in these few words.

A model without personal data gives the reason::

    class Personal:
        none = "Names of parts of the organisation."

Any other model names each personal field, and in ``plain`` the free text that cannot be one::

    class Personal:
        email = kept(purpose="security", retention="staff", export=Export.CLEAR, erase=Erase.REPLACE)
        plain = ("role",)
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models


class Export(StrEnum):
    """How a field appears in a person's own copy of their data."""

    CLEAR = "clear"
    NEVER = "never"


class Erase(StrEnum):
    """What erasure does to a field."""

    DELETE = "delete"
    REPLACE = "replace"
    SHRED = "shred"
    KEEP = "keep"


@dataclass(frozen=True, kw_only=True)
class Kept:
    """One personal field: its class, why it is held, for how long, and what export and erasure do with it."""

    field_class: str
    purpose: str
    retention: str
    export: Export
    erase: Erase


def kept(*, purpose: str, retention: str, export: Export, erase: Erase, field_class: str = "personal") -> Kept:
    """Declare a personal field."""
    return Kept(field_class=field_class, purpose=purpose, retention=retention, export=export, erase=erase)


FREE_CONTENT = (
    models.CharField,
    models.TextField,
    models.JSONField,
    models.BinaryField,
    models.GenericIPAddressField,
    models.DateField,
    models.FileField,
    ArrayField,
)


def declared(model: type[models.Model]) -> dict[str, Kept]:
    """Return the personal fields of ``model`` by name; empty where it declares none."""
    words = vars(getattr(model, "Personal", object))
    return {name: value for name, value in words.items() if isinstance(value, Kept)}


def problems(model: type[models.Model]) -> list[str]:
    """Return what is missing in the declaration of ``model``, one English sentence each."""
    label = model._meta.label
    if "Personal" not in vars(model):
        return [f"{label} does not declare class Personal."]
    words = vars(model.Personal)  # type: ignore[attr-defined]
    if words.get("none"):
        return [f"{label} says both none and some."] if declared(model) else []
    names = {field.name for field in model._meta.get_fields()}
    said = declared(model).keys() | set(words.get("plain", ()))
    wrong = [f"{label} has no field {name}." for name in sorted(said - names)]
    return wrong + [
        f"{label}.{field.name} can hold personal data and is not classed."
        for field in model._meta.local_fields
        if _free(field) and field.name not in said
    ]


def _free(field: "models.Field[Any, Any]") -> bool:
    return isinstance(field, FREE_CONTENT) and not isinstance(field, models.DateTimeField) and not field.choices
