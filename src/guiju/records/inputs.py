"""The inputs of a customer's fields in a form: what is filled in, what was typed, what is wrong with it.

A masked value is never filled in: an empty input leaves it as it is, and removing it is said explicitly.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.http import QueryDict
from django.utils.translation import get_language

from guiju.access.fields import Visibility
from guiju.kit.errors import Problem, Words
from guiju.kit.ids import parse_number
from guiju.records import choices
from guiju.records.drafting import Raw, is_empty
from guiju.records.showing import Cell
from guiju.records.standard import FieldSpec
from guiju.records.values import field_values
from guiju.records.values.base import Parsed

BLANK_ROWS = 1
MOST_ROWS = 30
ADDRESS = ("lines", "district", "city", "region", "postal_code", "country")
NAME = ("family", "given")
WIDGETS = {
    "name-person": "name",
    "long-text": "lines",
    "date": "text",
    "choice": "choice",
    "country": "choice",
}


@dataclass
class Row:
    """One item of a field that holds several, as it stands in the form."""

    index: int
    raw: dict[str, Any]
    problems: list[Problem] = field(default_factory=list)


@dataclass
class Input:
    """One field in a form. ``typed`` stands in it; ``before`` is what was filled in, None where that is masked."""

    spec: FieldSpec
    typed: Any
    before: Any
    cell: Cell | None = None
    remove: bool = False
    problems: list[Problem] = field(default_factory=list)
    row_problems: dict[int, list[Problem]] = field(default_factory=dict)
    now: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """Return the name of the control."""
        return f"f-{self.spec.key}"

    @property
    def widget(self) -> str:
        """Return which control the template renders."""
        if self.spec.multi:
            return "addresses" if self.spec.type == "address" else "points"
        return WIDGETS.get(self.spec.type, "text")

    @property
    def masked(self) -> tuple[str, ...]:
        """Return the masked value that stands beside the empty input."""
        return self.cell.lines if self.cell is not None and self.before is None else ()

    @property
    def rows(self) -> list[Row]:
        """Return the items with blank ones after them."""
        return [Row(index, raw, self.row_problems.get(index, [])) for index, raw in enumerate(self.typed)]

    @property
    def options(self) -> list[tuple[str, Words]]:
        """Return what there is to choose from."""
        if self.spec.type == "country":
            return [*choices.named_countries()]
        return [(choice.code, str(choice.label)) for choice in self.spec.choices]

    @property
    def countries(self) -> list[tuple[str, str]]:
        """Return the countries of an address."""
        return choices.named_countries()

    @property
    def is_changed(self) -> bool:
        """Say whether saving changes the field."""
        if self.remove:
            return self.cell is not None
        if self.before is None and self.cell is not None:
            return not is_empty(self.raw)
        return bool(_plain(self.raw) != _plain(self.before if self.before is not None else blank(self.spec)))

    @property
    def raw(self) -> Raw:
        """Return what was typed, for the drafting; nothing where the value is to be removed."""
        return None if self.remove else self.typed

    def complain(self, problem: Problem, item: str) -> None:
        """Put a problem at the item it is about, or at the field."""
        if item.isdecimal() and self.spec.multi:
            self.row_problems.setdefault(int(item), []).append(problem)
        else:
            self.problems.append(problem)


def _plain(raw: Any) -> Any:
    """Return what was typed in a form that compares: without blank rows and outer spaces."""
    if isinstance(raw, str):
        return raw.replace("\r\n", "\n").strip()
    if isinstance(raw, Mapping):
        return {name: _plain(part) for name, part in raw.items() if part}
    if isinstance(raw, list):
        return [_plain(item) for item in raw if not is_empty(item)]
    return raw


def blank(spec: FieldSpec) -> Any:
    """Return an empty field."""
    if spec.multi:
        return []
    return dict.fromkeys(NAME, "") if spec.type == "name-person" else ""


def filled(spec: FieldSpec, value: Any) -> Any:
    """Return a canonical value as it is filled into a form."""
    if spec.multi:
        items = [_point(spec, item) for item in value]
        if items and not any(item["primary"] for item in items):
            items[0]["primary"] = True
        return items
    if spec.type == "name-person":
        return {"family": value["family"], "given": value["given"]}
    if spec.type == "tags":
        return ", ".join(value)
    if spec.type == "language":
        return _shown_language(spec, value)
    return str(value)


def _shown_language(spec: FieldSpec, value: Any) -> str:
    shown = field_values.display(spec, value, language=get_language() or "en")[0]
    read = field_values.parse(spec, shown)
    return shown if isinstance(read, Parsed) and read.value == value else str(value)


def _point(spec: FieldSpec, item: Mapping[str, Any]) -> dict[str, Any]:
    marks = {
        "label": item.get("label", ""),
        "primary": bool(item.get("primary")),
        "opt_out": bool(item.get("opt_out")),
    }
    if spec.type == "address":
        parts = {part: str(item.get(part, "")) for part in ADDRESS if part != "lines"}
        return {"lines": "\n".join(item.get("lines", ()))} | parts | marks
    extension = f" ext. {item['ext']}" if item.get("ext") else ""
    return {"value": f"{item.get('number', item.get('address', ''))}{extension}"} | marks


def inputs(
    specs: Iterable[FieldSpec], cells: Mapping[str, Cell], posted: QueryDict | None, *, more: str = ""
) -> list[Input]:
    """Return the inputs of ``specs``: filled in from ``cells`` where those are clear, with what was posted in them.

    ``more`` names a field that gets another blank row.
    """
    found = []
    for spec in specs:
        cell = cells.get(spec.key)
        before: Any = blank(spec)
        if cell is not None:
            before = filled(spec, cell.value) if cell.visibility is Visibility.CLEAR else None
        typed = blank(spec) if before is None else before
        if posted is not None and f"f-{spec.key}-here" in posted and posted.get("reveal") != spec.key:
            typed = _typed(spec, posted)
        one = Input(spec=spec, typed=typed, before=before, cell=cell)
        if posted is not None:
            one.remove = f"remove-{spec.key}" in posted
        if spec.multi:
            one.typed = _with_blanks(one.typed, extra=spec.key == more)
        found.append(one)
    return found


def _with_blanks(items: list[dict[str, Any]], *, extra: bool) -> list[dict[str, Any]]:
    blanks = sum(1 for item in items if is_empty(item))
    wanted = BLANK_ROWS + blanks if extra else max(blanks, BLANK_ROWS)
    return [*items, *({} for _ in range(wanted - blanks))][:MOST_ROWS]


def _typed(spec: FieldSpec, posted: QueryDict) -> Any:
    name = f"f-{spec.key}"
    if not spec.multi:
        if spec.type == "name-person":
            return {part: posted.get(f"{name}-{part}", "") for part in NAME}
        return posted.get(name, "")
    parts = ADDRESS if spec.type == "address" else ("value",)
    count = posted.get(f"{name}-rows", "0")
    rows = min(parse_number(count) or 0, MOST_ROWS)
    primary = posted.get(f"{name}-primary", "")
    return [
        {part: posted.get(f"{name}-{index}-{part}", "") for part in parts}
        | {
            "label": posted.get(f"{name}-{index}-label", ""),
            "primary": primary == str(index),
            "opt_out": f"{name}-{index}-opt_out" in posted,
        }
        for index in range(rows)
    ]


def complain(found: Iterable[Input], problems: Iterable[Problem]) -> list[Problem]:
    """Put problems at their fields and return those that belong to none of them."""
    by_key = {one.spec.key: one for one in found}
    left = []
    for problem in problems:
        key, _dot, item = problem.field.partition(".")
        if key in by_key:
            by_key[key].complain(problem, item)
        else:
            left.append(problem)
    return left


def changes(found: Iterable[Input]) -> dict[str, Raw]:
    """Return what was typed into the fields that saving changes."""
    return {one.spec.key: one.raw for one in found if one.is_changed}
