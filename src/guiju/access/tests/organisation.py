"""The organisation that the tests of the rooms play in: three units and the people whom several rooms know."""

import pytest
from django.core.cache import cache

from guiju.access import actions
from guiju.access.models import Person, Unit
from guiju.access.tests.cast import NOON, OPERATOR, add


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
