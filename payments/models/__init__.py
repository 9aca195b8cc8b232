"""The tables of payments; private to it."""

from payments.models.ledger import Entry, LedgerAccount, Transfer

__all__ = ["Entry", "LedgerAccount", "Transfer"]
