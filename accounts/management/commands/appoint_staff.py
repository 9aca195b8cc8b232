"""`manage.py appoint_staff`: let a registered person in to the pages of staff, or out again."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.actions.moderation import appoint_staff
from grover.core.errors import NotFound


class Command(BaseCommand):
    """Appoints the first member of the staff; they appoint the others in the admin."""

    help = "Make an active person a member of the staff (or none any more), and say so in the audit log."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("username")
        parser.add_argument("--superuser", action="store_true", help="May do everything.")
        parser.add_argument("--moderator", action="store_true", help="Decides what was reported.")
        parser.add_argument("--dismiss", action="store_true", help="Not of the staff any more.")

    def handle(
        self, *args: Any, username: str, superuser: bool, moderator: bool, dismiss: bool, **options: Any
    ) -> None:
        name = username.removeprefix("@").lower()
        try:
            appoint_staff(
                name,
                is_staff=not dismiss,
                is_superuser=superuser and not dismiss,
                is_moderator=moderator and not dismiss,
            )
        except NotFound:
            raise CommandError(f"There is no active person @{name}; register them first.") from None
        self.stdout.write(f"@{name} is {'not of the staff any more' if dismiss else 'of the staff'}.")
