"""The source of the product as the tests of the house read it."""

import ast
from collections.abc import Iterator
from functools import cache
from importlib import import_module
from pathlib import Path
from types import ModuleType

import guiju

PACKAGE = Path(guiju.__file__).parent
ROOT = PACKAGE.parent.parent


@cache
def files(*, tests: bool = False, migrations: bool = False) -> tuple[Path, ...]:
    """Return the Python files of the product; those of tests and migrations where asked for."""
    found = sorted(PACKAGE.rglob("*.py"))
    return tuple(
        path
        for path in found
        if (tests or "tests" not in path.parts) and (migrations or "migrations" not in path.parts)
    )


@cache
def tree(path: Path) -> ast.Module:
    """Return a file as Python reads it."""
    return ast.parse(path.read_text(encoding="utf-8"))


def name_of(path: Path) -> str:
    """Return a file's path inside the package."""
    return path.relative_to(PACKAGE).as_posix()


def modules_called(name: str) -> Iterator[ModuleType]:
    """Yield every module of the product with this last name, such as ``actions``."""
    for path in files():
        if path.stem == name:
            dotted = path.relative_to(PACKAGE.parent).with_suffix("").parts
            yield import_module(".".join(dotted))


def functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    """Yield every function of a file, inner ones too."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node
