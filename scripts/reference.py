"""Writes the pages that list what the code declares: ``docs/settings.md`` and ``docs/commands.md``.

``--check`` writes nothing and fails where a page differs from the code.
"""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import typer

from guiju.config.cli.root import app
from guiju.config.environment import SETTINGS

DOCS = Path(__file__).resolve().parent.parent / "docs"

SETTINGS_HEAD = """# Settings

Guiju reads its settings from environment variables. All of them have a default; a value that makes no sense is refused
with one sentence when a command starts. `guiju doctor` shows what is wrong with an installation.

| Variable | Default | What it means |
|---|---|---|
"""

COMMANDS_HEAD = """# Commands

Every command takes `--json`: then standard output holds exactly one JSON document and everything else goes to standard
error. Exit codes: 0 done, 1 refused or found broken, 2 wrong usage.
"""


def settings_page() -> str:
    """Return the page of settings."""
    rows = [f"| `{one.name}` | {_default(one.shown)} | {one.meaning} |" for one in SETTINGS]
    return SETTINGS_HEAD + "\n".join(rows) + "\n"


def _default(shown: str) -> str:
    return shown if not shown or " " in shown or "`" in shown else f"`{shown}`"


def commands(command: Any, path: str) -> Iterator[tuple[str, Any]]:
    """Yield each command with the words that call it, groups first."""
    for name, child in sorted(getattr(command, "commands", {}).items()):
        if getattr(child, "commands", None):
            yield from commands(child, f"{path} {name}")
        elif not child.hidden:
            yield f"{path} {name}", child


def commands_page() -> str:
    """Return the page of commands."""
    root = typer.main.get_command(app)
    return COMMANDS_HEAD + "".join(_section(words, command) for words, command in commands(root, "guiju"))


def _section(words: str, command: Any) -> str:
    arguments = [one for one in command.params if one.param_type_name == "argument"]
    options = [one for one in command.params if one.param_type_name == "option" and one.name not in {"json", "help"}]
    usage = " ".join([words, *(_usage(one) for one in arguments)])
    lines = [f"\n## {words}\n", f"{command.help}\n", f"```\n{usage}{' [OPTIONS]' if options else ''}\n```\n"]
    lines += [f"- `{one.name.upper()}`: {one.help}" for one in arguments if one.help]
    lines += [f"- `{'`, `'.join([*one.opts, *one.secondary_opts])}`: {one.help}" for one in options]
    return "\n".join(lines).rstrip() + "\n"


def _usage(argument: Any) -> str:
    shown = argument.name.upper() + (" …" if argument.nargs != 1 else "")
    return shown if argument.required else f"[{shown}]"


def main(arguments: list[str]) -> int:
    """Write the pages, or with ``--check`` compare them."""
    pages = {"settings.md": settings_page(), "commands.md": commands_page()}
    stale = [name for name, text in pages.items() if not _same(DOCS / name, text)]
    if "--check" in arguments:
        for name in stale:
            sys.stdout.write(f"docs/{name} differs from the code: run “make docs”.\n")
        return int(bool(stale))
    for name in stale:
        (DOCS / name).write_text(pages[name], encoding="utf-8")
    return 0


def _same(path: Path, text: str) -> bool:
    return path.exists() and path.read_text(encoding="utf-8") == text


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
