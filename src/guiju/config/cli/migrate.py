"""``guiju migrate``."""

from guiju.config.cli.django import awake
from guiju.config.cli.output import Answer, Json, say, speaking
from guiju.config.words import _


@speaking
def migrate(*, json: Json = False) -> Answer:
    """Bring both databases to this version's tables and give the product's role its rights."""
    with awake(as_owner=True):
        from guiju.config import migration  # noqa: PLC0415 - needs Django

        say(_("Migrating…"))
        applied = migration.migrate()
    return Answer(
        {"applied": [{"database": database, "migration": name} for database, name in applied]},
        [f"{database}: {name}" for database, name in applied] or [_("Everything was in step.")],
    )
