"""The tables behind the API: allowances (unlogged, since a crash may forget them) and writes that may be repeated."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    """Create both tables."""

    dependencies = [("access", "0002_cache_table")]
    operations = [
        migrations.CreateModel(
            name="CallCount",
            fields=[
                ("who", models.BinaryField(max_length=32, primary_key=True, serialize=False)),
                ("started", models.BigIntegerField()),
                ("calls", models.PositiveIntegerField()),
            ],
        ),
        migrations.RunSQL("ALTER TABLE access_callcount SET UNLOGGED", "ALTER TABLE access_callcount SET LOGGED"),
        migrations.CreateModel(
            name="RepeatableCall",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "token_id", "key", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("key", models.BinaryField(max_length=32)),
                ("body", models.BinaryField(max_length=32)),
                ("made", models.UUIDField(null=True)),
                ("status", models.PositiveSmallIntegerField(default=0)),
                ("at", models.DateTimeField()),
                (
                    "token",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="access.token"
                    ),
                ),
            ],
            options={"indexes": [models.Index(fields=["at"], name="access_repeatable_call_at")]},
        ),
    ]
