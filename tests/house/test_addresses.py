"""Every address and operation says who may use it, and each role is let in or turned away accordingly.

The whole table is in ``permissions.txt``, so that a change of it is seen; ``GUIJU_TEST_WRITE=1`` writes it anew.
"""

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings
from django.core.cache import cache
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from guiju.access import actions
from guiju.access.models import Person
from guiju.access.permissions import Permission
from guiju.access.roles import ROLES
from guiju.access.tests.cast import NOON, OPERATOR, add, sign_in
from guiju.config.api import main
from guiju.kit import clock
from guiju.ledger.models import Entry

TABLE = Path(__file__).with_name("permissions.txt")
API = "api/v1/"
GRANTABLE = [code for code, role in ROLES.items() if role.grantable]
WHO = [*GRANTABLE, "nobody", "guest"]
SESSION = "sessionid"
REFUSED = "access.permission.refused"
# What stands in an address of a test, by the name or kind of its part; nothing with these ids exists.
PARTS = {
    "kind": "person", "change": "owner", "field": "phones", "raw": "none",
    "uuid": "01938a00-0000-7000-8000-0000000000ff", "int": "987654321", "slug": "nothing", "str": "nothing",
}  # fmt: skip
PART = re.compile(r"<(?:(\w+):)?(\w+)>")


@dataclass(frozen=True)
class Door:
    """One address or operation: where it is, how it is used, and what it needs or why it needs nothing."""

    address: str
    methods: tuple[str, ...]
    needs: Permission | None
    reason: str = ""

    @property
    def is_operation(self) -> bool:
        """Say whether it belongs to the API."""
        return self.address.startswith(API)

    @property
    def path(self) -> str:
        """Return the address as somebody types it."""
        return "/" + PART.sub(lambda part: PARTS.get(part[2]) or PARTS[part[1] or "str"], self.address)

    def meets(self, who: str) -> str:
        """Return what ``who`` meets here: open, or how they are turned away."""
        if self.needs is None:
            return "open"
        if who == "guest":
            return "401" if self.is_operation else "sign-in"
        if who == "nobody":
            return "403" if self.is_operation else "no-role"
        if self.needs in ROLES[who].permissions:
            return "open"
        return "403" if self.is_operation else "404"


def _patterns(found: list[Any], before: str = "") -> Iterator[tuple[str, URLPattern]]:
    for one in found:
        address = before + str(one.pattern).removeprefix("^")
        if isinstance(one, URLResolver):
            yield from _patterns(one.url_patterns, address)
        else:
            yield address, one


def pages() -> list[Door]:
    """Return every page, and the addresses of the API that are no operations."""
    found = []
    operations = set(main.doors())
    for address, pattern in _patterns(get_resolver().url_patterns):
        view: Any = pattern.callback
        if address.startswith(API) and pattern.name in operations:
            continue
        methods = getattr(view, "methods", ("GET",))
        found.append(Door(address, methods, getattr(view, "needs", None), getattr(view, "reason", "")))
    return found


def operations() -> list[Door]:
    """Return every operation of the API."""
    doors = main.doors()
    described = main.api.get_openapi_schema()["paths"]
    named = {
        operation["operationId"]: (path, method.upper())
        for path, methods in described.items()
        for method, operation in methods.items()
        if isinstance(operation, dict) and "operationId" in operation
    }
    assert named.keys() == doors.keys()
    uuids = {"customer", "relationship", "batch", "export"}
    found = []
    for name, (path, method) in named.items():
        typed = re.sub(r"{(\w+)}", lambda part: f"<uuid:{part[1]}>" if part[1] in uuids else f"<int:{part[1]}>", path)
        typed = typed.replace("<int:field>", "<slug:field>")
        found.append(Door(typed.removeprefix("/"), (method,), doors[name].needs))
    return found


def doors() -> list[Door]:
    """Return all of them, in the order of their addresses."""
    return sorted([*pages(), *operations()], key=lambda door: (door.address, door.methods))


def written() -> str:
    """Return the table as it stands in the file."""
    found = doors()
    wide = max(len(door.address) for door in found if door.needs)
    ways = max(len(" ".join(door.methods)) for door in found if door.needs)
    code = max(len(permission) for permission in Permission)
    head = f"{'address':<{wide}}  {'methods':<{ways}}  {'needs':<{code}}  " + "  ".join(WHO)
    lines = ["Who meets what at every address and operation. Written by test_addresses.py.", "", head, "-" * len(head)]
    for door in found:
        if door.needs is not None:
            cells = "  ".join(f"{door.meets(who):<{len(who)}}" for who in WHO)
            lines.append(
                f"{door.address:<{wide}}  {' '.join(door.methods):<{ways}}  {door.needs:<{code}}  {cells}".rstrip()
            )
    lines += ["", "Open to everybody, and why", "-" * 26]
    lines += [f"{door.address}  {' '.join(door.methods)}: {door.reason}" for door in found if door.needs is None]
    return "\n".join(lines) + "\n"


def test_every_address_names_a_permission_or_gives_a_reason() -> None:
    assert [door.address for door in pages() if door.needs is None and len(door.reason) < 12] == []
    assert [door.address for door in operations() if door.needs is None] == []
    assert len(pages()) > 60
    assert len(operations()) > 20


def test_the_table_of_permissions_is_the_one_that_was_reviewed() -> None:
    if os.environ.get("GUIJU_TEST_WRITE"):
        TABLE.write_text(written(), encoding="utf-8")
    assert TABLE.read_text(encoding="utf-8") == written()


@pytest.fixture
def who(request: pytest.FixtureRequest, db: None, settings: LazySettings) -> Person | None:
    """Somebody who holds one role, or none; None is a guest."""
    cache.clear()
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.STORAGES = settings.STORAGES | {"staticfiles": plain}
    settings.API_CALLS_PER_MINUTE = settings.API_FAILURES_PER_MINUTE = 10**6
    root = actions.create_unit(name="Guiju Trading", parent=None, by=OPERATOR, at=NOON)
    if request.param == "guest":
        return None
    return add("Somebody", *([] if request.param == "nobody" else [request.param]), unit=root)


each = pytest.mark.parametrize(("who", "role"), [(one, one) for one in WHO], indirect=["who"], ids=WHO)
both = pytest.mark.django_db(databases=["default", "keyring"])


def _turned_away(door: Door) -> int:
    return Entry.objects.filter(kind=REFUSED, payload__contains=f'"permission":"{door.needs}"').count()


@both
@each
def test_pages_let_in_whom_the_table_names(who: Person | None, role: str) -> None:
    wrong = []
    client = sign_in(who) if who else Client()
    for door in pages():
        if door.needs is None:
            continue
        before = _turned_away(door)
        method = "get" if "GET" in door.methods else "post"
        answer = getattr(client, method)(door.path, headers={"host": "localhost"})
        met = _met(answer, recorded=_turned_away(door) > before)
        if who and SESSION in answer.cookies:
            client = sign_in(who)
        if met != door.meets(role) or answer.status_code >= 500:
            wrong.append(f"{door.address}: {met} ({answer.status_code}) instead of {door.meets(role)}")
    assert wrong == []


def _met(answer: Any, *, recorded: bool) -> str:
    if answer.status_code == 302 and answer["Location"].startswith("/sign-in/"):
        return "sign-in"
    if any(template.name == "access/no_role.html" for template in answer.templates):
        return "no-role"
    if recorded:
        return str(answer.status_code)
    return "open"


@both
@each
def test_operations_let_in_whom_the_table_names(who: Person | None, role: str) -> None:
    headers = {"host": "localhost", "content-type": "application/json"}
    if who is not None:
        headers |= {"authorization": f"Bearer {_token(who, role)}", "guiju-purpose": _purposes(role)[0]}
    wrong = []
    for door in operations():
        body: dict[str, Any] = (
            {} if door.methods[0] in ("GET", "DELETE") else {"data": "{}", "content_type": "application/json"}
        )
        answer = Client().generic(door.methods[0], door.path, headers=headers, **body)
        met = str(answer.status_code) if answer.status_code in (401, 403) else "open"
        if met != door.meets(role) or answer.status_code >= 500:
            wrong.append(f"{door.methods[0]} {door.address}: {answer.status_code} instead of {door.meets(role)}")
    assert wrong == []


def _purposes(role: str) -> list[str]:
    return sorted(ROLES[role].purposes) if role in ROLES else ["service"]


def _token(person: Person, role: str) -> str:
    """Make a token; whoever holds no role held one when it was made."""
    now = clock.now()
    lost = (
        None
        if role in ROLES
        else actions.grant_role(person=person, role="service", unit=person.unit, by=OPERATOR, at=NOON)
    )
    _made, secret = actions.create_token(
        person=person, name="test", purposes=_purposes(role), expires_at=now + timedelta(hours=1), by=OPERATOR, at=now
    )
    if lost is not None:
        actions.revoke_role(grant=lost, by=OPERATOR, at=now)
    return secret
