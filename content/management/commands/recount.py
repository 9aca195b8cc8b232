"""`manage.py recount`: compare all counters with the rows they count."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from accounts.actions.counters import recount_people
from content.actions.recounts import recount_content


class Command(BaseCommand):
    """Says which counters are wrong, and mends them."""

    help = "Find counters of people, posts and comments that differ from the rows, and mend them."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--check", action="store_true", help="Mend nothing; exit with 1 on drift.")

    def handle(self, *args: Any, check: bool, **options: Any) -> None:
        lines = [
            f"person {drift.user_id} {drift.field}: {drift.was} -> {drift.is_now}"
            for drift in recount_people(mend=not check)
        ]
        lines += [
            f"{drift.kind} {drift.id} {drift.field}: {drift.was} -> {drift.is_now}"
            for drift in recount_content(mend=not check)
        ]
        for line in lines:
            self.stdout.write(line)
        self.stdout.write(_summary(len(lines), check))
        if lines and check:
            raise SystemExit(1)


def _summary(number: int, check: bool) -> str:
    if not number:
        return "All counters are right."
    return f"{number} counters are wrong." if check else f"{number} counters were wrong and are mended."
