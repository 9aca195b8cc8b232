"""What posts are found by."""

from typing import Any

from django.conf import settings
from django.db import models

from content.models.posts import Post
from grover.core.privacy import Holds, holds


class WordsField(models.Field):
    """The words of a text, in their order: an array on MongoDB, elsewhere a text with spaces between."""

    def db_type(self, connection: Any) -> str:
        return "array" if connection.vendor == "mongodb" else "text"

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:
        return list(value) if connection.vendor == "mongodb" else " ".join(value)

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> list[str]:
        return list(value) if connection.vendor == "mongodb" else value.split()


@holds(Holds.SHARED, owner="author_id")
class IndexedPost(models.Model):
    """The words of a post and whom it is for, as they were when it was last indexed.

    A job follows each change of the post. `members_of` is the community whose members alone it is for.
    The migrations add what each database finds words by.
    """

    post = models.OneToOneField(
        Post, on_delete=models.DO_NOTHING, db_constraint=False, primary_key=True, related_name="+"
    )
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, db_constraint=False, related_name="+"
    )
    members_of = models.UUIDField(null=True)
    is_listed = models.BooleanField()
    is_private = models.BooleanField()
    words = WordsField()
