"""What the command palette finds: pages, actions, customers."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from guiju.access.permissions import Permission
from guiju.access.web import Request
from guiju.console import navigation
from guiju.console.context import Shell
from guiju.kit.errors import Words
from guiju.records import queries
from guiju.records.finding import Filters

ENOUGH = 2
MOST = 6
ICONS = {"person": "user", "organisation": "building"}


@dataclass(frozen=True, kw_only=True)
class Option:
    """Something to choose."""

    label: Words
    url: str
    icon: str
    note: Words = ""


@dataclass(frozen=True, kw_only=True)
class Found:
    """Options of one kind."""

    label: Words
    options: list[Option]


def search(*, words: str, request: Request) -> list[Found]:
    """Return what matches ``words``, all pages and actions for none; no empty group."""
    shell = Shell(request)
    groups = [
        Found(label=_("Customers"), options=_customers(words, request)),
        Found(label=_("Pages"), options=_pages(words, shell.groups)),
        Found(label=_("Account"), options=_matching(words, _account(shell))),
    ]
    return [group for group in groups if group.options]


def _pages(words: str, sections: Iterable[navigation.Section]) -> list[Option]:
    options = [
        Option(label=item.label, url=item.url, icon=item.icon, note=section.label)
        for section in sections
        for item in section.entries
    ]
    return _matching(words, options)


def _account(shell: Shell) -> list[Option]:
    return [Option(label=item.label, url=item.url, icon=item.icon) for item in shell.account if not item.post]


def _matching(words: str, options: Iterable[Option]) -> list[Option]:
    wanted = words.casefold()
    return [option for option in options if wanted in str(option.label).casefold()]


def _customers(words: str, request: Request) -> list[Option]:
    """Return the first customers found; a look at a list like any other, and recorded as one."""
    if len(words) < ENOUGH or not request.actor.may(Permission.CUSTOMER_READ):
        return []
    found = queries.listing(
        actor=request.actor,
        purpose=request.purpose,
        at=request.at,
        filters=Filters(text=words),
        size=MOST,
        columns=(),
    )
    return [
        Option(
            label=row.title or _("Customer"),
            url=reverse("records:customer", args=[row.customer.pk]),
            icon=ICONS[row.customer.kind],
        )
        for row in found.rows
    ]
