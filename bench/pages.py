"""What governing costs one request: the customer page, the edit of one field and the API, each beside its twin.

The twin renders the same template through the same middleware from plain columns, without policy, keys and ledger.
Run it with ``python bench/pages.py`` in the project folder; it starts a PostgreSQL of its own and removes it.
"""

import importlib
import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import harness
import people
from harness import Organisation, say

ROUNDS = 100
READ, WRITE = 1.3, 1.7
MARIA = (
    "A1", "Alfreds Futterkiste", "+49 30 901820", "Obere Str. 57", "Berlin", "", "12209", "Germany", "Maria Anders",
    "Owner", "+49 1512 3456789", "info@alfreds.example.de",
)  # fmt: skip


class Browser:
    """Sends requests straight into the application, signed in or with a token; counts queries where asked."""

    def __init__(self, organisation: Organisation) -> None:
        from django.test import Client

        self.client = Client()
        backend = "allauth.account.auth_backends.AuthenticationBackend"
        self.client.force_login(organisation.seller, backend=backend)
        session = self.client.session
        session["access_enrolled"] = str(organisation.seller.pk)
        session.save()
        self.bearer = _token(organisation)

    def get(self, address: str, *, api: bool = False) -> Any:
        """Read."""
        return self._good(self.client.get(address, headers=self.bearer if api else None))

    def post(self, address: str, content: dict[str, Any]) -> Any:
        """Send a form as the page's script does."""
        return self._good(self.client.post(address, content, headers={"HX-Request": "true"}))

    def patch(self, address: str, content: dict[str, Any], *, version: int) -> Any:
        """Send a change."""
        headers = {**self.bearer, "If-Match": f'"{version}"'}
        return self._good(
            self.client.patch(address, json.dumps(content), content_type="application/json", headers=headers)
        )

    def _good(self, answer: Any) -> Any:
        if answer.status_code != 200:  # noqa: PLR2004
            raise SystemExit(f"{answer.request['PATH_INFO']} answered {answer.status_code}: {answer.content[:400]}")
        return answer


def _token(organisation: Organisation) -> dict[str, str]:
    from guiju.access import actions, actors
    from guiju.kit import clock

    at = clock.now()
    _made, raw = actions.create_token(
        person=organisation.seller, name="bench", purposes=["account-management"], expires_at=at + timedelta(days=1),
        by=actors.operator("bench"), at=at,
    )  # fmt: skip
    return {"Authorization": f"Bearer {raw}", "Guiju-Purpose": "account-management"}


class Phones:
    """Different numbers, so that every write changes something."""

    def __init__(self) -> None:
        self.count = 0

    def next(self) -> str:
        """Return the next number."""
        self.count += 1
        return f"139{self.count:08}"


def works(browser: Browser, governed: Any, twin: Any) -> dict[str, tuple[Callable[[], Any], Callable[[], Any], float]]:
    """Return each comparison: the governed request, its twin, and the target of the ratio."""
    from django.urls import reverse
    from plain.models import Person

    from guiju.records.models import Customer

    numbers = Phones()
    page = reverse("records:customer", args=[governed])
    edit = reverse("records:customer_edit_field", args=[governed, "phones"])
    plain_page, plain_edit = f"/plain/people/{twin}/", f"/plain/people/{twin}/edit/"
    version = {"governed": Customer.objects.get(pk=governed).version, "twin": Person.objects.get(pk=twin).version}

    def form(name: str) -> dict[str, str]:
        version[name] += 1
        return {
            "version": str(version[name] - 1), "f-phones-here": "1", "f-phones-rows": "1",
            "f-phones-0-value": numbers.next(), "f-phones-0-label": "mobile", "f-phones-primary": "0",
        }  # fmt: skip

    def patch(name: str, address: str, content: dict[str, Any]) -> Any:
        version[name] += 1
        return browser.patch(address, content, version=version[name] - 1)

    def point() -> dict[str, Any]:
        return {"values": {"phones": [{"number": numbers.next(), "label": "mobile"}]}, "region": "CN"}

    return {
        "page of a customer": (lambda: browser.get(page), lambda: browser.get(plain_page), READ),
        "edit of a phone": (
            lambda: browser.post(edit, form("governed")),
            lambda: browser.post(plain_edit, form("twin")),
            WRITE,
        ),
        "API: read": (
            lambda: browser.get(f"/api/v1/customers/{governed}", api=True),
            lambda: browser.get(f"/plain/api/people/{twin}", api=True),
            READ,
        ),
        "API: change": (
            lambda: patch("governed", f"/api/v1/customers/{governed}", point()),
            lambda: patch(
                "twin", f"/plain/api/people/{twin}", {"phone": numbers.next(), "version": version["twin"]}
            ),
            WRITE,
        ),
    }  # fmt: skip


def queries(work: Callable[[], Any]) -> int:
    """Return how many statements a request sends, transactions included."""
    from contextlib import ExitStack

    from django.db import connections
    from django.test.utils import CaptureQueriesContext

    with ExitStack() as stack:
        captured = [stack.enter_context(CaptureQueriesContext(connections[name])) for name in connections]
        work()
    return sum(len(one) for one in captured)


def main() -> None:
    """Measure each request beside its twin and print the ratios."""
    gate = importlib.import_module("import")
    with harness.installation():
        from django.conf import settings
        from plain import loading

        from guiju.kit import clock

        settings.ROOT_URLCONF = "plain.urls"
        settings.API_CALLS_PER_MINUTE = 10**9
        organisation = harness.found()
        content = people.as_csv([MARIA, *people.rows(1_000)])
        gate.governed(content, organisation)
        loading.bulk_create(content, unit=organisation.unit, owner=organisation.clerk, at=clock.now())
        say(f"single requests, medians of {ROUNDS} taken in turns, each beside its ungoverned twin")
        for name, (governed, twin, target) in prepared(organisation).items():
            times = harness.interleaved({"governed": governed, "twin": twin}, rounds=ROUNDS, warm=10)
            middle = {which: harness.percentile(taken, 0.5) * 1000 for which, taken in times.items()}
            spent = [harness.work_of(work, times=ROUNDS) for work in (governed, twin)]
            say(
                f"  {name:<20}{middle['governed']:>7.2f} ms, {queries(governed):>2} statements   twin "
                f"{middle['twin']:>6.2f} ms, {queries(twin):>2} statements   "
                f"{middle['governed'] / middle['twin']:.2f}x the time (target {target}x), "
                f"{spent[0] / spent[1]:.2f}x the processor work"
            )


def prepared(organisation: Organisation) -> dict[str, tuple[Callable[[], Any], Callable[[], Any], float]]:
    """Find Maria in both worlds and return what to measure."""
    from plain.models import Person
    from plain.views import Desk

    from guiju.records.models import Relationship

    Desk.actor = organisation.actor(organisation.seller)
    tie = Relationship.objects.get(subject__name=MARIA[1])
    return works(Browser(organisation), tie.related_id, Person.objects.get(phone=MARIA[10]).pk)


if __name__ == "__main__":
    main()
