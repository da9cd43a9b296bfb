"""The organisation that the tests of access play in."""

import pytest
from django.test import Client
from pytest_django import Settings

from guiju.access.models import Person, Unit
from guiju.access.tests.cast import add
from guiju.access.tests.organisation import ada, berlin, bo, mei, root, rui, shanghai

__all__ = ["ada", "berlin", "bo", "mei", "root", "rui", "shanghai"]


@pytest.fixture(autouse=True)
def _plain_assets(settings: Settings) -> None:
    """Name assets as they are: these tests run without collected ones."""
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.STORAGES = settings.STORAGES | {"staticfiles": plain}


@pytest.fixture
def ines(root: Unit) -> Person:
    """The security administrator."""
    return add("Ines", "security-admin", unit=root)


@pytest.fixture
def otto(root: Unit) -> Person:
    """Another security administrator."""
    return add("Otto", "security-admin", unit=root)


@pytest.fixture
def sam(root: Unit) -> Person:
    """Holds no role."""
    return add("Sam", unit=root)


@pytest.fixture
def guest() -> Client:
    """A browser in which nobody is signed in."""
    return Client()
