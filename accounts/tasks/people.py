"""The jobs of people: exports and erasures."""

import uuid

from celery import shared_task
from django.utils import timezone

from accounts.actions import deletion, exports


@shared_task(name="accounts.tasks.make_export")
def make_export(*, export_id: str) -> None:
    """Make one export."""
    exports.make_export(uuid.UUID(export_id))


@shared_task(name="accounts.tasks.expire_exports")
def expire_exports() -> None:
    """Throw away old exports."""
    exports.expire_exports(timezone.now())


@shared_task(name="accounts.tasks.erase_due_accounts")
def erase_due_accounts() -> None:
    """Start to erase the accounts whose grace is over."""
    deletion.begin_due_erasures(timezone.now())


@shared_task(name="accounts.tasks.erase_account")
def erase_account(*, user_id: str) -> None:
    """Erase one account."""
    deletion.erase_account(uuid.UUID(user_id))
