"""Checks one row against mapping and standard: a pure function, fast, at home in any process."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from guiju.kit.errors import Problem
from guiju.records.gate import planning
from guiju.records.gate.limits import FORMULA
from guiju.records.gate.mapping import Mapping
from guiju.records.gate.planning import Gathering, PartyPlan, Plan, Step
from guiju.records.standard import Standard
from guiju.records.values import addresses, countries, names
from guiju.records.values.base import PLACEHOLDERS, Outcome, Parsed
from guiju.records.values.field_values import MOST_ITEMS
from guiju.records.values.rules import problem
from guiju.records.values.texts import parse_yes_no

LONGEST_PLACEHOLDER = 9
SPREADSHEET_ERRORS = frozenset({"#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NUM!", "#NULL!", "#SPILL!", "#CALC!"})
MOST_PLANS = 8

_BETWEEN = {"phone": re.compile(r"[;；、，\n|]|,(?=[^,]{6})|\s/\s"), "email": re.compile(r"[;；、，,\n|]|\s(?=\S+@)")}


class Tie(NamedTuple):
    """A relationship between two parties of a row, by their positions: the first is the ``kind`` of the second."""

    subject: int
    related: int
    kind: str


@dataclass(slots=True)
class Draft:
    """One customer as the row describes it: values by field key, envelope columns by key."""

    kind: str
    values: dict[str, Any] = field(default_factory=dict)
    envelope: dict[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class CheckedRow:
    """What a row holds; where ``problems`` is not empty it must not be taken in. Problems name paths, not columns."""

    parties: list[Draft] = field(default_factory=list)
    relationships: list[Tie] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    warnings: list[Problem] = field(default_factory=list)


_plans: dict[tuple[int, int], tuple[Mapping, Standard, Plan]] = {}


def check_row(cells: Sequence[str], mapping: Mapping, standard: Standard, region: str = "") -> CheckedRow:
    """Check the cells of one row; ``region`` is the country where the row names none.

    ``mapping`` must be free of problems for the file and the standard.
    """
    return _check(cells, _plan(mapping, standard), region)


def _plan(mapping: Mapping, standard: Standard) -> Plan:
    key = (id(mapping), id(standard))
    held = _plans.get(key)
    if held is None:
        if len(_plans) >= MOST_PLANS:
            _plans.clear()
        # The objects are held beside the plan, so that their ids cannot be given to others.
        held = _plans[key] = (mapping, standard, planning.make(mapping, standard))
    return held[2]


def _check(cells: Sequence[str], plan: Plan, region: str) -> CheckedRow:
    row = CheckedRow()
    if len(cells) > plan.width:
        row.problems.append(problem("surplus-cells"))
        return row
    filled = _filled(cells, plan, row)
    here = _country(plan.parties[0], filled) or region
    for index, party in enumerate(plan.parties):
        if index and not any(filled[place] for place in party.places):
            continue
        draft = _draft(party, filled, _country(party, filled) or here, row)
        row.parties.append(draft)
        if index:
            person, organisation = (1, 0) if plan.tie == planning.CONTACT_TIE else (0, 1)
            row.relationships.append(Tie(person, organisation, plan.tie))
    return row


def _filled(cells: Sequence[str], plan: Plan, row: CheckedRow) -> list[str]:
    """Return the cells with blanks and signs for nothing made empty; spreadsheet errors become problems."""
    filled = ["" if not cell or cell.isspace() else cell for cell in cells]
    filled += [""] * (plan.width - len(filled))
    for place, cell in enumerate(filled):
        if cell and len(cell) <= LONGEST_PLACEHOLDER:
            word = cell.strip()
            if word.casefold() in PLACEHOLDERS:
                row.warnings += [problem("placeholder", field=path) for path in _paths(plan, place)]
                filled[place] = ""
            elif word[0] == "#" and (word in SPREADSHEET_ERRORS or word == FORMULA):
                rule = "formula" if word == FORMULA else "spreadsheet-error"
                row.problems += [problem(rule, field=path) for path in _paths(plan, place)]
                filled[place] = ""
    return filled


def _paths(plan: Plan, place: int) -> Iterator[str]:
    for party in plan.parties:
        steps = (*party.values, *party.points, *party.opt_outs, *party.envelope)
        yield from (step.path for step in steps if step.place == place)
        groups = (*party.names, *party.addresses)
        yield from (group.path for group in groups if any(at == place for _piece, at in group.pieces))


def _country(party: PartyPlan, filled: Sequence[str]) -> str:
    for place in party.countries:
        code = countries.find(filled[place].strip()) if filled[place] else ""
        if code:
            return code
    return ""


def _draft(party: PartyPlan, filled: Sequence[str], region: str, row: CheckedRow) -> Draft:
    draft = Draft(kind=party.kind.value)
    values = draft.values
    for group in party.names:
        _keep(values, group.key, _name(group, filled, region), group.path, row)
    _keep_each(values, party.values, filled, region, row)
    for step in party.points:
        if filled[step.place]:
            _add_points(values, step, filled[step.place], region, row)
    for group in party.addresses:
        _add_address(values, group, filled, row)
    _keep_each(draft.envelope, party.envelope, filled, region, row)
    for step in party.opt_outs:
        if filled[step.place]:
            _opt_out(values, step, filled[step.place], row)
    _derive(party, values)
    _demand(party, values, row)
    return draft


def _keep(into: dict[str, Any], key: str, outcome: Outcome | None, path: str, row: CheckedRow) -> None:
    if isinstance(outcome, Parsed):
        into[key] = outcome.value
        if outcome.warnings:
            row.warnings += [problem(one.rule, field=path) for one in outcome.warnings]
    elif outcome is not None:
        row.problems.append(problem(outcome.rule, field=path))


def _keep_each(
    into: dict[str, Any], steps: Sequence[Step], filled: Sequence[str], region: str, row: CheckedRow
) -> None:
    for step in steps:
        if filled[step.place]:
            _keep(into, step.key, step.parse(filled[step.place], region), step.path, row)


def _name(group: Gathering, filled: Sequence[str], region: str) -> Outcome | None:
    pieces = {piece: filled[place] for piece, place in group.pieces if filled[place]}
    if not pieces:
        return None
    if pieces.get("family") or pieces.get("given"):
        given = " ".join(pieces[piece] for piece in ("given", "middle") if piece in pieces)
        return names.build_person(family=pieces.get("family", ""), given=given, region=region)
    return names.parse_person(pieces.get("") or pieces["middle"], region)


def _add_points(values: dict[str, Any], step: Step, cell: str, region: str, row: CheckedRow) -> None:
    parts = _BETWEEN[step.separable].split(cell) if step.separable else [cell]
    points = values.get(step.key, [])
    for part in parts:
        if not part.strip():
            continue
        taken: dict[str, Any] = {}
        _keep(taken, step.key, step.parse(part, region), step.path, row)
        if taken:
            item = taken[step.key]
            point = {**item, "label": step.label} if step.label else dict(item) if isinstance(item, dict) else item
            if point not in points:
                points.append(point)
    if len(points) > MOST_ITEMS:
        row.problems.append(problem("too-many", field=step.path))
    if points:
        values[step.key] = points


def _add_address(values: dict[str, Any], group: Gathering, filled: Sequence[str], row: CheckedRow) -> None:
    parts: dict[str, list[str]] = {}
    for piece, place in group.pieces:
        if filled[place]:
            parts.setdefault(piece or "line", []).append(filled[place])
    if not parts:
        return
    built: dict[str, Any] = {}
    _keep(built, group.key, addresses.build(parts), group.path, row)
    if built:
        address = {**built[group.key], "label": group.label} if group.label else built[group.key]
        values.setdefault(group.key, []).append(address)


def _opt_out(values: dict[str, Any], step: Step, cell: str, row: CheckedRow) -> None:
    wish = parse_yes_no(cell)
    if wish is None:
        row.problems.append(problem("yes-no", field=step.path))
    elif wish:
        for point in values.get(step.key, []):
            if not step.label or point.get("label") == step.label:
                point["opt_out"] = True


def _derive(party: PartyPlan, values: dict[str, Any]) -> None:
    name = values.get("person-name")
    if party.pinyin and name and party.pinyin not in values:
        reading = names.pinyin_of(name)
        if reading:
            values[party.pinyin] = reading


def _demand(party: PartyPlan, values: dict[str, Any], row: CheckedRow) -> None:
    missing = [key for key in party.required if key not in values]
    if missing and not any(one.field.startswith(party.name_path) for one in row.problems):
        row.problems.append(problem("required", field=party.name_path))
