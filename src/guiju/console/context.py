"""What every page's frame needs: navigation, search, languages, account."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import get_language, get_language_info
from django.utils.translation import gettext_lazy as _

from guiju.access.actors import GUEST, Actor
from guiju.access.permissions import Permission
from guiju.access.purposes import PURPOSES
from guiju.console import navigation
from guiju.kit.errors import Words


@dataclass(frozen=True, kw_only=True)
class Choice:
    """One of several things to switch between."""

    code: str
    label: Words
    current: bool


@dataclass(frozen=True, kw_only=True)
class AccountItem:
    """An entry of the account menu; ``post`` ones change something."""

    label: Words
    icon: str
    url: str
    post: bool = False


class Shell:
    """The frame of one answer; every part is worked out when the template asks for it."""

    def __init__(self, request: HttpRequest) -> None:
        self._request = request
        self._actor: Actor = getattr(request, "actor", GUEST)

    @cached_property
    def groups(self) -> list[navigation.Section]:
        """Return the navigation."""
        match = self._request.resolver_match
        return navigation.sections(actor=self._actor, view_name=match.view_name if match else "")

    @property
    def may(self) -> frozenset[Permission]:
        """Return what the reader may do."""
        return self._actor.permissions

    @property
    def languages(self) -> list[Choice]:
        """Return the languages, each in its own words."""
        now = get_language() or settings.LANGUAGE_CODE
        return [
            Choice(code=code, label=get_language_info(code)["name_local"], current=code == now)
            for code, _name in settings.LANGUAGES
        ]

    @property
    def here(self) -> str:
        """Return the address that a switch comes back to."""
        if self._request.method in {"GET", "HEAD"}:
            return self._request.get_full_path()
        return reverse("console:home")

    @property
    def person(self) -> str:
        """Return the name of whoever is signed in."""
        return "" if self._actor is GUEST else self._actor.label

    @cached_property
    def purposes(self) -> list[Choice]:
        """Return the purposes the reader may work under."""
        now = getattr(self._request, "purpose", "")
        return [
            Choice(code=code, label=str(purpose.title), current=code == now)
            for code, purpose in PURPOSES.items()
            if code in self._actor.purposes
        ]

    @property
    def purpose(self) -> Choice | None:
        """Return the purpose the reader works under."""
        return next((choice for choice in self.purposes if choice.current), None)

    @property
    def account(self) -> list[AccountItem]:
        """Return the account menu."""
        return [
            AccountItem(label=_("My account"), icon="user", url=reverse("access:account")),
            AccountItem(label=_("Sign out"), icon="logout", url=reverse("account_logout"), post=True),
        ]

    @property
    def home_url(self) -> str:
        """Return the address behind the product's name."""
        return reverse("console:home")

    @property
    def language_url(self) -> str:
        """Return where the language switch posts to."""
        return reverse("access:language")

    @property
    def purpose_url(self) -> str:
        """Return where the purpose switch posts to."""
        return reverse("access:purpose")

    @property
    def palette_url(self) -> str:
        """Return where the palette asks; empty for guests."""
        return "" if self._actor is GUEST else reverse("console:palette")

    @property
    def search_url(self) -> str:
        """Return the list that the global search shows its results in; empty for those who read no customers."""
        return reverse("records:search") if self._actor.may(Permission.CUSTOMER_READ) else ""


def shell(request: HttpRequest) -> dict[str, Any]:
    """Give every template the frame."""
    return {"shell": Shell(request)}
