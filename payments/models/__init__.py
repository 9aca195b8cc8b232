"""The tables of payments; private to it."""

from payments.models.checks import Correction, MoneyCheck
from payments.models.discounts import Discount
from payments.models.entitlements import Entitlement, PostPurchase
from payments.models.gifts import Gift
from payments.models.ledger import Entry, LedgerAccount, Transfer
from payments.models.orders import Order, OrderLine
from payments.models.payments import Dispute, Hold, Payment, Refund
from payments.models.payouts import Payout, PayoutAccount, PayoutBatch
from payments.models.products import Product
from payments.models.reviews import Review
from payments.models.subscriptions import Subscription, Tier
from payments.models.webhooks import WebhookEvent
from payments.providers.sandbox.records import SandboxRecord

__all__ = [
    "Correction",
    "Discount",
    "Dispute",
    "Entitlement",
    "Entry",
    "Gift",
    "Hold",
    "LedgerAccount",
    "MoneyCheck",
    "Order",
    "OrderLine",
    "Payment",
    "Payout",
    "PayoutAccount",
    "PayoutBatch",
    "PostPurchase",
    "Product",
    "Refund",
    "Review",
    "SandboxRecord",
    "Subscription",
    "Tier",
    "Transfer",
    "WebhookEvent",
]
