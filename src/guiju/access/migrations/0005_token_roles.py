"""A token keeps what its person held when it was made; those that exist keep what was held at their making."""

import django.contrib.postgres.fields
from django.db import migrations, models

KEEP = """
UPDATE access_token AS made SET roles = ARRAY(
    SELECT DISTINCT held.role || ':' || COALESCE(held.unit_id::text, '') FROM access_grant AS held
    WHERE held.person_id = made.person_id AND held.granted_at <= made.created_at
        AND (held.revoked_at IS NULL OR held.revoked_at > made.created_at)
        AND (held.expires_at IS NULL OR held.expires_at > made.created_at)
)
"""


class Migration(migrations.Migration):
    """Add the column and fill it."""

    dependencies = [("access", "0004_two_who_agree")]
    operations = [
        migrations.AddField(
            model_name="token",
            name="roles",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=60), default=list, size=None
            ),
        ),
        migrations.RunSQL(KEEP, migrations.RunSQL.noop),
    ]
