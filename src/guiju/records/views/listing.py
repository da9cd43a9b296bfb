"""The list of customers as it is declared: columns, filters, orders, and what the reader asked of it."""

from dataclasses import replace
from datetime import date, datetime, time, timedelta
from functools import cached_property
from string import ascii_uppercase
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from guiju.access.models import Unit
from guiju.access.permissions import Permission
from guiju.access.purposes import BASES, PURPOSES
from guiju.access.web import Request
from guiju.kit.errors import NotFound, Words
from guiju.kit.ids import parse_uuid
from guiju.kit.lists import COLUMNS, Asked, Column, Empty, Filter, Link, ListPage
from guiju.records import choices, standard
from guiju.records.finding import Filters
from guiju.records.gate import queries as gate
from guiju.records.queries import NAMES
from guiju.records.wording import KINDS, STATES

CHOSEN = "records_columns"
CELL = "records/cells/value.html"
SHOWN = ("kind", "phones", "emails", "unit", "owner", "tags", "created")
PLAIN = ("kind", "state", "tag", "basis", "purpose", "jurisdiction", "initial")


class CustomerList:
    """One request for the list; every part is worked out when it is asked for."""

    def __init__(self, request: Request) -> None:
        self.request = request

    @cached_property
    def _units(self) -> list[Unit]:
        return choices.units(actor=self.request.actor, permission=Permission.CUSTOMER_READ)

    @cached_property
    def _people(self) -> list[tuple[str, str]]:
        return choices.named_people(choices.colleagues(actor=self.request.actor, within=self._units))

    @cached_property
    def page(self) -> ListPage:
        """Return the declaration of the list."""
        return ListPage(
            title=_("Customers"),
            columns=_columns(),
            filters=self._filters(),
            empty=self._empty(),
            search=_("Name, phone, e-mail, ID or reference"),
            private=True,
            sort="newest",
            width="wide",
        )

    def _empty(self) -> Empty:
        links = []
        if self.request.actor.may(Permission.CUSTOMER_IMPORT):
            url = reverse("records:imports")
            links.append(Link(label=_("Import a file"), url=url, icon="file-import", kind="primary"))
        if self.request.actor.may(Permission.CUSTOMER_CREATE):
            links.append(Link(label=_("Add a customer"), url=reverse("records:customer_new"), icon="plus"))
        return Empty(
            title=_("No customers yet"),
            text=_("Bring the customers of your old system here, or add the first one by hand."),
            icon="users",
            links=tuple(links),
        )

    def _filters(self) -> tuple[Filter, ...]:
        letters = [(sign, sign) for sign in (*ascii_uppercase, "#")]
        return (
            Filter(key="kind", label=_("Kind"), choices=KINDS.items),
            Filter(key="state", label=_("State"), choices=STATES.items),
            Filter(key="unit", label=_("Unit"), choices=lambda: choices.named_units(self._units)),
            Filter(key="owner", label=_("Owner"), choices=lambda: self._people),
            Filter(key="tag", label=_("Tag")),
            Filter(key="basis", label=_("Lawful basis"), choices=lambda: _titles(BASES)),
            Filter(key="purpose", label=_("Purpose"), choices=lambda: _titles(PURPOSES)),
            Filter(key="jurisdiction", label=_("Jurisdiction"), choices=choices.named_countries),
            Filter(key="initial", label=_("Initial"), choices=lambda: letters),
            Filter(key="created_from", label=_("Created from"), day=True),
            Filter(key="created_until", label=_("Created until"), day=True),
            Filter(key="batch", label=_("Import"), hidden=True, named=self._name_of_import),
        )

    def _name_of_import(self, value: str) -> str:
        """Return the name of the imported file for those who see the import; its id for everybody else."""
        batch = parse_uuid(value)
        try:
            return gate.one(batch=batch, actor=self.request.actor).filename if batch else value
        except NotFound:
            return value

    @cached_property
    def asked(self) -> Asked:
        """Return what the reader asked for; columns once chosen are kept for the session."""
        asked = self.page.asked(self.request)
        params = asked.params.copy()
        known = {column.key for column in self.page.columns}
        if COLUMNS in params:
            self.request.session[CHOSEN] = [key for key in params.pop(COLUMNS) if key in known]
        chosen = self.request.session.get(CHOSEN)
        visible = asked.columns
        if chosen is not None:
            visible = tuple(each.key for each in self.page.columns if not each.optional or each.key in chosen)
        return replace(asked, params=params, columns=visible)

    @property
    def field_columns(self) -> list[str]:
        """Return the visible columns that are fields of the collection standard."""
        fields = standard.load().fields
        return [key for key in self.asked.columns if key in fields]

    @property
    def filters(self) -> Filters:
        """Return what the query narrows by; an id or a day that is none narrows nothing."""
        chosen = self.asked.filters
        return Filters(
            **{key: chosen.get(key, "") for key in PLAIN},
            unit=int(chosen["unit"]) if "unit" in chosen else None,
            owner=parse_uuid(chosen.get("owner", "")),
            batch=parse_uuid(chosen.get("batch", "")),
            created_from=_start_of(chosen.get("created_from", "")),
            created_until=_start_of(chosen.get("created_until", ""), later=1),
            text=self.asked.text,
            sort=self.asked.sort,
        )


def _start_of(text: str, *, later: int = 0) -> datetime | None:
    try:
        day = date.fromisoformat(text) + timedelta(days=later)
    except (ValueError, OverflowError):
        return None
    return timezone.make_aware(datetime.combine(day, time.min))


def _titles(entries: Any) -> list[tuple[str, Words]]:
    return [(code, entry.title) for code, entry in entries.items()]


def _columns() -> tuple[Column, ...]:
    def optional(key: str, label: Any, cell: str = "text", *, up: str = "", down: str = "") -> Column:
        shown = key in SHOWN
        return Column(key=key, label=label, cell=cell, optional=True, shown=shown, sort=up, sort_down=down)

    name = Column(
        key="name",
        label=pgettext_lazy("of a customer", "Name"),
        cell="records/cells/name.html",
        sort="name",
        sort_down="name-down",
        primary=True,
    )
    fields = [optional(spec.key, spec.label, CELL) for spec in standard.load().entries if spec.key not in NAMES]
    return (
        name,
        optional("kind", _("Kind"), "badge"),
        *fields,
        optional("unit", _("Unit")),
        optional("owner", _("Owner")),
        optional("tags", _("Tags"), "badges"),
        optional("jurisdiction", _("Jurisdiction")),
        optional("reference", _("Reference"), "code"),
        optional("state", _("State"), "badge"),
        optional("created", _("Created"), "day", up="oldest", down="newest"),
        optional("updated", _("Last changed"), "ago", up="unchanged", down="updated"),
    )
