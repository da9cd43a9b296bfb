"""The people of the tests and how they come to their desks."""

from datetime import UTC, datetime
from functools import cache

from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP
from django.contrib.auth.hashers import make_password
from django.test import Client

from guiju.access import actions, actors
from guiju.access.models import Person, Unit
from guiju.ledger.models import Entry

NOON = datetime(2026, 1, 15, 12, tzinfo=UTC)
OPERATOR = actors.operator("root")
PASSWORD = "correct horse battery staple"
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


@cache
def hashed(password: str) -> str:
    """Return the hash of a password; it is made slow on purpose, so once for all tests."""
    return make_password(password)


def add(name: str, *roles: str, unit: Unit | None, password: str = PASSWORD, at: datetime = NOON) -> Person:
    """Add somebody who has a password and holds roles in a unit."""
    email = f"{name.lower().replace(' ', '.')}@example.org"
    person = actions.add_person(email=email, name=name, unit=unit, by=OPERATOR, at=at)
    for role in roles:
        actions.grant_role(person=person, role=role, unit=unit, by=OPERATOR, at=at)
    person.password = hashed(password)
    person.save()
    return person


def enrol(person: Person) -> Authenticator:
    """Give somebody an authenticator app and recovery codes."""
    factor = TOTP.activate(person, SECRET).instance
    RecoveryCodes.activate(person)
    return factor


def sign_in(person: Person, *, second_factor: bool = True) -> Client:
    """Return a browser in which ``person`` is signed in."""
    client = Client()
    client.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")
    if second_factor:
        session = client.session
        session["access_enrolled"] = str(person.pk)
        session.save()
    return client


def kinds() -> list[str]:
    """Return the kinds of all entries, the oldest first."""
    return list(Entry.objects.order_by("id").values_list("kind", flat=True))


def last() -> Entry:
    """Return the newest entry."""
    entry = Entry.objects.order_by("id").last()
    assert entry is not None
    return entry
