"""The pages of the staff shell, grouped by job: the one list behind the navigation, the palette and the shortcuts."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from guiju.access.actors import Actor
from guiju.access.permissions import Permission
from guiju.kit.errors import Words


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One page of the navigation, shown to whoever holds ``needs``; ``g`` and then ``key`` opens it.

    The entry is the current one on every page whose view name begins with one of ``owns`` (or is the entry's own).
    """

    label: Words
    icon: str
    url_name: str
    needs: Permission
    key: str = ""
    owns: tuple[str, ...] = ()

    def is_current(self, view_name: str) -> bool:
        """Say whether the page called ``view_name`` belongs to this entry."""
        return view_name == self.url_name or view_name.startswith(self.owns)


@dataclass(frozen=True, kw_only=True)
class Group:
    """Entries of one job."""

    label: Words
    entries: tuple[Entry, ...]


@dataclass(frozen=True, kw_only=True)
class Item:
    """An entry as one reader sees it."""

    label: Words
    icon: str
    url: str
    key: str
    current: bool


GROUPS: tuple[Group, ...] = (
    Group(
        label="",
        entries=(
            Entry(label=_("Today"), icon="home", url_name="console:today", needs=Permission.TODAY_READ, key="t"),
        ),
    ),
    Group(
        label=_("Customers"),
        entries=(
            Entry(
                label=_("Customers"), icon="users", url_name="records:customers", needs=Permission.CUSTOMER_READ,
                key="c", owns=("records:customer", "records:search"),
            ),
            Entry(
                label=_("Imports"), icon="file-import", url_name="records:imports", needs=Permission.CUSTOMER_IMPORT,
                key="i", owns=("records:import",),
            ),
            Entry(
                label=_("Exports"), icon="file-export", url_name="records:exports", needs=Permission.CUSTOMER_EXPORT,
                key="x", owns=("records:export",),
            ),
            Entry(
                label=_("Collection standard"), icon="checklist", url_name="records:standard",
                needs=Permission.STANDARD_READ, owns=("records:standard",),
            ),
        ),
    ),
    Group(
        label=_("Oversight"),
        entries=(
            Entry(
                label=_("Ledger"), icon="shield-check", url_name="console:ledger", needs=Permission.LEDGER_READ,
                key="l", owns=("console:ledger",),
            ),
            Entry(label=_("Purposes"), icon="target", url_name="access:purposes", needs=Permission.PURPOSE_READ),
        ),
    ),
    Group(
        label=_("People"),
        entries=(
            Entry(
                label=_("People"), icon="users-group", url_name="access:people",
                needs=Permission.PERSON_READ, key="p", owns=("access:person", "access:people"),
            ),
            Entry(label=_("Roles"), icon="id", url_name="access:roles", needs=Permission.PERSON_READ),
            Entry(label=_("Units"), icon="sitemap", url_name="access:units", needs=Permission.PERSON_READ),
        ),
    ),
    Group(
        label="",
        entries=(
            Entry(
                label=_("Settings"), icon="settings", url_name="console:settings", needs=Permission.SETTINGS_READ,
                key="s",
            ),
        ),
    ),
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Section:
    """A group as one reader sees it."""

    label: Words
    entries: list[Item]


def sections(*, actor: Actor, view_name: str = "", groups: Iterable[Group] = GROUPS) -> list[Section]:
    """Return the navigation of ``actor``: only pages that open to them, no empty group."""
    found = []
    for group in groups:
        items = [_item(entry, view_name) for entry in group.entries if actor.may(entry.needs)]
        if items:
            found.append(Section(label=group.label, entries=items))
    return found


def _item(entry: Entry, view_name: str) -> Item:
    return Item(
        label=entry.label,
        icon=entry.icon,
        url=reverse(entry.url_name),
        key=entry.key,
        current=entry.is_current(view_name),
    )
