"""The table that rate limits are counted in, shared by all web processes; unlogged, since a crash may forget it."""

from django.db import migrations

CREATE = """
CREATE UNLOGGED TABLE access_cache (
    cache_key varchar(255) PRIMARY KEY,
    value text NOT NULL,
    expires timestamp with time zone NOT NULL
);
CREATE INDEX access_cache_expires ON access_cache (expires);
"""


class Migration(migrations.Migration):
    """Create the cache table."""

    dependencies = [("access", "0001_initial")]
    operations = [migrations.RunSQL(CREATE, "DROP TABLE access_cache")]
