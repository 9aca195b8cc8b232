"""`manage.py seed`: a small lively demo, made once."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from content.actions.indexing import reindex
from content.actions.trends import roll_up_trends
from grover.operations.demo import PASSWORDS, Demo, is_seeded


class Command(BaseCommand):
    help = "Fills an empty database with people, posts, pictures, follows, comments and reactions."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--people", type=int, default=200)
        parser.add_argument("--posts", type=int, default=3_000)

    def handle(self, *, people: int, posts: int, **options: Any) -> None:
        if not is_seeded():
            self.stdout.write(f"Making a demo of {people} people and {posts} posts...")
            Demo(people, posts).make()
            reindex()
            roll_up_trends(timezone.now())
        for username, password in PASSWORDS.items():
            self.stdout.write(f"Sign in as {username} with the password: {password}")
