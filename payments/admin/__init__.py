"""The staff's pages of money, a module per noun."""

from payments.admin import checks, ledger, payments, payouts, sandbox, subscriptions

__all__ = ["checks", "ledger", "payments", "payouts", "sandbox", "subscriptions"]
