"""A start stays quick: what only some work needs is not loaded by every process."""

import os
import subprocess
import sys

import pytest

SLOW = {"openpyxl", "pypinyin"}
WAKE = """
import sys
import django
django.setup()
import guiju.config.urls
print(*sys.modules)
"""


def loaded(program: str) -> set[str]:
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "guiju.config.settings"}
    done = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True, env=environment)
    return set(done.stdout.split())


def test_a_process_of_the_product_loads_no_dictionary_and_no_workbooks() -> None:
    modules = loaded(WAKE)
    assert "phonenumbers" in modules, "the product was not loaded"
    assert SLOW & modules == set()


@pytest.mark.parametrize("name", ["guiju.config.cli.root", "guiju.config.keeper"])
def test_what_starts_first_does_not_wake_django(name: str) -> None:
    modules = loaded(f"import sys, {name}; print(*sys.modules)")
    assert name in modules
    assert {"django.db", "structlog", "psycopg", *SLOW} & modules == set()
