"""List pages declared in Python: columns, filters, search, sort, keyset pager, bulk actions; one template renders all.

A view asks ``PAGE.asked(request)`` what the reader wants, calls one query, and answers with ``PAGE.respond(…)``.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.core import signing
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from guiju.kit.errors import Invalid, Problem, Words

AFTER, BEFORE, SORT, SEARCH, COLUMNS = "after", "before", "sort", "q", "columns"


@dataclass(frozen=True, kw_only=True)
class Column:
    """One column. ``cell`` names the template of its values (``kit/cells/<cell>.html``, or a path with a slash).

    ``sort`` and ``sort_down`` are the codes the query understands for both directions; ``optional`` columns can be
    hidden by the reader, and ``shown`` says whether they start visible; the ``primary`` column carries the row's link
    and titles its card on a phone.
    """

    key: str
    label: Words
    cell: str = "text"
    sort: str = ""
    sort_down: str = ""
    numeric: bool = False
    primary: bool = False
    optional: bool = False
    shown: bool = True

    @property
    def template(self) -> str:
        """Return the template that renders a value of this column."""
        return self.cell if "/" in self.cell else f"kit/cells/{self.cell}.html"


def _orders(column: Column) -> tuple[str, str]:
    return column.sort, column.sort_down or (f"-{column.sort}" if column.sort else "")


@dataclass(frozen=True, kw_only=True)
class Filter:
    """One filter. With ``choices`` it is a list to choose from; else a box for text, or a day where ``day`` is set.

    ``hidden`` ones are set by links from elsewhere and can only be removed; ``named`` says how a free value is called
    in words.
    """

    key: str
    label: Words
    choices: Callable[[], Iterable[tuple[str, Words]]] | None = None
    day: bool = False
    hidden: bool = False
    named: Callable[[str], Words] = str

    def words_of(self, value: str) -> Words:
        """Return how a chosen value is called; raises Invalid where it is none of the choices."""
        if self.choices is None:
            return self.named(value)
        for code, label in self.choices():
            if code == value:
                return label
        message = _("The filter has no such choice.")
        raise Invalid(problems=[Problem(field=self.key, rule="choice", message=message)])


@dataclass(frozen=True, kw_only=True)
class Row:
    """One row: its address, its values by column key, and the key under which bulk actions pick it."""

    cells: Mapping[str, Any]
    url: str = ""
    key: str = ""


@dataclass(frozen=True, kw_only=True)
class Bulk:
    """Something done to all chosen rows: a POST of their keys as ``picked`` to ``url``."""

    label: Words
    url: str
    icon: str = ""
    kind: str = "plain"


@dataclass(frozen=True, kw_only=True)
class Link:
    """A button or an address somewhere on the page."""

    label: Words
    url: str
    icon: str = ""
    kind: str = "plain"


@dataclass(frozen=True, kw_only=True)
class Empty:
    """What an empty list says, and what to do next."""

    title: Words
    text: Words = ""
    icon: str = "circle-dashed"
    links: tuple[Link, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Chip:
    """A filter in force, and the address without it."""

    label: Words
    value: Words
    remove: str


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What the reader asked for: words, filters, order, the columns and the cursor.

    ``posted`` words are personal (a name, a number): they travel in the body of a POST and never stand in an address.
    """

    text: str
    filters: dict[str, str]
    sort: str
    after: str
    before: str
    columns: tuple[str, ...]
    params: QueryDict
    posted: str = ""

    @property
    def kept(self) -> list[tuple[str, str]]:
        """Return the names and values that a form of the page carries along; cursors and columns stay behind."""
        left = (AFTER, BEFORE, COLUMNS)
        return [(name, value) for name, values in self.params.lists() if name not in left for value in values]

    def address(self, **changes: str | None) -> str:
        """Return the query string with changes; None removes, and every change leaves the cursor behind."""
        params = self.params.copy()
        for name in (AFTER, BEFORE, *changes):
            params.pop(name, None)
        for name, value in changes.items():
            if value:
                params[name] = value
        return f"?{params.urlencode()}" if params else "?"


def _signer(request: HttpRequest, way: str, sort: str) -> signing.Signer:
    who = getattr(getattr(request, "user", None), "pk", "")
    return signing.Signer(salt=f"guiju.list:{who}:{way}:{sort}")


def _place(request: HttpRequest, way: str, sort: str, cursor: str) -> str:
    """Return the row that a cursor points at; raises Invalid for one that was not made for this reader and order.

    A row of one's own choice would tell where it lies among those that one sees: its name's place, or its date.
    """
    try:
        return _signer(request, way, sort).unsign(cursor) if cursor else ""
    except signing.BadSignature:
        message, remedy = _("This address leads to no page of your list."), _("Begin again at the first page.")
        raise Invalid(problems=[Problem(field=way, rule="cursor", message=message, remedy=remedy)]) from None


def _to(request: HttpRequest, asked: Asked, way: str, place: str) -> str:
    """Return the address of the page that begins at a row, empty where there is none."""
    return asked.address(**{way: _signer(request, way, asked.sort).sign(place)}) if place else ""


@dataclass(frozen=True, kw_only=True)
class Results:
    """One page of rows with the cursors to the pages around it (empty where there is none)."""

    rows: Sequence[Row]
    newer: str = ""
    older: str = ""
    summary: Words = ""


@dataclass(frozen=True, kw_only=True)
class ListPage:
    """A declared list page; ``search`` is the placeholder of the search box, empty for none.

    Where the words searched for can be personal, ``private`` sends them by POST.
    """

    title: Words
    columns: tuple[Column, ...]
    empty: Empty
    subtitle: Words = ""
    filters: tuple[Filter, ...] = ()
    search: Words = ""
    private: bool = False
    sort: str = ""
    width: str = "normal"
    template: str = "kit/list.html"

    def asked(self, request: HttpRequest) -> Asked:
        """Read the request; raises Invalid for a choice or an order that the page does not offer."""
        params = request.GET.copy()
        if self.private:
            params.pop(SEARCH, None)
            for name in request.POST.keys() - {"csrfmiddlewaretoken", SEARCH}:
                params.setlist(name, request.POST.getlist(name))
        for name in [name for name in params if not any(params.getlist(name))]:
            del params[name]
        text = str((request.POST if self.private else params).get(SEARCH) or "").strip()
        given = {each.key: str(params.get(each.key) or "").strip() for each in self.filters}
        filters = {key: value for key, value in given.items() if value}
        for each in self.filters:
            if each.key in filters:
                each.words_of(filters[each.key])
        orders = {self.sort} | {code for column in self.columns for code in _orders(column) if code}
        sort = params.get(SORT, self.sort)
        if sort not in orders:
            raise Invalid(problems=[Problem(field=SORT, rule="choice", message=_("The list has no such order."))])
        chosen = params.getlist(COLUMNS)
        columns = [
            column.key
            for column in self.columns
            if not column.optional or (column.key in chosen if chosen else column.shown)
        ]
        return Asked(
            text=text,
            posted=text if self.private else "",
            filters=filters,
            sort=sort,
            after=_place(request, AFTER, sort, str(params.get(AFTER) or "")),
            before=_place(request, BEFORE, sort, str(params.get(BEFORE) or "")),
            columns=tuple(columns),
            params=params,
        )

    def chips(self, asked: Asked) -> list[Chip]:
        """Return the filters in force."""
        return [
            Chip(
                label=each.label,
                value=each.words_of(asked.filters[each.key]),
                remove=asked.address(**{each.key: None}),
            )
            for each in self.filters
            if each.key in asked.filters
        ]

    def headings(self, asked: Asked) -> list[dict[str, Any]]:
        """Return the visible columns with the address that sorts by each and the direction in force."""
        found = []
        for column in self.columns:
            if column.key not in asked.columns:
                continue
            up, down = _orders(column)
            order = {"": "", up: "ascending", down: "descending"}.get(asked.sort, "") if up else ""
            url = asked.address(**{SORT: down if asked.sort == up else up}) if up else ""
            found.append({"column": column, "url": url, "order": order})
        return found

    def respond(
        self,
        request: HttpRequest,
        *,
        asked: Asked,
        results: Results,
        links: Sequence[Link] = (),
        bulk: Sequence[Bulk] = (),
        context: Mapping[str, Any] | None = None,
    ) -> HttpResponse:
        """Render the page, or under htmx only the list itself."""
        words: dict[str, Any] = {
            "page": self,
            "asked": asked,
            "results": results,
            "headings": self.headings(asked),
            "chips": self.chips(asked),
            "narrowed": bool(asked.text or asked.filters),
            "newer": _to(request, asked, BEFORE, results.newer),
            "older": _to(request, asked, AFTER, results.older),
            "first": asked.address() if asked.after or asked.before else "",
            "options": [column for column in self.columns if column.optional],
            "links": links,
            "bulk": bulk,
            **(context or {}),
        }
        partial = "#results" if getattr(request, "htmx", False) else ""
        return render(request, f"{self.template}{partial}", words)
