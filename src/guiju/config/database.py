"""The database a command works with: the embedded one, brought up while it is needed, or the operator's own."""

from collections.abc import Iterator
from contextlib import contextmanager

from guiju.config import keeper
from guiju.config.embedded import Cluster
from guiju.config.environment import Environment


@contextmanager
def available(environment: Environment) -> Iterator[None]:
    """Have the databases of ``environment`` up inside; an external PostgreSQL is the operator's to run."""
    environment.folders.make()
    if not environment.embedded:
        yield
        return
    with keeper.serving(Cluster(home=environment.folders)):
        yield
