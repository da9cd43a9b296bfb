"""The collection standard: which values may be kept of a customer, why, how long, and how each is protected."""

import hashlib
import json
from collections.abc import Iterator
from enum import StrEnum
from functools import cache, cached_property
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any, Literal

import yaml
from django.utils.translation import gettext_lazy as _
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from guiju.access.fields import FieldClass, ProtectedField
from guiju.access.purposes import PURPOSES, Words
from guiju.kit.errors import Invalid, Problem

type FieldType = Literal[
    "text",
    "long-text",
    "name-person",
    "name-organisation",
    "pinyin",
    "phone",
    "email",
    "address",
    "identifier",
    "date",
    "number",
    "choice",
    "url",
    "language",
    "country",
    "tags",
]
type Mask = Literal["none", "name", "phone", "email", "id", "address", "date", "text", "all"]
type LookupKind = Literal["phone", "email", "id-number", "name", "pinyin"]
type Scheme = Literal["resident-id", "passport", "uscc", "lei", "vat", "registration"]


class BrokenStandard(Invalid):
    """A collection standard breaks the rules for standards; each problem names the file, the field and the rule."""

    code = "broken-standard"
    message = _("The collection standard has errors and was not loaded.")
    remedy = _("Mend the file and load it again.")


class Kind(StrEnum):
    """What a customer is."""

    PERSON = "person"
    ORGANISATION = "organisation"


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, ignored_types=(cached_property,))


class Choice(_Strict):
    """One allowed value of a choice, or one allowed label of a contact point."""

    code: str = Field(pattern=r"^[a-z][a-z0-9-]*$")
    label: Words


class RetentionClass(_Strict):
    """Values that are kept, and destroyed, together under one key."""

    code: str = Field(pattern=r"^[a-z][a-z0-9-]*$")
    title: Words
    says: Words


class FieldSpec(_Strict):
    """One field. ``part`` is its name inside a mapping path (``person.name``); ``multi`` values are lists."""

    key: str = Field(pattern=r"^[a-z][a-z0-9-]*$")
    part: str = Field(pattern=r"^[a-z][a-z0-9-]*$")
    label: Words
    help: Words
    kinds: tuple[Kind, ...] = Field(min_length=1)
    type: FieldType
    field_class: FieldClass
    purposes: tuple[str, ...] = Field(min_length=1)
    retention: str
    mask: Mask
    searchable: LookupKind | None = None
    unique: bool = False
    required: bool = False
    multi: bool = False
    initial_in_clear: bool = False
    derived_from: str | None = None
    scheme: Scheme | None = None
    choices: tuple[Choice, ...] = ()
    point_labels: tuple[Choice, ...] = ()
    max_length: int = Field(default=400, ge=1, le=20_000)

    __hash__ = object.__hash__
    """A standard is loaded once, so a field is itself only; hashing its content on every look-up would be slow."""

    @cached_property
    def protected(self) -> ProtectedField:
        """Return what the policy must know of this field."""
        return ProtectedField(self.key, self.field_class, frozenset(self.purposes), masked=self.mask != "none")


class EnvelopeField(_Strict):
    """A plain column beside the sealed contents that an import may fill."""

    key: str = Field(pattern=r"^[a-z][a-z0-9-]*$")
    label: Words
    help: Words
    type: FieldType
    field_class: FieldClass
    max_length: int = Field(default=200, ge=1, le=2_000)

    __hash__ = object.__hash__


class Standard(_Strict):
    """A loaded collection standard."""

    template: str
    version: str
    title: Words
    retention: tuple[RetentionClass, ...]
    envelope: tuple[EnvelopeField, ...]
    entries: tuple[FieldSpec, ...] = Field(alias="fields")

    @cached_property
    def fields(self) -> dict[str, FieldSpec]:
        """Return the fields by key, in their order of display."""
        return {spec.key: spec for spec in self.entries}

    @cached_property
    def envelope_fields(self) -> dict[str, EnvelopeField]:
        """Return the envelope columns by key."""
        return {column.key: column for column in self.envelope}

    @cached_property
    def retention_classes(self) -> dict[str, RetentionClass]:
        """Return the retention classes by code."""
        return {entry.code: entry for entry in self.retention}

    @cached_property
    def content_hash(self) -> str:
        """Return the SHA-256 of the standard's content in a canonical form: the same rules give the same hash."""
        content = self.model_dump(mode="json", by_alias=True)
        return hashlib.sha256(json.dumps(content, sort_keys=True, ensure_ascii=False).encode()).hexdigest()

    def field(self, key: str) -> FieldSpec:
        """Return a field; raises KeyError where the standard has none of that key."""
        return self.fields[key]

    def fields_of(self, kind: Kind) -> tuple[FieldSpec, ...]:
        """Return the fields that a customer of this kind may have."""
        return tuple(spec for spec in self.entries if kind in spec.kinds)

    def part(self, kind: Kind, part: str) -> FieldSpec | None:
        """Return the field that a mapping path calls ``part`` for this kind, or None."""
        return self._parts.get((kind, part))

    @cached_property
    def _parts(self) -> dict[tuple[Kind, str], FieldSpec]:
        return {(kind, spec.part): spec for spec in self.entries for kind in spec.kinds}

    def purposes_of(self, key: str) -> frozenset[str]:
        """Return the purposes for which a field is kept."""
        return frozenset(self.fields[key].purposes)

    def protected_fields(self, kind: Kind | None = None) -> tuple[ProtectedField, ...]:
        """Return what the policy must know of every field, or of those of one kind."""
        specs = self.entries if kind is None else self.fields_of(kind)
        return tuple(spec.protected for spec in specs)


@cache
def load(template: str = "general") -> Standard:
    """Return a standard that comes with the product; raises BrokenStandard where its file is wrong."""
    return read(files("guiju.records") / "standards" / f"{template}.yaml")


def read(file: Traversable) -> Standard:
    """Read and check a standard from a YAML file; raises BrokenStandard naming every error."""
    try:
        return parse(yaml.safe_load(file.read_text("utf-8")), name=file.name)
    except yaml.YAMLError as error:
        place = getattr(error, "problem_mark", None)
        line = place.line + 1 if place else 1
        problem = Problem(field=f"{file.name}:{line}", rule="yaml", message=_("This is not well-formed YAML."))
        raise BrokenStandard(problems=[problem]) from error


def parse(content: Any, *, name: str) -> Standard:
    """Check the content of a standard; ``name`` is the file named in errors."""
    try:
        standard = Standard.model_validate(content)
    except ValidationError as error:
        raise BrokenStandard(problems=[_schema_problem(content, one, name) for one in error.errors()]) from error
    broken = [
        Problem(field=f"{name}: {key}", rule=rule, message=RULES[rule])
        for key, rule in (*_double(standard), *_broken_fields(standard))
    ]
    if broken:
        raise BrokenStandard(problems=broken)
    return standard


def _schema_problem(content: Any, error: Any, name: str) -> Problem:
    place = list(error["loc"])
    if len(place) > 1 and place[0] in {"fields", "envelope", "retention"} and isinstance(place[1], int):
        entry = content[place[0]][place[1]]
        named = isinstance(entry, dict) and (entry.get("key") or entry.get("code"))
        place[1] = named or f"#{place[1] + 1}"
        place.pop(0)
    where = ".".join(str(part) for part in place) or "file"
    return Problem(field=f"{name}: {where}", rule=error["type"].replace("_", "-"), message=error["msg"])


RULES = {
    "double-key": _("Two fields have the same key."),
    "double-part": _("Two fields of the same kind have the same name in mappings."),
    "unknown-purpose": _("The field names a purpose that is not in the register of purposes."),
    "unknown-retention-class": _("The field names a retention class that this standard does not have."),
    "public-person": _("No field of a person can be public."),
    "unmasked-sensitive": _("A sensitive field needs a mask."),
    "unique-unsearchable": _("A unique field needs a lookup kind, or two equal values cannot be noticed."),
    "identifier-without-scheme": _("An identifier needs a scheme."),
    "choice-without-choices": _("A choice needs its choices."),
    "derived-from-nothing": _("The field is derived from a field that this standard does not have."),
}


def _double(standard: Standard) -> Iterator[tuple[str, str]]:
    keys: set[str] = set()
    parts: set[tuple[Kind, str]] = set()
    for spec in standard.entries:
        if spec.key in keys or spec.key in standard.envelope_fields:
            yield spec.key, "double-key"
        keys.add(spec.key)
        mine = {(kind, spec.part) for kind in spec.kinds}
        if mine & parts:
            yield spec.key, "double-part"
        parts |= mine


def _broken_fields(standard: Standard) -> Iterator[tuple[str, str]]:
    for spec in standard.entries:
        broken = {
            "unknown-purpose": not set(spec.purposes) <= PURPOSES.keys(),
            "unknown-retention-class": spec.retention not in standard.retention_classes,
            "public-person": spec.field_class is FieldClass.PUBLIC and Kind.PERSON in spec.kinds,
            "unmasked-sensitive": spec.field_class is FieldClass.SENSITIVE and spec.mask == "none",
            "unique-unsearchable": spec.unique and spec.searchable is None,
            "identifier-without-scheme": (spec.type == "identifier") is (spec.scheme is None),
            "choice-without-choices": (spec.type == "choice") is not bool(spec.choices),
            "derived-from-nothing": spec.derived_from is not None and spec.derived_from not in standard.fields,
        }
        yield from ((spec.key, rule) for rule, holds in broken.items() if holds)
