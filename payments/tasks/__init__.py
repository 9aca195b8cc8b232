"""The jobs of payments."""

from payments.tasks import ledger, payments

__all__ = ["ledger", "payments"]
