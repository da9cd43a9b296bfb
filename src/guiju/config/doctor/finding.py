"""What the doctor says: one line per thing it looked at."""

from dataclasses import dataclass
from enum import StrEnum


class State(StrEnum):
    """How a thing is."""

    GOOD = "good"
    WARNING = "warning"
    BROKEN = "broken"


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One thing looked at: its code, its state, what was seen and how to mend it."""

    code: str
    state: State
    what: str
    mend: str = ""


def good(code: str, what: str) -> Finding:
    """Return a finding that all is well."""
    return Finding(code=code, state=State.GOOD, what=what)


def warning(code: str, what: str, *, mend: str) -> Finding:
    """Return a finding that deserves a look."""
    return Finding(code=code, state=State.WARNING, what=what, mend=mend)


def broken(code: str, what: str, *, mend: str) -> Finding:
    """Return a finding that keeps Guiju from working or from being safe."""
    return Finding(code=code, state=State.BROKEN, what=what, mend=mend)
