"""The index that posts are found by, as each database has it.

On SQLite the triggers belong to the table: a migration that makes it anew must make them anew too.
"""

from django.conf import settings
from django.db import migrations, models
from django.db.models import deletion

import content.models.search

POSTGRESQL = [
    """
    ALTER TABLE content_indexedpost ADD COLUMN vector tsvector
    GENERATED ALWAYS AS (array_to_tsvector(string_to_array(words, ' '))) STORED
    """,
    "CREATE INDEX indexed_post_by_words ON content_indexedpost USING gin (vector)",
]
SQLITE = [
    "CREATE TABLE content_postnumber (number INTEGER PRIMARY KEY, post_id CHAR(32) NOT NULL UNIQUE)",
    "CREATE VIRTUAL TABLE content_postwords USING fts5 (words, tokenize = 'ascii')",
    """
    CREATE TRIGGER content_indexedpost_added AFTER INSERT ON content_indexedpost BEGIN
        INSERT INTO content_postnumber (post_id) VALUES (new.post_id);
        INSERT INTO content_postwords (rowid, words)
        SELECT number, new.words FROM content_postnumber WHERE post_id = new.post_id;
    END
    """,
    """
    CREATE TRIGGER content_indexedpost_removed AFTER DELETE ON content_indexedpost BEGIN
        DELETE FROM content_postwords
        WHERE rowid = (SELECT number FROM content_postnumber WHERE post_id = old.post_id);
        DELETE FROM content_postnumber WHERE post_id = old.post_id;
    END
    """,
    """
    CREATE TRIGGER content_indexedpost_changed AFTER UPDATE OF words ON content_indexedpost BEGIN
        UPDATE content_postwords SET words = new.words
        WHERE rowid = (SELECT number FROM content_postnumber WHERE post_id = new.post_id);
    END
    """,
]
SQLITE_BACK = [
    "DROP TRIGGER content_indexedpost_added",
    "DROP TRIGGER content_indexedpost_removed",
    "DROP TRIGGER content_indexedpost_changed",
    "DROP TABLE content_postwords",
    "DROP TABLE content_postnumber",
]


def add_index(apps, schema_editor):
    connection = schema_editor.connection
    if connection.vendor == "mongodb":
        entries = connection.database["content_indexedpost"]
        entries.create_index([("words", 1), ("post_id", -1)], name="indexed_post_by_words")
    for statement in {"postgresql": POSTGRESQL, "sqlite": SQLITE}.get(connection.vendor, []):
        schema_editor.execute(statement)


def remove_index(apps, schema_editor):
    """Remove what does not go with the table."""
    if schema_editor.connection.vendor == "sqlite":
        for statement in SQLITE_BACK:
            schema_editor.execute(statement)


class Migration(migrations.Migration):
    dependencies = [
        ("content", "0005_stories"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="IndexedPost",
            fields=[
                (
                    "post",
                    models.OneToOneField(
                        db_constraint=False,
                        on_delete=deletion.DO_NOTHING,
                        primary_key=True,
                        related_name="+",
                        serialize=False,
                        to="content.post",
                    ),
                ),
                (
                    "author",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("members_of", models.UUIDField(null=True)),
                ("is_listed", models.BooleanField()),
                ("is_private", models.BooleanField()),
                ("words", content.models.search.WordsField()),
            ],
        ),
        migrations.RunPython(add_index, remove_index),
    ]
