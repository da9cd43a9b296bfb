"""Somebody at a browser window: opens pages, checks them, keeps pictures of them."""

import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import Page

ROOT = Path(__file__).resolve().parent.parent.parent
AXE = ROOT / "node_modules/axe-core/axe.min.js"
SHOTS = ROOT / "test-results"
STANDARD = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
KEEP = "GUIJU_TEST_KEEP_IMAGES"
IN_DOCS = {
    "customer-revealed-en-desktop": "customer.png",
    "customer-zh-hans-phone": "customer-zh.png",
}
"""Screenshots that the documentation shows; kept there when ``GUIJU_TEST_KEEP_IMAGES`` is set."""
DESKTOP, PHONE = (1280, 860), (390, 844)


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
        if name in IN_DOCS and os.environ.get(KEEP):
            shutil.copy(path, ROOT / "docs" / "images" / IN_DOCS[name])
        return path


def _words_of(violation: dict[str, Any]) -> str:
    nodes = [f"  {node['html'][:200]}\n    {node['failureSummary']}" for node in violation["nodes"][:4]]
    return "\n".join([f"{violation['id']}: {violation['help']}", *nodes])


type Open = Callable[..., Visitor]
