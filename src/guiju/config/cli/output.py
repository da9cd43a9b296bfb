"""How commands speak: one JSON document or plain lines on standard output, everything else on standard error."""

import inspect
import json
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any
from uuid import UUID

import typer

from guiju.config.words import _
from guiju.kit.errors import Refused

if TYPE_CHECKING:
    from rich.console import Console

DONE = 0
REFUSED = 1

Json = Annotated[bool, typer.Option("--json", help=_("Print one JSON document on standard output."))]


@dataclass
class Answer:
    """What a command says at its end: ``data`` for ``--json``, ``lines`` for people, and whether all is well."""

    data: dict[str, Any] = field(default_factory=dict)
    lines: list[str] = field(default_factory=list)
    good: bool = True


def messages() -> "Console":
    """Return the console for messages and progress: standard error."""
    from rich.console import Console  # noqa: PLC0415 - slow to import

    return Console(stderr=True, highlight=False, soft_wrap=True)


def say(text: str) -> None:
    """Tell the operator something while a command works."""
    messages().print(text, markup=False)


def speaking[**P](command: Callable[P, Answer]) -> Callable[P, None]:
    """Turn a function that returns an Answer into a command with ``--json``, plain refusals and exit codes.

    Its docstring is its help; scripts/translations.py collects it for the catalogue.
    """

    @wraps(command)
    def spoken(*args: P.args, **kwargs: P.kwargs) -> None:
        as_json = bool(kwargs.get("json", False))
        with refusals(as_json=as_json):
            answer = command(*args, **kwargs)
        if as_json:
            _print_json(answer.data)
        else:
            _print_lines(answer.lines)
        if not answer.good:
            raise typer.Exit(REFUSED)

    spoken.__doc__ = _(inspect.cleandoc(command.__doc__ or command.__name__))
    return spoken


@contextmanager
def refusals(*, as_json: bool) -> Iterator[None]:
    """Say a refusal as one sentence and its remedy, then leave with exit code 1."""
    try:
        yield
    except Refused as refusal:
        tell_refusal(refusal, as_json=as_json)
        raise typer.Exit(REFUSED) from None


def tell_refusal(refusal: Refused, *, as_json: bool) -> None:
    """Print a refusal for the reader: sentence, remedy and problems, or the same as JSON."""
    problems = [
        {"field": one.field, "rule": one.rule, "message": str(one.message), "remedy": str(one.remedy)}
        for one in refusal.problems
    ]
    if as_json:
        _print_json(
            {"refused": refusal.code, "message": str(refusal), "remedy": str(refusal.remedy), "problems": problems}
        )
    console = messages()
    console.print(f"{refusal} {refusal.remedy}".rstrip(), markup=False, style="red")
    for problem in problems:
        console.print(f"  {problem['field']}: {problem['message']} {problem['remedy']}".rstrip(), markup=False)


def _print_json(document: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(document, ensure_ascii=False, indent=2, default=_plain) + "\n")


def _print_lines(lines: Iterable[str]) -> None:
    sys.stdout.writelines(f"{line}\n" for line in lines)


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat().replace("+00:00", "Z")
    if isinstance(value, UUID | Path):
        return str(value)
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, bytes):
        return value.hex()
    return str(value)
