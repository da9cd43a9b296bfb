"""Turns what people and programs send into canonical values, by the standard; forms and the API share it.

A field comes as text; one that holds several comes as a list of texts or of objects (``value`` or the parts of the
value, ``label``, ``primary``, ``opt_out``); a person's name may come as ``family`` and ``given``. Nothing raises, and
no problem repeats what was typed.
"""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from django.utils.translation import gettext_lazy as _

from guiju.kit.errors import Problem
from guiju.records.filing import Values
from guiju.records.standard import FieldSpec, Kind, Standard
from guiju.records.values import addresses, field_values, names
from guiju.records.values.base import Outcome
from guiju.records.values.rules import problem

INNER = ("value", "number", "address")
ADDRESS_PARTS = {
    "line": ("line", "lines", "value"),
    "district": ("district",),
    "city": ("city",),
    "region": ("region",),
    "postal-code": ("postal-code", "postal_code"),
    "country": ("country",),
}
type Raw = str | int | float | Mapping[str, Any] | Sequence[Any] | None


class Draft(NamedTuple):
    """Canonical values by field key, what is wrong, and what to look at; a problem of an item is at ``phones.1``."""

    values: Values
    problems: list[Problem]
    warnings: list[Problem]


def draft(
    kind: Kind, raw: Mapping[str, Raw], standard: Standard, region: str = "", *, removing: bool = False
) -> Draft:
    """Read ``raw`` by the standard. Empty fields are left out, or where ``removing``, stand as None.

    ``region`` (two letters) is the country of telephone numbers without a country code.
    """
    drawn = Draft({}, [], [])
    allowed = {spec.key: spec for spec in standard.fields_of(kind)}
    for key, given in raw.items():
        spec = allowed.get(key)
        if spec is None:
            drawn.problems.append(_unknown(key))
            continue
        before = len(drawn.problems)
        value = _several(spec, given, region, drawn) if spec.multi else _one(spec, given, region, drawn)
        if value is not None or (removing and len(drawn.problems) == before):
            drawn.values[key] = value
    _derive(allowed, raw, drawn, removing=removing)
    return drawn


def _unknown(key: str) -> Problem:
    return Problem(
        field=key,
        rule="collection-standard",
        message=_("The collection standard has no such field for this kind of customer."),
        remedy=_("Leave it out, or have the standard extended first."),
    )


def _misshapen(field: str) -> Problem:
    return Problem(
        field=field,
        rule="shape",
        message=_("This value does not have the shape of the field."),
        remedy=_("Send text, or the parts that the field is made of."),
    )


def _one(spec: FieldSpec, given: Raw, region: str, drawn: Draft) -> Any:
    if is_empty(given):
        return None
    return _read(spec, given, region, drawn, at=spec.key)


def _several(spec: FieldSpec, given: Raw, region: str, drawn: Draft) -> list[Any] | None:
    alone = isinstance(given, str | int | float | Mapping)
    entries = [given] if alone else list(given or ()) if isinstance(given, Sequence | None) else [given]
    items: list[dict[str, Any]] = []
    known: set[object] = set()
    for index, entry in enumerate(entries):
        if is_empty(entry):
            continue
        place = f"{spec.key}.{index}"
        value = _read(spec, entry, region, drawn, at=place)
        if value is None or _key_of(value) in known:
            continue
        known.add(_key_of(value))
        items.append(value | _point(spec, entry, drawn, at=place))
    if len(items) > field_values.MOST_ITEMS:
        drawn.problems.append(problem("too-many", field=spec.key))
    return _with_one_primary(items) or None


def _key_of(value: Mapping[str, Any]) -> object:
    return tuple((name, str(part)) for name, part in sorted(value.items()))


def _with_one_primary(items: list[dict[str, Any]]) -> list[dict[str, Any]]:
    first = next((item for item in items if item.get("primary")), items[0] if items else None)
    return [
        {name: part for name, part in item.items() if name != "primary"} | ({"primary": True} if item is first else {})
        for item in items
    ]


def _point(spec: FieldSpec, entry: Raw, drawn: Draft, *, at: str) -> dict[str, Any]:
    if not isinstance(entry, Mapping):
        return {}
    found: dict[str, Any] = {}
    label = str(entry.get("label") or "")
    if label and label not in {choice.code for choice in spec.point_labels}:
        drawn.problems.append(problem("choice-unknown", field=at))
    elif label:
        found["label"] = label
    return found | {mark: True for mark in ("primary", "opt_out") if entry.get(mark)}


def is_empty(given: Raw) -> bool:
    """Say whether nothing was sent: no text, or an object none of whose parts has any, whatever its marks are."""
    match given:
        case None:
            return True
        case str():
            return not given.strip()
        case Mapping():
            marks = ("label", "primary", "opt_out", "valid", "order")
            return all(is_empty(part) for name, part in given.items() if name not in marks)
        case Sequence():
            return all(is_empty(part) for part in given)
    return False


def _read(spec: FieldSpec, given: Raw, region: str, drawn: Draft, *, at: str) -> Any:
    outcome = _outcome(spec, given, region)
    if outcome is None:
        drawn.problems.append(_misshapen(at))
        return None
    if isinstance(outcome, Problem):
        drawn.problems.append(problem(outcome.rule, field=at))
        return None
    drawn.warnings.extend(problem(one.rule, field=at) for one in outcome.warnings)
    return outcome.value


def _outcome(spec: FieldSpec, given: Raw, region: str) -> Outcome | None:
    if isinstance(given, str | int | float) and not isinstance(given, bool):
        return field_values.parse(spec, str(given), region=region)
    if isinstance(given, Mapping):
        return _of_parts(spec, given, region)
    if spec.type == "tags" and isinstance(given, Sequence) and all(isinstance(tag, str) for tag in given):
        return field_values.parse(spec, "\n".join(given), region=region)
    return None


def _of_parts(spec: FieldSpec, given: Mapping[str, Any], region: str) -> Outcome | None:
    if spec.type == "address":
        return addresses.build({part: _texts(given, inner) for part, inner in ADDRESS_PARTS.items()})
    if spec.type == "name-person" and not is_empty({"family": given.get("family"), "given": given.get("given")}):
        return names.build_person(
            family=str(given.get("family") or ""), given=str(given.get("given") or ""), region=region
        )
    for inner in (*INNER, "full"):
        if isinstance(given.get(inner), str) and given[inner].strip():
            extension = f" ext. {given['ext']}" if inner == "number" and given.get("ext") else ""
            return field_values.parse(spec, given[inner] + extension, region=region)
    return None


def _texts(given: Mapping[str, Any], inner: tuple[str, ...]) -> list[str]:
    found: list[str] = []
    for name in inner:
        part = given.get(name) or []
        found += [part] if isinstance(part, str) else [str(text) for text in part if isinstance(part, Sequence)]
    return [text for text in found if text.strip()]


def _derive(allowed: Mapping[str, FieldSpec], raw: Mapping[str, Raw], drawn: Draft, *, removing: bool) -> None:
    """Make the readings of Chinese names that were sent without one."""
    for spec in allowed.values():
        source = drawn.values.get(spec.derived_from) if spec.derived_from else None
        if source is None or spec.type != "pinyin" or not is_empty(raw.get(spec.key)):
            continue
        reading = names.pinyin_of(source)
        if reading or removing:
            drawn.values[spec.key] = reading or None
