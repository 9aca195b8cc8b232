"""The jobs of people: exports, erasures, and the end of what was removed."""

import uuid

from celery import shared_task
from django.utils import timezone

from accounts.actions import appeals, deletion, exports


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


@shared_task(name="accounts.tasks.give_up_removed")
def give_up_removed() -> None:
    """Give up what was removed and can be appealed no more."""
    appeals.give_up_removed(timezone.now())


@shared_task(name="accounts.tasks.erase_removed")
def erase_removed(*, decision_id: str) -> None:
    """Erase one removed thing for good."""
    appeals.erase_removed(uuid.UUID(decision_id))
