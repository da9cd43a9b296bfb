"""The organisation that the tests of access play in."""

import pytest
from django.core.cache import cache
from django.test import Client
from pytest_django import Settings

from guiju.access import actions
from guiju.access.models import Person, Unit
from guiju.access.tests.cast import NOON, OPERATOR, add


@pytest.fixture(autouse=True)
def _plain_assets(settings: Settings) -> None:
    """Name assets as they are: these tests run without collected ones."""
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.STORAGES = settings.STORAGES | {"staticfiles": plain}


@pytest.fixture
def root(db: None) -> Unit:
    """The whole organisation."""
    cache.clear()
    return actions.create_unit(name="Guiju Trading", parent=None, by=OPERATOR, at=NOON)


@pytest.fixture
def shanghai(root: Unit) -> Unit:
    """A unit."""
    return actions.create_unit(name="Shanghai", parent=root, by=OPERATOR, at=NOON)


@pytest.fixture
def berlin(root: Unit) -> Unit:
    """Another unit."""
    return actions.create_unit(name="Berlin", parent=root, by=OPERATOR, at=NOON)


@pytest.fixture
def ines(root: Unit) -> Person:
    """The security administrator."""
    return add("Ines", "security-admin", unit=root)


@pytest.fixture
def otto(root: Unit) -> Person:
    """Another security administrator."""
    return add("Otto", "security-admin", unit=root)


@pytest.fixture
def mei(root: Unit) -> Person:
    """The compliance officer."""
    return add("Mei", "compliance-officer", unit=root)


@pytest.fixture
def rui(root: Unit) -> Person:
    """The auditor."""
    return add("Rui", "auditor", unit=root)


@pytest.fixture
def bo(shanghai: Unit) -> Person:
    """Sells in Shanghai."""
    return add("Bo", "sales", unit=shanghai)


@pytest.fixture
def ada(berlin: Unit) -> Person:
    """Sells in Berlin."""
    return add("Ada", "sales", unit=berlin)


@pytest.fixture
def sam(root: Unit) -> Person:
    """Holds no role."""
    return add("Sam", unit=root)


@pytest.fixture
def guest() -> Client:
    """A browser in which nobody is signed in."""
    return Client()
