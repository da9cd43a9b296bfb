"""The frame and the gallery, as people meet them: both languages, both themes, phone and desktop, keyboard only."""

from collections.abc import Callable

import pytest
from browser.visitor import DESKTOP, PHONE, Open

from guiju.access.models import Person

SIZES = {"desktop": DESKTOP, "phone": PHONE}


@pytest.mark.parametrize(
    ("language", "theme", "size"),
    [
        ("en", "light", "desktop"),
        ("zh-hans", "dark", "desktop"),
        ("en", "dark", "phone"),
        ("zh-hans", "light", "phone"),
    ],
)
def test_every_component_is_accessible(
    visit: Open, hire: Callable[..., Person], language: str, theme: str, size: str
) -> None:
    mei = hire("Mei", "compliance-officer", "security-admin", "records-admin")
    window = visit(person=mei, language=language, theme=theme, size=SIZES[size])
    window.go("/gallery/")
    window.shot(f"gallery-{language}-{theme}-{size}")
    window.accessible()
    window.fits()
    window.quiet()
