"""What the command palette finds: pages, actions, customers."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from guiju.access.web import Request
from guiju.console import navigation
from guiju.console.context import Shell
from guiju.kit.errors import Words

ENOUGH = 2


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
        Found(label=_("Customers"), options=_customers(words, shell)),
        Found(label=_("Pages"), options=_pages(words, shell.groups)),
        Found(label=_("Actions"), options=_matching(words, _actions(shell))),
    ]
    return [group for group in groups if group.options]


def _pages(words: str, sections: Iterable[navigation.Section]) -> list[Option]:
    options = [
        Option(label=item.label, url=item.url, icon=item.icon, note=section.label)
        for section in sections
        for item in section.entries
    ]
    return _matching(words, options)


def _actions(shell: Shell) -> list[Option]:
    return [Option(label=item.label, url=item.url, icon=item.icon) for item in shell.account if not item.post]


def _matching(words: str, options: Iterable[Option]) -> list[Option]:
    wanted = words.casefold()
    return [option for option in options if wanted in str(option.label).casefold()]


def _customers(words: str, shell: Shell) -> list[Option]:
    if len(words) < ENOUGH or not shell.search_url:
        return []
    return [Option(label=_("Search customers for “%(words)s”") % {"words": words}, url=shell.search_for(words), icon="search")]
