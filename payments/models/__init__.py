"""The tables of payments; private to it."""

from payments.models.checks import Correction, MoneyCheck
from payments.models.entitlements import Entitlement
from payments.models.ledger import Entry, LedgerAccount, Transfer
from payments.models.payments import Dispute, Hold, Payment, Refund
from payments.models.webhooks import WebhookEvent
from payments.providers.sandbox.records import SandboxRecord

__all__ = [
    "Correction",
    "Dispute",
    "Entitlement",
    "Entry",
    "Hold",
    "LedgerAccount",
    "MoneyCheck",
    "Payment",
    "Refund",
    "SandboxRecord",
    "Transfer",
    "WebhookEvent",
]
