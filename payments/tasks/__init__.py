"""The jobs of payments."""

from payments.tasks import ledger, payments, sandbox, webhooks

__all__ = ["ledger", "payments", "sandbox", "webhooks"]
