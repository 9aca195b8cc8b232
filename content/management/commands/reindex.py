"""`manage.py reindex`: build the index that posts are found by anew."""

from typing import Any

from django.core.management.base import BaseCommand

from content.actions.indexing import reindex


class Command(BaseCommand):
    """Indexes all posts anew; search goes on meanwhile, and what was indexed before stays found."""

    help = "Index all posts anew, while search goes on. May be stopped and run again."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"{reindex()} posts are indexed.")
