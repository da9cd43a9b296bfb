"""The frame around every page: keyboard, palette, language, colours, purpose, phone."""

import re
from collections.abc import Callable

import pytest
from browser.visitor import PHONE, Open
from playwright.sync_api import expect

from guiju.access.models import Person

ROLES = ("compliance-officer", "security-admin", "records-admin")


@pytest.fixture
def mei(hire: Callable[..., Person]) -> Person:
    """Mei, who may open most pages."""
    return hire("Mei", *ROLES)


def test_the_keyboard_alone_leads_everywhere(visit: Open, mei: Person) -> None:
    window = visit(person=mei)
    page = window.page
    window.go("/settings/")
    page.keyboard.press("Tab")
    expect(page.locator(".gj-skip")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#content")).to_be_focused()
    page.keyboard.press("/")
    expect(page.locator("#global-search")).to_be_focused()
    page.keyboard.press("Escape")
    page.locator("h1").click()
    page.keyboard.type("gl")
    page.wait_for_url("**/ledger/")
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keyboard")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog", name="Keyboard")).to_be_hidden()
    window.quiet()


def test_the_palette_finds_a_page_and_goes_there(visit: Open, mei: Person) -> None:
    window = visit(person=mei)
    page = window.page
    window.go("/today/")
    page.keyboard.press("Control+k")
    expect(page.get_by_role("option", name="Settings")).to_be_visible()
    window.accessible()
    page.keyboard.type("purp")
    expect(page.get_by_role("option")).to_have_count(2)
    expect(page.get_by_role("option", name="Purposes")).to_have_attribute("aria-selected", "true")
    page.keyboard.press("Enter")
    page.wait_for_url("**/purposes/")
    window.quiet()


def test_the_palette_searches_customers_without_writing_their_names_into_an_address(visit: Open, mei: Person) -> None:
    window = visit(person=mei)
    page = window.page
    window.go("/today/")
    page.keyboard.press("Control+k")
    page.keyboard.type("Li Na")
    page.get_by_role("option", name="Search customers for “Li Na”").click()
    page.wait_for_url(re.compile("/search/$"))
    expect(page.get_by_role("searchbox").first).to_be_visible()
    window.quiet()


def test_another_language_keeps_the_page(visit: Open, mei: Person) -> None:
    window = visit(person=mei)
    page = window.page
    window.go("/ledger/?outcome=refused")
    page.get_by_role("button", name="简体中文").click()
    expect(page.locator("html")).to_have_attribute("lang", "zh-hans")
    assert page.url.endswith("/ledger/?outcome=refused")
    page.get_by_role("button", name="English").click()
    expect(page.locator("html")).to_have_attribute("lang", "en")


def test_chosen_colours_are_there_before_the_first_paint_of_every_page(visit: Open, mei: Person) -> None:
    window = visit(person=mei, theme="light")
    page = window.page
    window.go("/today/")
    page.get_by_role("button", name="Dark", exact=True).click()
    expect(page.locator("html")).to_have_attribute("data-bs-theme", "dark")
    noted = "window.first = document.documentElement.dataset.bsTheme"
    page.add_init_script(f"document.addEventListener('DOMContentLoaded', () => {{ {noted} }})")
    window.go("/settings/")
    assert page.evaluate("window.first") == "dark"
    expect(page.get_by_role("button", name="Dark", exact=True)).to_have_attribute("aria-pressed", "true")


def test_a_phone_opens_the_navigation_and_closes_it_with_escape(visit: Open, mei: Person) -> None:
    window = visit(person=mei, size=PHONE)
    page = window.page
    window.go("/today/")
    side = page.locator("#side")
    expect(side).to_be_hidden()
    page.get_by_role("button", name="Menu").tap()
    expect(side).to_be_visible()
    window.accessible()
    box = page.get_by_role("link", name="Ledger", exact=True).bounding_box()
    assert box is not None
    assert box["height"] >= 44
    page.keyboard.press("Escape")
    expect(side).to_be_hidden()
    window.fits()
    window.quiet()


def test_without_scripts_the_purpose_still_switches_and_the_page_stays(visit: Open, mei: Person) -> None:
    window = visit(person=mei, scripts=False)
    page = window.page
    window.go("/settings/")
    page.locator(".gj-purpose summary").click()
    page.locator(".gj-purpose").get_by_role("button", name="Complaint").click()
    assert page.url.endswith("/settings/")
    expect(page.locator(".gj-purpose summary")).to_contain_text("Complaint")


def test_a_menu_walks_with_the_arrows_and_gives_the_focus_back(visit: Open, mei: Person) -> None:
    window = visit(person=mei)
    page = window.page
    window.go("/today/")
    page.locator(".gj-account").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("link", name="My account")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator(".gj-account")).to_be_focused()


@pytest.mark.parametrize("path", ["/today/", "/ledger/", "/ledger/checkpoint/", "/settings/", "/no/such/page/"])
@pytest.mark.parametrize("size", [(1280, 860), (360, 740)])
def test_pages_of_the_console_are_accessible_and_fit(
    visit: Open, mei: Person, path: str, size: tuple[int, int]
) -> None:
    window = visit(person=mei, size=size, language="zh-hans")
    window.go(path)
    window.accessible()
    window.fits()
