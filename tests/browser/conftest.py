"""A real browser on a live server: people sign in, pages are checked by axe, screenshots land in ``test-results/``."""

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.test.testcases import LiveServerThread
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, sync_playwright

from guiju.access.models import Grant, Person, Unit
from guiju.access.signin import ENROLLED
from guiju.config import static
from guiju.kit import clock

ROOT = Path(__file__).resolve().parent.parent.parent
AXE = ROOT / "node_modules/axe-core/axe.min.js"
SHOTS = ROOT / "test-results"
STANDARD = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
DESKTOP, PHONE = (1280, 860), (390, 844)
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


@dataclass
class Visitor:
    """Somebody at a browser window."""

    page: Page
    base: str
    complaints: list[str]

    def go(self, path: str) -> None:
        """Open an address of the product."""
        self.page.goto(f"{self.base}{path}")

    def accessible(self) -> None:
        """Fail with every violation of WCAG 2.2 AA that axe finds on the page as it stands."""
        self.page.evaluate(AXE.read_text())
        found = self.page.evaluate("tags => axe.run({runOnly: tags})", STANDARD)
        assert not found["violations"], "\n".join(_words_of(one) for one in found["violations"])

    def fits(self) -> None:
        """Fail where the page scrolls sideways."""
        wide, window = self.page.evaluate("[document.documentElement.scrollWidth, window.innerWidth]")
        assert wide <= window, f"{self.page.url} is {wide} px wide in a window of {window} px"

    def quiet(self) -> None:
        """Fail where the browser complained: script errors, missing files, refusals of the security policy."""
        assert not self.complaints, "\n".join(self.complaints)

    def shot(self, name: str, *, whole: bool = True) -> Path:
        """Save a screenshot and return its file."""
        SHOTS.mkdir(exist_ok=True)
        path = SHOTS / f"{name}.png"
        self.page.screenshot(path=path, full_page=whole)
        return path


def _words_of(violation: dict[str, Any]) -> str:
    nodes = [f"  {node['html'][:200]}\n    {node['failureSummary']}" for node in violation["nodes"][:4]]
    return "\n".join([f"{violation['id']}: {violation['help']}", *nodes])


type Open = Callable[..., Visitor]


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
