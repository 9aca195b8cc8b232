"""What the staff has to look at."""

from payments.enums import CheckKind, WebhookState
from payments.models import MoneyCheck, Payment, WebhookEvent


def last_checks() -> list[MoneyCheck]:
    """Read the last look at all money of each kind, without what was found."""
    checks = MoneyCheck.objects.defer("faults").order_by("-id")
    rows = (checks.filter(kind=kind).first() for kind in CheckKind)
    return [row for row in rows if row is not None]


def frozen_count() -> int:
    """Count the payments that are frozen."""
    return Payment.objects.filter(frozen_reason__gt="").count()


def unknown_webhook_count() -> int:
    """Count the webhooks that were about nothing known."""
    return WebhookEvent.objects.filter(state=WebhookState.UNKNOWN).count()
