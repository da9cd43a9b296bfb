"""Operations on the rules that customer data is kept by: the collection standard."""

from typing import Literal

from pydantic import BaseModel

from guiju.access.calls import Call, operation
from guiju.access.permissions import Permission
from guiju.access.shapes import WordsOut
from guiju.records import standard
from guiju.records.api.router import rules
from guiju.records.standard import FieldSpec


class ChoiceOut(BaseModel):
    """One allowed code."""

    code: str
    label: WordsOut


class FieldRule(BaseModel):
    """What the standard says of one field."""

    key: str
    label: WordsOut
    help: WordsOut
    kinds: list[Literal["person", "organisation"]]
    type: str
    field_class: Literal["public", "internal", "personal", "sensitive"]
    purposes: list[str]
    retention: str
    mask: str
    searchable: bool
    required: bool
    unique: bool
    multi: bool
    choices: list[ChoiceOut]
    labels: list[ChoiceOut]


class RetentionRule(BaseModel):
    """Values that are destroyed together."""

    code: str
    title: WordsOut
    says: WordsOut


class StandardOut(BaseModel):
    """The collection standard in force."""

    template: str
    version: str
    sha256: str
    title: WordsOut
    fields: list[FieldRule]
    retention: list[RetentionRule]


@operation(
    rules,
    "GET",
    "/standard",
    needs=Permission.STANDARD_READ,
    name="readStandard",
    summary="Read the collection standard",
    answers={200: StandardOut},
)
def read_standard(request: Call) -> StandardOut:
    """Read which values may be kept of a customer, for which purposes, and how each is protected."""
    found = standard.load()
    return StandardOut(
        template=found.template,
        version=found.version,
        sha256=found.content_hash,
        title=WordsOut.of(found.title),
        fields=[_rule(spec) for spec in found.entries],
        retention=[
            RetentionRule(code=one.code, title=WordsOut.of(one.title), says=WordsOut.of(one.says))
            for one in found.retention
        ],
    )


def _rule(spec: FieldSpec) -> FieldRule:
    return FieldRule(
        key=spec.key,
        label=WordsOut.of(spec.label),
        help=WordsOut.of(spec.help),
        kinds=[kind.value for kind in spec.kinds],
        type=spec.type,
        field_class=spec.field_class.value,
        purposes=list(spec.purposes),
        retention=spec.retention,
        mask=spec.mask,
        searchable=spec.searchable is not None,
        required=spec.required,
        unique=spec.unique,
        multi=spec.multi,
        choices=[ChoiceOut(code=one.code, label=WordsOut.of(one.label)) for one in spec.choices],
        labels=[ChoiceOut(code=one.code, label=WordsOut.of(one.label)) for one in spec.point_labels],
    )
