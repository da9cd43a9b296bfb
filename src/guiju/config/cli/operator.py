"""Who acts when the command line does: the operating-system account, as the operator."""

import getpass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from guiju.access.actors import Actor


def acting() -> "Actor":
    """Return the actor of this command; Django must be awake."""
    from guiju.access.actors import operator  # noqa: PLC0415 - the roles are slow to load

    try:
        name = getpass.getuser()
    except (KeyError, OSError):
        name = "unknown"
    return operator(name)
