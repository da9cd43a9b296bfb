"""What must hold without running the product: format, lint, types, contracts, migrations, translations, docs."""

import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BIN = ROOT / ".venv" / "bin"
CHECKS: dict[str, list[str]] = {
    "types": ["mypy"],
    "format": ["ruff", "format", "--check", "."],
    "lint": ["ruff", "check", "."],
    "import contracts": ["lint-imports"],
    "dependencies": ["deptry", "src"],
    "templates": ["djlint", "--lint", "--quiet", "src"],
    "migrations in step": ["python", "-m", "django", "makemigrations", "--check", "--dry-run"],
    "translations": ["python", "scripts/translations.py", "check"],
    "reference": ["python", "scripts/reference.py", "--check"],
    "documentation": ["mkdocs", "build", "--strict", "--quiet"],
}


def run(name: str) -> tuple[str, int, float, str]:
    """Run one check; return its name, exit code, seconds and output."""
    program, *arguments = CHECKS[name]
    began = time.monotonic()
    done = subprocess.run(
        [BIN / program, *arguments],
        cwd=ROOT,
        check=False,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env={
            **os.environ,
            "LC_ALL": "C.UTF-8",
            "PYTHONPATH": "src",
            "PYTHONWARNINGS": "ignore::RuntimeWarning:django",
            "DJANGO_SETTINGS_MODULE": "guiju.config.settings",
            "GUIJU_HOME": str(ROOT / ".venv" / "check"),
        },
    )
    return name, done.returncode, time.monotonic() - began, done.stdout


def main() -> int:
    """Run the checks, two at a time, and show the output of those that fail."""
    wrong = []
    with ThreadPoolExecutor(max_workers=2) as pool:
        for name, code, seconds, output in pool.map(run, CHECKS):
            sys.stdout.write(f"{'ok  ' if code == 0 else 'WRONG'} {name} ({seconds:.1f} s)\n")
            if code:
                wrong.append(name)
                sys.stdout.write(output)
            sys.stdout.flush()
    if wrong:
        sys.stdout.write(f"Does not hold: {', '.join(wrong)}\n")
    return int(bool(wrong))


if __name__ == "__main__":
    sys.exit(main())
