"""A real browser on a live server: people sign in, pages are checked by axe, screenshots land in ``test-results/``."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from browser.visitor import DESKTOP, PHONE, Open, Visitor
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.test.testcases import LiveServerThread
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, sync_playwright

from guiju.access.models import Grant, Person, Unit
from guiju.access.signin import ENROLLED
from guiju.config import static
from guiju.kit import clock

QUIET = [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip

# The browser's driver runs an event loop in the thread of the tests, which only prepare and read rows there.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let every journey write to both databases, as the live server does."""
    here = Path(__file__).parent
    for item in items:
        if item.path.is_relative_to(here):
            item.add_marker(pytest.mark.django_db(transaction=True, databases=["default", "keyring"]))


@pytest.fixture(scope="session")
def served(django_db_setup: None) -> Iterator[str]:
    """Serve the product with its collected static files, as it serves itself; return the address."""
    static.collect()
    thread = LiveServerThread("localhost", lambda application: application)
    thread.daemon = True
    thread.start()
    thread.is_ready.wait()
    if thread.error:
        raise thread.error
    yield f"http://localhost:{thread.port}"
    thread.terminate()


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """Start the machine's own Chromium once."""
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path="/usr/bin/chromium", args=QUIET)
        yield browser
        browser.close()


@pytest.fixture
def visit(chromium: Browser, served: str) -> Iterator[Open]:
    """Open browser windows: ``visit(person=…, language="zh-hans", theme="dark", size=PHONE)``."""
    contexts: list[BrowserContext] = []

    def opened(
        *,
        person: Person | None = None,
        language: str = "en",
        theme: str = "light",
        size: tuple[int, int] = DESKTOP,
        scripts: bool = True,
    ) -> Visitor:
        context = chromium.new_context(
            viewport={"width": size[0], "height": size[1]},
            color_scheme="dark" if theme == "dark" else "light",
            has_touch=size == PHONE,
            java_script_enabled=scripts,
            permissions=["clipboard-read", "clipboard-write"],
            reduced_motion="reduce",
        )
        contexts.append(context)
        cookies = {settings.LANGUAGE_COOKIE_NAME: language}
        if person is not None:
            cookies[settings.SESSION_COOKIE_NAME] = _session_of(person)
        jar = [{"name": name, "value": value, "url": served} for name, value in cookies.items()]
        context.add_cookies(jar)
        page = context.new_page()
        page.set_default_timeout(10_000)
        complaints: list[str] = []
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda message: _note(message, complaints))
        return Visitor(page=page, base=served, complaints=complaints)

    yield opened
    for context in contexts:
        context.close()


def _note(message: ConsoleMessage, complaints: list[str]) -> None:
    if message.type == "error":
        complaints.append(f"{message.text} ({message.location['url']})")


def _session_of(person: Person) -> str:
    session = SessionStore()
    session[SESSION_KEY] = str(person.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = person.get_session_auth_hash()
    session[ENROLLED] = str(person.pk)
    session.save()
    assert session.session_key is not None
    return session.session_key


@pytest.fixture
def hire() -> Callable[..., Person]:
    """Return a function that adds a person with roles in a unit: ``hire("Mei", "compliance-officer")``."""

    def hired(name: str, *roles: str, unit: str = "Head office") -> Person:
        at = clock.now()
        home, _made = Unit.objects.get_or_create(name=unit, defaults={"path": f"{unit}."})
        person = Person(email=f"{name.lower()}@example.org", name=name, unit=home, joined_at=at)
        person.set_password("a long enough password")
        person.save()
        for role in roles:
            Grant.objects.create(person=person, role=role, unit=home, granted_at=at, granted_by="system:test")
        return person

    return hired
