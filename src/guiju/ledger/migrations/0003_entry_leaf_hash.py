"""Every entry carries the hash of its leaf from its birth: writers hash side by side, the sequencer only folds."""

from django.db import migrations

# Declared immutable, which to_char and convert_to are for this pattern and this encoding: neither follows a setting.
FUNCTION = r"""
CREATE FUNCTION ledger_leaf_hash(
    id bigint, tx bigint, at timestamptz, kind text, actor text, subjects uuid[], purpose text, outcome text,
    payload text
) RETURNS bytea LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
BEGIN
    RETURN sha256('\x00'::bytea || convert_to('{"v":1,"id":' || id || ',"tx":' || tx
        || ',"at":"' || to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')
        || '","kind":"' || kind || '","actor":"' || actor
        || '","subjects":[' || CASE WHEN subjects = '{}' THEN ''
            ELSE '"' || array_to_string(subjects, '","') || '"' END
        || '],"purpose":"' || purpose || '","outcome":"' || outcome
        || '","payload":' || payload || '}', 'UTF8'));
END
$$;
"""


# Not a field of the model: only the sequencer reads it, and Django's check of such a field asks a running server.
COLUMN = """
ALTER TABLE ledger_entry ADD COLUMN hash bytea NOT NULL GENERATED ALWAYS AS (
    ledger_leaf_hash(id, tx, at, kind, actor, subjects, purpose, outcome, payload)
) STORED;
"""


class Migration(migrations.Migration):
    dependencies = [("ledger", "0002_guards")]
    operations = [
        migrations.RunSQL(FUNCTION, "DROP FUNCTION ledger_leaf_hash"),
        migrations.RunSQL(COLUMN, "ALTER TABLE ledger_entry DROP COLUMN hash"),
    ]
