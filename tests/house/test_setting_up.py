"""Setting up on machines unlike ours: what is missing is named in one sentence."""

import importlib.util
import os
import subprocess
from pathlib import Path
from types import ModuleType

import pytest

from guiju.config.tests import source

SCRIPTS = source.ROOT / "scripts"


@pytest.fixture
def setup() -> ModuleType:
    spec = importlib.util.spec_from_file_location("guiju_setup", SCRIPTS / "setup.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_a_machine_with_an_old_python_and_no_network_is_told_what_is_missing(
    setup: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(setup, "new_enough", lambda _python: False)
    monkeypatch.setattr(setup, "runs", lambda *_command: False)
    with pytest.raises(SystemExit) as left:
        setup.make_venv()
    assert "Guiju needs Python 3.12 or newer as python3" in str(left.value)


def test_a_newer_python_that_pyenv_keeps_but_does_not_offer_is_found(
    setup: ModuleType, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for version in ("3.9.1", "3.13.5"):
        (tmp_path / "versions" / version / "bin").mkdir(parents=True)
        program(tmp_path / "versions" / version / "bin", "python3", "exit 0")
    newer = str(tmp_path / "versions" / "3.13.5" / "bin" / "python3")
    monkeypatch.setenv("PYENV_ROOT", str(tmp_path))
    monkeypatch.setattr(setup, "new_enough", lambda python: python.startswith(str(tmp_path)))
    assert setup.interpreter() == newer


def test_without_node_the_one_from_the_package_index_is_brought(
    setup: ModuleType, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    said: list[str] = []
    monkeypatch.setattr(setup, "run", lambda *command: said.append(" ".join(command)))
    monkeypatch.setenv("PATH", str(tmp_path))
    setup.bring_assets()
    assert "--only-group assets" in said[0]
    assert said[1].endswith("scripts/assets.py")


def program(folder: Path, name: str, text: str) -> None:
    (folder / name).write_text(f"#!/bin/sh\n{text}\n")
    (folder / name).chmod(0o755)


def packages(folder: Path) -> "subprocess.CompletedProcess[str]":
    """Run the script that brings Debian packages where nothing but ``folder`` is on the path."""
    program(folder, "id", "echo 1000")
    program(folder, "apt-get", "exit 0")
    return subprocess.run(
        ["/bin/bash", SCRIPTS / "debian-packages"],
        env={**os.environ, "PATH": str(folder)},
        capture_output=True,
        text=True,
        check=False,
    )


def test_somebody_who_may_not_install_packages_is_told_which(tmp_path: Path) -> None:
    done = packages(tmp_path)
    assert done.returncode == 1
    assert done.stderr.startswith("The tests need chromium gettext")
    assert len(done.stderr.splitlines()) == 1


def test_packages_that_could_not_be_installed_are_named(tmp_path: Path) -> None:
    program(tmp_path, "sudo", "exit 1")
    done = packages(tmp_path)
    assert done.returncode == 1
    assert "could not be installed" in done.stderr.splitlines()[-1]
