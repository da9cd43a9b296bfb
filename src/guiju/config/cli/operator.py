"""Who acts when the command line does: the operating-system account, as the operator."""

import getpass

from guiju.access.actors import Actor, operator


def acting() -> Actor:
    """Return the actor of this command; Django must be awake."""
    try:
        name = getpass.getuser()
    except (KeyError, OSError):
        name = "unknown"
    return operator(name)
