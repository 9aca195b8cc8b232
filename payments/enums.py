"""The words that payments stores, and how far a thing may go from where it is."""

from django.db.models import TextChoices


class AccountKind(TextChoices):
    """What the money of an account is for: the first four are people's, the others the platform's."""

    AVAILABLE = "available"
    PENDING = "pending"
    RESERVED = "reserved"
    COINS = "coins"
    FEES = "fees"
    PROVIDER_CLEARING = "clearing"
    REFUNDS = "refunds"
    DISPUTES = "disputes"


OF_PEOPLE = frozenset({AccountKind.AVAILABLE, AccountKind.PENDING, AccountKind.RESERVED, AccountKind.COINS})


class TransferKind(TextChoices):
    """Why money was moved."""

    CAPTURE = "capture"
    RELEASE = "release"
    REFUND = "refund"
    REFUND_SETTLED = "refund_settled"
    REFUND_FAILED = "refund_failed"
    DISPUTE = "dispute"
    DISPUTE_WON = "dispute_won"
    DISPUTE_LOST = "dispute_lost"
    GIFT = "gift"
    PAYOUT = "payout"
    PAYOUT_SETTLED = "payout_settled"
    PAYOUT_FAILED = "payout_failed"
    CORRECTION = "correction"


class Purpose(TextChoices):
    """What a payment is for."""

    TIP = "tip"
    POST = "post"
    ORDER = "order"
    COINS = "coins"
    SUBSCRIPTION = "subscription"


class PaymentState(TextChoices):
    """How far a payment is."""

    CREATED = "created"
    APPROVED = "approved"
    CAPTURED = "captured"
    PARTIALLY_REFUNDED = "partially_refunded"
    REFUNDED = "refunded"
    FAILED = "failed"
    EXPIRED = "expired"
    DISPUTED = "disputed"
    WON = "won"
    LOST = "lost"


PAYMENT_TRANSITIONS: dict[PaymentState, frozenset[PaymentState]] = {
    PaymentState.CREATED: frozenset({PaymentState.APPROVED, PaymentState.FAILED, PaymentState.EXPIRED}),
    PaymentState.APPROVED: frozenset({PaymentState.CAPTURED, PaymentState.FAILED}),
    PaymentState.CAPTURED: frozenset(
        {PaymentState.PARTIALLY_REFUNDED, PaymentState.REFUNDED, PaymentState.DISPUTED}
    ),
    PaymentState.PARTIALLY_REFUNDED: frozenset({PaymentState.REFUNDED, PaymentState.DISPUTED}),
    PaymentState.REFUNDED: frozenset(),
    PaymentState.FAILED: frozenset(),
    PaymentState.EXPIRED: frozenset(),
    PaymentState.DISPUTED: frozenset({PaymentState.WON, PaymentState.LOST}),
    PaymentState.WON: frozenset({PaymentState.REFUNDED}),
    PaymentState.LOST: frozenset(),
}
PAID = frozenset({PaymentState.CAPTURED, PaymentState.PARTIALLY_REFUNDED, PaymentState.WON})
"""States in which the money is with us, and can be given back."""
UNSETTLED = PAID | {PaymentState.DISPUTED}
"""States in which something may still happen to the money at the provider."""


class RefundState(TextChoices):
    """How far a refund is."""

    REQUESTED = "requested"
    COMPLETED = "completed"
    FAILED = "failed"


REFUND_TRANSITIONS: dict[RefundState, frozenset[RefundState]] = {
    RefundState.REQUESTED: frozenset({RefundState.COMPLETED, RefundState.FAILED}),
    RefundState.COMPLETED: frozenset(),
    RefundState.FAILED: frozenset(),
}


class DisputeState(TextChoices):
    """How a buyer's dispute stands."""

    OPEN = "open"
    WON = "won"
    LOST = "lost"


DISPUTE_TRANSITIONS: dict[DisputeState, frozenset[DisputeState]] = {
    DisputeState.OPEN: frozenset({DisputeState.WON, DisputeState.LOST}),
    DisputeState.WON: frozenset(),
    DisputeState.LOST: frozenset(),
}


class PayoutState(TextChoices):
    """How far a payout is: asked for, given to the provider, then paid or given back."""

    REQUESTED = "requested"
    SENT = "sent"
    SETTLED = "settled"
    FAILED = "failed"


PAYOUT_TRANSITIONS: dict[PayoutState, frozenset[PayoutState]] = {
    PayoutState.REQUESTED: frozenset({PayoutState.SENT, PayoutState.FAILED}),
    PayoutState.SENT: frozenset({PayoutState.SETTLED, PayoutState.FAILED}),
    PayoutState.SETTLED: frozenset(),
    PayoutState.FAILED: frozenset(),
}
UNDER_WAY = frozenset({PayoutState.REQUESTED, PayoutState.SENT})
"""States in which the money of a payout is set aside."""


class SubscriptionState(TextChoices):
    """How a subscription stands: active and past due renew, cancelled is paid for but renews no more."""

    CREATED = "created"
    ACTIVE = "active"
    PAST_DUE = "past_due"
    CANCELLED = "cancelled"
    EXPIRED = "expired"
    FAILED = "failed"


SUBSCRIPTION_TRANSITIONS: dict[SubscriptionState, frozenset[SubscriptionState]] = {
    SubscriptionState.CREATED: frozenset(
        {
            SubscriptionState.ACTIVE,
            SubscriptionState.CANCELLED,
            SubscriptionState.EXPIRED,
            SubscriptionState.FAILED,
        }
    ),
    SubscriptionState.ACTIVE: frozenset(
        {SubscriptionState.PAST_DUE, SubscriptionState.CANCELLED, SubscriptionState.EXPIRED}
    ),
    SubscriptionState.PAST_DUE: frozenset(
        {SubscriptionState.ACTIVE, SubscriptionState.CANCELLED, SubscriptionState.EXPIRED}
    ),
    SubscriptionState.CANCELLED: frozenset({SubscriptionState.EXPIRED}),
    SubscriptionState.EXPIRED: frozenset({SubscriptionState.CANCELLED}),  # paid for after all
    SubscriptionState.FAILED: frozenset({SubscriptionState.CANCELLED}),
}
LIVE = frozenset({SubscriptionState.CREATED, SubscriptionState.ACTIVE, SubscriptionState.PAST_DUE})
"""States in which a subscription renews, or may yet begin."""
SUBSCRIBED = frozenset({SubscriptionState.ACTIVE, SubscriptionState.PAST_DUE, SubscriptionState.CANCELLED})
"""States in which somebody is a subscriber of the creator's."""


class WebhookState(TextChoices):
    """What became of a webhook."""

    RECEIVED = "received"
    DONE = "done"
    UNKNOWN = "unknown"


WEBHOOK_TRANSITIONS: dict[WebhookState, frozenset[WebhookState]] = {
    WebhookState.RECEIVED: frozenset({WebhookState.DONE, WebhookState.UNKNOWN}),
    WebhookState.UNKNOWN: frozenset({WebhookState.DONE}),
    WebhookState.DONE: frozenset(),
}


class EntitlementKind(TextChoices):
    """What somebody paid to see: one post, all that a creator keeps for subscribers, or a product."""

    POST = "post"
    CREATOR = "creator"
    PRODUCT = "product"


class ProductKind(TextChoices):
    """What a buyer gets: something sent, a file, or something done for them."""

    PHYSICAL = "physical"
    DIGITAL = "digital"
    SERVICE = "service"


class ProductState(TextChoices):
    """Whether a product is on sale."""

    DRAFT = "draft"
    PUBLISHED = "published"
    ARCHIVED = "archived"


PRODUCT_TRANSITIONS: dict[ProductState, frozenset[ProductState]] = {
    ProductState.DRAFT: frozenset({ProductState.PUBLISHED}),
    ProductState.PUBLISHED: frozenset({ProductState.ARCHIVED}),
    ProductState.ARCHIVED: frozenset({ProductState.PUBLISHED}),
}


class OrderState(TextChoices):
    """How far an order is."""

    PENDING = "pending"
    PAID = "paid"
    SHIPPED = "shipped"
    DELIVERED = "delivered"
    COMPLETED = "completed"
    CANCELLED = "cancelled"
    REFUNDED = "refunded"


ORDER_TRANSITIONS: dict[OrderState, frozenset[OrderState]] = {
    OrderState.PENDING: frozenset({OrderState.PAID, OrderState.CANCELLED}),
    OrderState.PAID: frozenset(
        {OrderState.SHIPPED, OrderState.COMPLETED, OrderState.CANCELLED, OrderState.REFUNDED}
    ),
    OrderState.SHIPPED: frozenset({OrderState.DELIVERED, OrderState.REFUNDED}),
    OrderState.DELIVERED: frozenset({OrderState.COMPLETED, OrderState.REFUNDED}),
    OrderState.COMPLETED: frozenset({OrderState.REFUNDED}),
    OrderState.CANCELLED: frozenset({OrderState.REFUNDED}),
    OrderState.REFUNDED: frozenset(),
}
BOUGHT = frozenset({OrderState.PAID, OrderState.SHIPPED, OrderState.DELIVERED, OrderState.COMPLETED})
"""States in which the buyer has what they ordered, or has a right to it."""


class CheckKind(TextChoices):
    """What money is compared with: itself, or the provider's books."""

    LEDGER = "ledger"
    PROVIDER = "provider"


class CorrectionState(TextChoices):
    """What became of a correction."""

    PROPOSED = "proposed"
    DONE = "done"
    REJECTED = "rejected"


CORRECTION_TRANSITIONS: dict[CorrectionState, frozenset[CorrectionState]] = {
    CorrectionState.PROPOSED: frozenset({CorrectionState.DONE, CorrectionState.REJECTED}),
    CorrectionState.DONE: frozenset(),
    CorrectionState.REJECTED: frozenset(),
}
