"""The jobs of payments."""

from payments.tasks import ledger, payments, payouts, sandbox, subscriptions, webhooks

__all__ = ["ledger", "payments", "payouts", "sandbox", "subscriptions", "webhooks"]
