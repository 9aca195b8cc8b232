"""`manage.py ledger check`: add up all money again."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from grover.core import encoding
from payments.selectors.ledger import check_ledger


class Command(BaseCommand):
    """Prints what is in the ledger as JSON, with what is wrong; exits with 1 if anything is."""

    help = "Check that every transfer sums to zero and every balance is the sum of its entries."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("task", choices=["check"])

    def handle(self, *args: Any, **options: Any) -> None:
        report = check_ledger()
        self.stdout.write(encoding.dumps(report.as_document()).decode())
        if not report.is_balanced:
            raise SystemExit(1)
