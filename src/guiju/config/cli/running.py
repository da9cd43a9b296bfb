"""The one ``guiju up`` of an installation, and the address at which people reach it."""

from collections.abc import Iterator
from contextlib import contextmanager

from guiju.config.environment import Environment
from guiju.config.locks import Lock
from guiju.config.words import _
from guiju.kit.errors import Refused

_GLANCE = 0.2


class AlreadyUp(Refused):
    """Another ``guiju up`` runs this installation."""

    code = "already-up"


def _lock(environment: Environment) -> Lock:
    return Lock(environment.folders.locks / "up")


@contextmanager
def only_one(environment: Environment) -> Iterator[None]:
    """Be the one that runs this installation inside, and leave word of the port; raises AlreadyUp."""
    alone = _lock(environment)
    if not alone.take(wait=_GLANCE):  # as long as ``address`` may take to look
        raise AlreadyUp(
            _("Another guiju already runs the installation in {home}.").format(home=environment.home),
            remedy=_("Stop it first, or choose another folder with GUIJU_HOME."),
        )
    try:
        alone.path.write_text(str(environment.port))
        yield
    finally:
        alone.release()


def address(environment: Environment) -> str:
    """Return the address people type: the one that is set, else the one of the ``guiju up`` that runs."""
    lock = _lock(environment)
    if environment.base_url or lock.take(shared=True):
        lock.release()
        return environment.address
    port = lock.path.read_text().strip()
    return f"http://localhost:{port}" if port else environment.address
