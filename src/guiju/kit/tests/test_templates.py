"""What every template of the house must hold to."""

import json
import re
from pathlib import Path

import pytest

import guiju

HOUSE = Path(guiju.__file__).parent
ROOT = HOUSE.parent.parent
TEMPLATES = sorted(HOUSE.glob("*/templates/**/*.html"))
INLINE = re.compile(r"<style|\sstyle=|\son[a-z]+=|<script(?![^>]*\ssrc=)(?![^>]*application/json)|javascript:")
ICON = re.compile(r"""(?:\bicon=["']|\{% icon ["'])([a-z0-9-]+)["']""")


def test_the_house_has_templates() -> None:
    assert len(TEMPLATES) > 40


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(HOUSE)))
def test_nothing_inline_that_the_security_policy_would_refuse(path: Path) -> None:
    assert INLINE.findall(path.read_text()) == []


def test_every_icon_in_use_is_brought_by_the_assets() -> None:
    brought = set(json.loads((ROOT / "package.json").read_text())["assets"]["icons"])
    sources = [*TEMPLATES, *HOUSE.glob("*/**/*.py")]
    used = {name: path for path in sources for name in ICON.findall(path.read_text())}
    assert {name: str(path) for name, path in used.items() if name not in brought} == {}
