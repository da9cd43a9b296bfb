"""Detail pages declared in Python: panels of facts or rows; one template renders all."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from guiju.kit.errors import Words
from guiju.kit.lists import Column, Link, Row


@dataclass(frozen=True, kw_only=True)
class Fact:
    """One line of a panel; ``cell`` names how the value is shown, as for a column."""

    label: Words
    value: Any
    cell: str = "text"
    note: Words = ""

    @property
    def template(self) -> str:
        """Return the template that renders the value."""
        return self.cell if "/" in self.cell else f"kit/cells/{self.cell}.html"


@dataclass(frozen=True, kw_only=True)
class Panel:
    """A card of facts, or of rows under columns, or of a template of the room's own."""

    title: Words
    note: Words = ""
    facts: Sequence[Fact] = ()
    columns: Sequence[Column] = ()
    rows: Sequence[Row] = ()
    template: str = ""
    rail: bool = False


@dataclass(frozen=True, kw_only=True)
class DetailPage:
    """A declared detail page."""

    title: Words
    panels: Sequence[Panel]
    subtitle: Words = ""
    breadcrumbs: Sequence[tuple[Words, str]] = ()
    links: Sequence[Link] = ()
    width: str = "normal"

    @property
    def main(self) -> list[Panel]:
        """Return the panels of the main column."""
        return [panel for panel in self.panels if not panel.rail]

    @property
    def rail(self) -> list[Panel]:
        """Return the panels of the right column."""
        return [panel for panel in self.panels if panel.rail]

    def respond(self, request: HttpRequest, *, context: Mapping[str, Any] | None = None) -> HttpResponse:
        """Render the page."""
        return render(request, "kit/detail.html", {"page": self, **(context or {})})
