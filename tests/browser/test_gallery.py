"""The frame and the gallery, as people meet them: both languages, both themes, phone and desktop, keyboard only."""

from collections.abc import Callable
from typing import Any

import pytest

from guiju.access.models import Person

SIZES = {"desktop": (1280, 860), "phone": (390, 844)}


@pytest.mark.parametrize("language", ["en", "zh-hans"])
@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("size", SIZES)
def test_every_component_is_accessible(
    visit: Any, hire: Callable[..., Person], language: str, theme: str, size: str
) -> None:
    mei = hire("Mei", "compliance-officer", "security-admin", "records-admin")
    window = visit(person=mei, language=language, theme=theme, size=SIZES[size])
    window.go("/gallery/")
    window.shot(f"gallery-{language}-{theme}-{size}")
    window.accessible()
    window.fits()
    window.quiet()
