"""The command line's own words in the operator's language, before (and without) Django."""

import gettext
import os
from collections.abc import Mapping
from pathlib import Path

LOCALE = Path(__file__).parent.parent / "locale"


def language(variables: Mapping[str, str]) -> str:
    """Return ``zh_Hans`` where the operator's terminal speaks Chinese, else ``en``."""
    spoken = next((variables[name] for name in ("LC_ALL", "LC_MESSAGES", "LANG") if variables.get(name)), "")
    return "zh_Hans" if spoken.lower().startswith("zh") else "en"


_ = gettext.translation("django", str(LOCALE), [language(os.environ)], fallback=True).gettext
