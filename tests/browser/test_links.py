"""Coming in by a one-time link, with scripts and without, and getting one from two who agree."""

from collections.abc import Callable

import pytest
from browser.visitor import PHONE, Open
from playwright.sync_api import expect

from guiju.access import actors, recovering
from guiju.access.models import Person
from guiju.kit import clock


@pytest.fixture
def link(hire: Callable[..., Person]) -> str:
    """A link for Bo, who sells."""
    raw = recovering.issue_sign_in_link(person=hire("Bo", "sales"), by=actors.operator("test"), at=clock.now())
    return f"/sign-in/link/#{raw}"


def test_bo_presses_one_button_and_no_request_names_the_secret(visit: Open, link: str) -> None:
    window = visit(size=PHONE)
    asked: list[str] = []
    window.page.on("request", lambda request: asked.append(request.url + str(request.headers)))
    window.go(link)
    expect(window.page.get_by_label("Code of the link")).to_be_hidden()
    window.accessible()
    window.fits()
    window.page.get_by_role("button", name="Sign in").click()
    expect(window.page.get_by_role("heading", level=1)).to_have_text("Set your password")
    assert "#" not in window.page.url, "nor does it stay in the address"
    assert asked
    assert not [one for one in asked if link.partition("#")[2] in one]
    window.quiet()


def test_without_scripts_bo_pastes_the_link(visit: Open, link: str) -> None:
    window = visit(scripts=False)
    window.go(link)
    window.page.get_by_label("Code of the link").fill(f"{window.base}{link}")
    window.page.get_by_role("button", name="Sign in").click()
    expect(window.page.get_by_role("heading", level=1)).to_have_text("Set your password")


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_ines_asks_for_a_link_and_otto_approves_it(visit: Open, hire: Callable[..., Person], language: str) -> None:
    bo, ines, otto = hire("Bo", "sales"), hire("Ines", "security-admin"), hire("Otto", "security-admin")
    hers = visit(person=ines, language=language)
    hers.go(f"/people/{bo.pk}/")
    hers.page.locator(f"form[action='/people/{bo.pk}/link/'] button").click()
    expect(hers.page.locator("form[action$='/decline/']")).to_have_count(1)
    expect(hers.page.locator("form[action$='/approve/']")).to_have_count(0)
    his = visit(person=otto, language=language, size=PHONE)
    his.go("/people/")
    his.accessible()
    his.fits()
    his.shot(f"proposal-{language}-phone")
    his.page.locator("form[action$='/approve/'] button").click()
    expect(his.page.get_by_text("/sign-in/link/#")).to_be_visible()
    his.quiet()
    hers.accessible()
    hers.shot(f"proposal-{language}-desktop")
    hers.quiet()
