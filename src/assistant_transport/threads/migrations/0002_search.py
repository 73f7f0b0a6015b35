"""Indexes for search: PostgreSQL's full text, SQLite's FTS5. On any other database a search reads every text.

SQLite drops a table's triggers where a later migration changes the table's fields: such a migration has to make them
again, by `create_search`.
"""

from typing import Any

from django.db import migrations

INDEXED = (("assistant_threads_thread", "title"), ("assistant_threads_message", "text"))

POSTGRESQL = "CREATE INDEX {table}_search ON {table} USING gin (to_tsvector('simple', {column}))"
SQLITE = (
    "CREATE VIRTUAL TABLE {table}_search USING fts5({column}, content='{table}', content_rowid='id')",
    "INSERT INTO {table}_search({table}_search) VALUES ('rebuild')",
    "CREATE TRIGGER {table}_search_insert AFTER INSERT ON {table} BEGIN {add} END",
    "CREATE TRIGGER {table}_search_delete AFTER DELETE ON {table} BEGIN {remove} END",
    "CREATE TRIGGER {table}_search_update AFTER UPDATE OF {column} ON {table} "
    "WHEN old.{column} IS NOT new.{column} BEGIN {remove} {add} END",
)
ADD = "INSERT INTO {table}_search(rowid, {column}) VALUES (new.id, new.{column});"
REMOVE = "INSERT INTO {table}_search({table}_search, rowid, {column}) VALUES ('delete', old.id, old.{column});"


def create_search(apps: Any, schema_editor: Any) -> None:
    vendor = schema_editor.connection.vendor
    for table, column in INDEXED:
        names = {"table": table, "column": column}
        if vendor == "postgresql":
            schema_editor.execute(POSTGRESQL.format(**names))
        elif vendor == "sqlite":
            for statement in SQLITE:
                schema_editor.execute(statement.format(**names, add=ADD.format(**names), remove=REMOVE.format(**names)))


def drop_search(apps: Any, schema_editor: Any) -> None:
    vendor = schema_editor.connection.vendor
    for table, _ in INDEXED:
        if vendor == "postgresql":
            schema_editor.execute(f"DROP INDEX {table}_search")
        elif vendor == "sqlite":
            for event in ("insert", "delete", "update"):
                schema_editor.execute(f"DROP TRIGGER {table}_search_{event}")
            schema_editor.execute(f"DROP TABLE {table}_search")


class Migration(migrations.Migration):
    dependencies = [("assistant_threads", "0001_initial")]

    operations = [migrations.RunPython(create_search, drop_search)]
