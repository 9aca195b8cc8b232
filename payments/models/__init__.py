"""The tables of payments; private to it."""

from payments.models.checks import Correction, MoneyCheck
from payments.models.entitlements import Entitlement
from payments.models.gifts import Gift
from payments.models.ledger import Entry, LedgerAccount, Transfer
from payments.models.payments import Dispute, Hold, Payment, Refund
from payments.models.payouts import Payout, PayoutAccount, PayoutBatch
from payments.models.subscriptions import Subscription, Tier
from payments.models.webhooks import WebhookEvent
from payments.providers.sandbox.records import SandboxRecord

__all__ = [
    "Correction",
    "Dispute",
    "Entitlement",
    "Entry",
    "Gift",
    "Hold",
    "LedgerAccount",
    "MoneyCheck",
    "Payment",
    "Payout",
    "PayoutAccount",
    "PayoutBatch",
    "Refund",
    "SandboxRecord",
    "Subscription",
    "Tier",
    "Transfer",
    "WebhookEvent",
]
