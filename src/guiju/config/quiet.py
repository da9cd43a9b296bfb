"""Errors in words that hold no personal value: where they happened and of which class, never their message."""

import sys
import traceback
from types import TracebackType
from typing import TextIO

type Problem = tuple[type[BaseException], BaseException, TracebackType | None]


def bare_traceback(out: TextIO, problem: Problem) -> None:
    """Write where an exception came from and its class, never its message: messages can quote a person's data."""
    error: BaseException | None = problem[1]
    while error is not None:
        out.writelines(traceback.format_tb(error.__traceback__))
        out.write(f"{type(error).__module__}.{type(error).__qualname__}\n")
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)


def end_quietly() -> None:
    """Let an error that ends this process print where it came from, but not its message."""

    def hook(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        bare_traceback(sys.stderr, (kind, error, trace))

    sys.excepthook = hook
