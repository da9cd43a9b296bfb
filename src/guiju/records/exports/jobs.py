"""Runs of the export gate as background jobs; their only argument is the export's id."""

from uuid import UUID

from procrastinate.contrib.django import app

from guiju.records.exports import actions, running


@app.task(queue=actions.QUEUE, name=actions.RUN, pass_context=False)
def run_export(export: str) -> None:
    """Write the file of an export."""
    running.run(UUID(export))
