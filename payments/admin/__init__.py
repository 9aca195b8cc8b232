"""The staff's pages of money, a module per noun."""

from payments.admin import checks, ledger, market, payments, payouts, sandbox, subscriptions

__all__ = ["checks", "ledger", "market", "payments", "payouts", "sandbox", "subscriptions"]
