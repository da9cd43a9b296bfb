"""What the application's database role may do: everything it needs, and nothing that edits the ledger."""

from django.db.backends.base.base import BaseDatabaseWrapper

APPEND_ONLY = ("ledger_entry", "ledger_checkpoint")
_EVERYTHING = (
    "GRANT USAGE ON SCHEMA public TO {role}",
    "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {role}",
    "GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {role}",
    "ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {role}",
    "ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES TO {role}",
)
_APPEND_ONLY = "REVOKE ALL ON {table} FROM {role}", "GRANT SELECT, INSERT ON {table} TO {role}"


def apply(connection: BaseDatabaseWrapper, role: str) -> None:
    """Give ``role`` what the application needs in this database; may be repeated after every migration."""
    name = connection.ops.quote_name(role)
    statements = [text.format(role=name) for text in _EVERYTHING]
    with connection.cursor() as cursor:
        present = set(connection.introspection.table_names(cursor))
        for table in APPEND_ONLY:
            if table in present:
                statements += [text.format(role=name, table=table) for text in _APPEND_ONLY]
        for statement in statements:
            cursor.execute(statement)
