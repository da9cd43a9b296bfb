"""Template tags of the components."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django import template
from django.contrib.humanize.templatetags.humanize import naturaltime
from django.forms import BoundField, CheckboxInput, CheckboxSelectMultiple, RadioSelect, Select, Textarea
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString

from guiju.kit.forms import problems_of

register = template.Library()
register.filter("problems", problems_of)


@register.simple_tag
def icon(name: str) -> SafeString:
    """Return the icon called ``name`` from the sprite; it is decoration, never the only word."""
    return format_html(
        '<svg class="icon" aria-hidden="true" focusable="false"><use href="{}#{}"></use></svg>',
        static("vendor/icons.svg"),
        name,
    )


@register.simple_tag
def widget(field: BoundField) -> SafeString:
    """Return the control of a form field with our classes and the ids of its help and errors."""
    attributes: dict[str, Any] = {"class": _class_of(field)}
    described = [f"{field.auto_id}_help"] if field.help_text else []
    if field.errors:
        attributes["aria-invalid"] = "true"
        attributes["class"] += " is-invalid"
        described.append(f"{field.auto_id}_error")
    if described:
        attributes["aria-describedby"] = " ".join(described)
    return field.as_widget(attrs=attributes)


def _class_of(field: BoundField) -> str:
    own = field.field.widget.attrs.get("class", "")
    match field.field.widget:
        case CheckboxInput() | RadioSelect() | CheckboxSelectMultiple():
            name = "form-check-input"
        case Select():
            name = "form-select"
        case Textarea():
            name = "form-control gj-textarea"
        case _:
            name = "form-control"
    return f"{name} {own}".strip()


@register.filter
def shape(field: BoundField) -> str:
    """Return how a field is laid out: ``check`` (one box), ``choices`` (a group of boxes) or ``control``."""
    match field.field.widget:
        case RadioSelect() | CheckboxSelectMultiple():
            return "choices"
        case CheckboxInput():
            return "check"
        case _:
            return "control"


@register.filter
def ago(at: datetime) -> str:
    """Return the moment in words, such as "3 minutes ago"."""
    return str(naturaltime(at))


@register.filter
def percent(done: int, total: int) -> int:
    """Return the whole per cent of ``total`` that is done; 0 while the total is unknown."""
    return min(100, done * 100 // total) if total else 0


@register.filter
def cell(row: Any, key: str) -> Any:
    """Return the row's value of the column ``key``."""
    return row.cells.get(key, "")


@register.filter
def item(mapping: Mapping[str, Any], key: str) -> Any:
    """Return what ``mapping`` holds under ``key``, or an empty text."""
    return mapping.get(key, "")


@register.simple_tag
def plain_headings(columns: Iterable[Any]) -> list[dict[str, Any]]:
    """Return headings that do not sort, for a table inside a panel."""
    return [{"column": column, "url": "", "order": ""} for column in columns]


@register.simple_tag
def chart_rows(data: dict[str, Any]) -> list[tuple[str, list[Any]]]:
    """Return a chart's figures as table rows: the label and one value for each series."""
    values = zip(*(series["values"] for series in data["series"]), strict=True)
    return [(label, list(row)) for label, row in zip(data["labels"], values, strict=True)]


@register.filter
def key_list(keys: str) -> list[str]:
    """Split a shortcut such as "Ctrl K" into its keys."""
    return keys.split()
