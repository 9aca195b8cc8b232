"""The jobs of payments."""

from payments.tasks import ledger, orders, payments, payouts, sandbox, subscriptions, webhooks

__all__ = ["ledger", "orders", "payments", "payouts", "sandbox", "subscriptions", "webhooks"]
