"""What only SQL can say: nobody edits the ledger, how tiles are stored, and how an entry finds its leaf."""

from django.db import migrations

REFUSE = """
CREATE FUNCTION ledger_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'The ledger is append-only: % on % is refused', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'insufficient_privilege',
              HINT = 'Record another entry that corrects the first one.';
END
$$;
"""

GUARD = """
CREATE TRIGGER {table}_is_append_only BEFORE UPDATE OR DELETE ON {table}
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse();
CREATE TRIGGER {table}_is_never_emptied BEFORE TRUNCATE ON {table}
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse();
ALTER TABLE {table} ENABLE ALWAYS TRIGGER {table}_is_append_only;
ALTER TABLE {table} ENABLE ALWAYS TRIGGER {table}_is_never_emptied;
"""

STORAGE = """
ALTER TABLE ledger_entry ADD CONSTRAINT ledger_entry_subjects_are_known
    CHECK (array_position(subjects, NULL) IS NULL AND coalesce(array_ndims(subjects), 1) = 1);
ALTER TABLE ledger_tile ALTER COLUMN hashes SET STORAGE EXTERNAL;
ALTER TABLE ledger_span ALTER COLUMN ids SET STORAGE MAIN;
ALTER TABLE ledger_span SET (toast_tuple_target = 4096);
CREATE INDEX ledger_span_range ON ledger_span USING gist (int8range(low, high, '[]'));
"""


class Migration(migrations.Migration):
    dependencies = [("ledger", "0001_initial")]
    operations = [
        migrations.RunSQL(
            REFUSE + GUARD.format(table="ledger_entry") + GUARD.format(table="ledger_checkpoint"),
            "DROP FUNCTION ledger_refuse CASCADE",
        ),
        migrations.RunSQL(STORAGE, migrations.RunSQL.noop),
    ]
