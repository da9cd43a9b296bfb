"""The organisation of the records' tests: two sales people in two units, an officer, an administrator of records."""

from collections.abc import Callable
from pathlib import Path

import pytest
from pytest_django import Settings

from guiju.access import queries as access_queries
from guiju.access.actors import Actor
from guiju.access.models import Person, Unit
from guiju.access.tests.cast import NOON, add
from guiju.access.tests.organisation import ada, berlin, bo, mei, root, rui, shanghai
from guiju.records import actions
from guiju.records.declaring import Declaration
from guiju.records.models import Customer
from guiju.records.standard import Kind

__all__ = ["ada", "berlin", "bo", "mei", "root", "rui", "shanghai"]

PHONE = {"number": "+8613800138000", "valid": True}
LI_NA = {
    "person-name": {"full": "李娜", "family": "李", "given": "娜", "order": "family-first"},
    "phones": [PHONE],
    "emails": [{"address": "li.na@example.com"}],
    "resident-id": "11010519491231002X",
}


@pytest.fixture(autouse=True)
def _both_databases(db: None) -> None:
    """Records live in one database, their keys in the other."""


@pytest.fixture
def own_files(tmp_path: Path, settings: Settings) -> None:
    """Keep sealed files apart from those of tests that run at the same time: this one sweeps strays away."""
    settings.HOME = tmp_path


def as_actor(person: Person) -> Actor:
    """Return what a person may do now, signed in with a second factor."""
    return access_queries.actor_for(person=person, at=NOON, mfa=True)


@pytest.fixture
def kai(root: Unit) -> Person:
    """The administrator of records."""
    return add("Kai", "records-admin", unit=root)


@pytest.fixture
def li_na(bo: Person, shanghai: Unit) -> Customer:
    """A customer of Bo's in Shanghai."""
    return open_record(as_actor(bo), shanghai)


def open_record(by: Actor, unit: Unit, **values: object) -> Customer:
    """Open a person's record with Li Na's values, some replaced."""
    declaration = Declaration(
        unit_id=unit.pk,
        basis="contract",
        purposes=("account-management",),
        source="counter",
        owner_id=by.person_id,
        jurisdiction="CN",
    )
    kept = {key: value for key, value in {**LI_NA, **values}.items() if value is not None}
    return actions.create(
        kind=Kind.PERSON, values=kept, declaration=declaration, purpose="account-management", by=by, at=NOON
    )


type Opener = Callable[..., Customer]
