"""Migrations run on an empty database and on one that an earlier version has filled, on SQLite and on PostgreSQL."""

from tests.threads.manage import manage, shell

APP = "assistant_threads"
FILL = """
from django.db import connection
with connection.cursor() as cursor:
    cursor.execute(
        "INSERT INTO assistant_threads_thread (name, owner, title, archived, imported, created, updated, last_activity,"
        " version, revision, layout, rest, lost) "
        "VALUES ('a', 'o', 'A red hat', %s, %s, %s, %s, %s, 1, 0, 'parts', '{}', 0)",
        [False, False, *["2026-01-01 00:00:00+00:00"] * 3],
    )
    cursor.execute(
        "INSERT INTO assistant_threads_message (thread_id, number, name, data, text)"
        " VALUES ((SELECT id FROM assistant_threads_thread), 1, 'm', '{}', 'with a green scarf')"
    )
"""
FOUND = """
from django.db import connection
def found(table, column, word):
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            where = f"to_tsvector('simple', {column}) @@ to_tsquery('simple', %s)"
        else:
            where = f"id IN (SELECT rowid FROM {table}_search WHERE {table}_search MATCH %s)"
        cursor.execute(f"SELECT count(*) FROM {table} WHERE {where}", [word])
        return cursor.fetchone()[0]
thread, message = "assistant_threads_thread", "assistant_threads_message"
print([found(thread, "title", "red"), found(message, "text", "scarf"), found(message, "text", "blue")])
Message.objects.update(text="now blue")
print([found(message, "text", "scarf"), found(message, "text", "blue")])
Thread.objects.all().delete()
print([found(thread, "title", "red"), found(message, "text", "blue")])
"""


def test_the_models_have_their_migrations(database_url: str) -> None:
    assert "No changes detected" in manage(database_url, "makemigrations", "--check", APP)


def test_what_an_earlier_version_has_stored_is_found_after_the_migration(database_url: str) -> None:
    manage(database_url, "migrate", APP, "0001")
    shell(database_url, FILL)
    manage(database_url, "migrate")
    assert shell(database_url, FOUND).splitlines() == ["[1, 1, 0]", "[0, 1]", "[0, 0]"]


def test_migrations_can_be_undone(database_url: str) -> None:
    manage(database_url, "migrate")
    manage(database_url, "migrate", APP, "zero")
    assert f"[X] {APP}" not in manage(database_url, "showmigrations", APP)
