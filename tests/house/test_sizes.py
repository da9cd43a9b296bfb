"""Rooms stay light: short files, short functions, imports at the top, hardly a mock."""

import ast
import re
import statistics
from collections.abc import Iterator
from pathlib import Path

from guiju.config.tests import source

LONGEST_FILE, LONGEST_FUNCTION = 400, 60
MEDIAN_FILE, LONG_FILE, LONG_FUNCTION = 120, 320, 30
MOCKS_PER_TEST = 0.07
FORBIDDEN = {"utils", "helpers", "services", "managers", "misc", "common"}
MARKS = re.compile(r"\b(TODO|FIXME|XXX|HACK|[Cc]oming soon)\b")


def _every_file() -> list[Path]:
    written = [
        path for folder in ("tests", "scripts", "bench") for path in sorted((source.ROOT / folder).rglob("*.py"))
    ]
    return [*source.files(tests=True), *written]


def _functions() -> Iterator[tuple[str, int]]:
    for path in _every_file():
        for one in source.functions(path):
            if one.end_lineno:
                yield f"{path.name}:{one.lineno} {one.name}", one.end_lineno - one.lineno + 1


def test_no_file_is_longer_than_400_lines_and_most_are_short() -> None:
    lengths = {str(path): len(path.read_text(encoding="utf-8").splitlines()) for path in _every_file()}
    assert [name for name, length in lengths.items() if length > LONGEST_FILE] == []
    some = sorted(length for length in lengths.values() if length)
    assert statistics.median(some) <= MEDIAN_FILE
    assert statistics.quantiles(some, n=10)[-1] <= LONG_FILE


def test_no_function_is_longer_than_60_lines_and_most_are_short() -> None:
    lengths = dict(_functions())
    assert [name for name, length in lengths.items() if length > LONGEST_FUNCTION] == []
    assert statistics.quantiles(lengths.values(), n=10)[-1] <= LONG_FUNCTION


def _inner_imports(path: Path) -> Iterator[tuple[int, list[ast.stmt], int]]:
    """Yield each import inside a function with its block and its place there."""
    for function in source.functions(path):
        for node in ast.walk(function):
            for block in (getattr(node, name, None) for name in ("body", "orelse", "handlers", "finalbody")):
                if isinstance(block, list):
                    for place, statement in enumerate(block):
                        if isinstance(statement, ast.Import | ast.ImportFrom):
                            yield statement.lineno, block, place


def test_an_import_inside_a_function_says_why() -> None:
    silent = []
    for path in source.files():
        lines = path.read_text(encoding="utf-8").splitlines()
        for line, block, place in _inner_imports(path):
            first = place
            while first and isinstance(block[first - 1], ast.Import | ast.ImportFrom):
                first -= 1
            reasons = (
                "".join(lines[one.lineno - 1] for one in block[first : place + 1]) + lines[block[first].lineno - 2]
            )
            if not re.search(r"#.*( - \w|# \w)|^\s*# \w", reasons):
                silent.append(f"{source.name_of(path)}:{line}")
    assert silent == []


def test_files_are_named_after_what_they_hold() -> None:
    assert [str(path) for path in _every_file() if path.stem in FORBIDDEN or path.stem.endswith("_utils")] == []


def test_nothing_is_left_for_later() -> None:
    kinds = (".py", ".html", ".css", ".js", ".yaml", ".md")
    left = []
    for path in sorted(source.PACKAGE.rglob("*")):
        if path.suffix in kinds and "vendor" not in path.parts:
            left += [f"{source.name_of(path)}: {mark[0]}" for mark in MARKS.finditer(path.read_text(encoding="utf-8"))]
    assert left == []


def test_every_room_says_in_one_sentence_what_it_is() -> None:
    for package in sorted(source.PACKAGE.glob("*/__init__.py")):
        if package.parent.name not in ("locale", "tests"):
            assert ast.get_docstring(source.tree(package)), package


def test_hardly_anything_is_mocked() -> None:
    tests = mocks = 0
    for path in _every_file():
        if path.name.startswith("test_") or path.name == "conftest.py":
            text = path.read_text(encoding="utf-8")
            tests += len(re.findall(r"^def test_", text, re.MULTILINE))
            mocks += len(
                re.findall(r"\bmonkeypatch\.set(?:attr|item)\(|\bpatch\.setattr\(|\bMock\(|\bMagicMock\(", text)
            )
    assert mocks / tests <= MOCKS_PER_TEST


def test_our_own_code_is_never_replaced_by_a_library_of_mocks() -> None:
    imports = [
        str(path)
        for path in _every_file()
        if re.search(r"^(?:from|import) (?:unittest\.mock|unittest import mock|pytest_mock)", path.read_text(), re.M)
    ]
    assert imports == []
