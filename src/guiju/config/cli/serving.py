"""The long-running processes, one command each, for units of systemd or containers."""

from guiju.config import database
from guiju.config.cli.django import awake
from guiju.config.cli.output import Answer, Json, speaking
from guiju.config.environment import current
from guiju.config.quiet import end_quietly


@speaking
def web(*, json: Json = False) -> Answer:
    """Serve the product over HTTP."""
    from guiju.config.web import serve  # noqa: PLC0415 - granian is slow to import

    end_quietly()
    environment = current()
    with database.available(environment):
        serve(environment)
    return Answer({"stopped": "web"})


@speaking
def worker(*, json: Json = False) -> Answer:
    """Do the deferred jobs."""
    end_quietly()
    with awake():
        from guiju.config.work import work  # noqa: PLC0415 - needs Django

        work()
    return Answer({"stopped": "worker"})


@speaking
def sequencer(*, json: Json = False) -> Answer:
    """Give ledger entries their place in the tree and sign checkpoints."""
    end_quietly()
    with awake():
        from guiju.config.sequence import sequence  # noqa: PLC0415 - needs Django

        sequence()
    return Answer({"stopped": "sequencer"})
