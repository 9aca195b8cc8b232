"""The jobs of payments."""

from payments.tasks import ledger, payments, webhooks

__all__ = ["ledger", "payments", "webhooks"]
