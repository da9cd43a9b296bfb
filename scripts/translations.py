r"""The catalogues of translations: ``compile``, ``check``, ``update`` from the source, and ``correct`` them.

``compile`` needs Babel only; ``check`` and ``update`` need xgettext. ``check`` fails where a translation lacks.
``update FILE.tsv ...`` also takes what is missing from tab-separated files: English, then the other language; a line
break is ``\n``. ``correct FILE.tsv ...`` does the same, and replaces what is there.
"""

import ast
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from io import StringIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "src" / "guiju"
LOCALE = SOURCE / "locale"
TARGETS = ("zh_Hans",)
# Without dates and names of people: the file changes only where a translation does.
HEADER = """\
# Guiju's words in another language; scripts/translations.py keeps them in step with the source.
msgid ""
msgstr ""
"Language: {locale}\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"Plural-Forms: {plurals}\\n"

"""


def catalogue(locale: str, *, folder: Path = LOCALE) -> Path:
    """Return where the catalogue of a language lies."""
    return folder / locale / "LC_MESSAGES" / "django.po"


def read(path: Path, *, locale: str | None = None) -> Catalog:
    """Read a catalogue; the language says how many plural forms there are."""
    with path.open("rb") as file:
        return read_po(file, locale=locale)


def compile_all() -> None:
    """Compile each catalogue that is newer than its compiled form."""
    for source in sorted(LOCALE.glob("*/LC_MESSAGES/django.po")):
        target = source.with_suffix(".mo")
        if target.exists() and target.stat().st_mtime >= source.stat().st_mtime:
            continue
        draft = target.with_suffix(".new")
        with draft.open("wb") as file:
            write_mo(file, read(source, locale=source.parents[1].name))
        draft.replace(target)


def extract(locale: str) -> Catalog:
    """Return the strings of the source now, extracted from a copy so that nothing here changes."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "guiju"
        shutil.copytree(
            SOURCE, copy, ignore=shutil.ignore_patterns("locale", "vendor", "tests", "migrations", "__pycache__")
        )
        (copy / "locale").mkdir()
        (copy / "commands.py").write_text("".join(f"_({text!r})\n" for text in helps()), encoding="utf-8")
        subprocess.run(
            [sys.executable, "-m", "django", "makemessages", "-l", locale, "--no-wrap", "--keep-pot", "-v", "0"],
            cwd=copy,
            check=True,
            env={"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT / "src")},
        )
        template = (copy / "locale" / "django.pot").read_text(encoding="utf-8")
    # A template does not know yet how many plural forms there will be.
    return read_po(StringIO(template.replace("nplurals=INTEGER; plural=EXPRESSION;", "nplurals=2; plural=n != 1;")))


def helps() -> Iterator[str]:
    """Yield the help of each command: its docstring."""
    for file in sorted((SOURCE / "config" / "cli").glob("*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef) and "speaking" in map(ast.unparse, node.decorator_list):
                yield ast.get_docstring(node) or node.name


def key(message: object) -> tuple[object, object]:
    """Return what identifies a message: its context and its English text."""
    return getattr(message, "context", None), getattr(message, "id", None)


def done(string: object) -> bool:
    """Tell whether a translation says something, in each of its plural forms."""
    return all(string) if isinstance(string, list | tuple) else bool(string)


def missing(locale: str) -> list[str]:
    """Return the English strings that the catalogue lacks or holds only as a guess."""
    path = catalogue(locale)
    known = {key(one): one for one in read(path, locale=locale)} if path.exists() else {}
    lacking = []
    for message in extract(locale):
        found = known.get(key(message))
        if message.id and (found is None or found.fuzzy or not done(found.string)):
            lacking.append(str(message.id))
    return sorted(lacking)


def check() -> int:
    """Print what is missing and return the exit code."""
    code = 0
    for locale in TARGETS:
        lacking = missing(locale)
        for text in lacking:
            sys.stdout.write(f"{locale}: no translation of {text!r}\n")
        code = code or int(bool(lacking))
    return code


def pairs(files: list[str]) -> dict[str, str]:
    """Read translations from tab-separated files; later lines win. A context stands before the English and a bar."""
    found: dict[str, str] = {}
    for name in files:
        for line in Path(name).read_text(encoding="utf-8").splitlines():
            english, tab, other = line.partition("\t")
            if tab and other.strip():
                found[english.replace("\\n", "\n")] = other.replace("\\n", "\n")
    return found


def update(files: list[str], *, replace: bool = False) -> None:
    """Write each catalogue anew: the strings of the source with the known translations and those of ``files``."""
    given = pairs(files)
    for locale in TARGETS:
        path = catalogue(locale)
        known = {key(one): one for one in read(path, locale=locale)} if path.exists() else {}
        fresh = Catalog(locale=locale)
        for message in extract(locale):
            english = message.id[0] if isinstance(message.id, list | tuple) else message.id
            if not english:
                continue
            english = f"{message.context}|{english}" if message.context else english
            old = known.get(key(message))
            string = old.string if old is not None and not old.fuzzy and done(old.string) else ""
            if english in given and (replace or not string):
                string = (given[english],) * fresh.num_plurals if message.pluralizable else given[english]
            fresh.add(message.id, string, flags=message.flags, context=message.context)
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("wb") as file:
            file.write(HEADER.format(locale=locale, plurals=fresh.plural_forms).encode())
            write_po(file, fresh, width=0, sort_output=True, omit_header=True, no_location=True, ignore_obsolete=True)


def main(arguments: list[str]) -> int:
    """Do what the first argument says."""
    match arguments:
        case ["compile"]:
            try:
                compile_all()
            except OSError as error:
                sys.exit(f"The translations cannot be compiled: {error}.")
        case ["check"]:
            return check()
        case ["update", *files]:
            update(files)
        case ["correct", *files]:
            update(files, replace=True)
        case _:
            sys.stderr.write(f"{__doc__}\n")
            return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
