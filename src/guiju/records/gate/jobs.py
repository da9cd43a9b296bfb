"""Runs of the import gate as background jobs; their only argument is the import's id."""

from uuid import UUID

from procrastinate.contrib.django import app

from guiju.records.gate import actions, running


@app.task(queue=actions.QUEUE, name=actions.RUN, pass_context=False)
def run_import(batch: str) -> None:
    """Check, write or take back an import, from where it stands."""
    running.run(UUID(batch))
