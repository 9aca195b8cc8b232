"""The staff's pages of money, a module per noun."""

from payments.admin import ledger

__all__ = ["ledger"]
