"""What a payment provider must be able to do, and what goes in and out.

What a provider says of a thing is a snapshot: asked later, it says the same or more. Every method
raises ProviderUnavailable when there is no answer in time, and ProviderRefused when the provider says
no for good. A request id names what is asked for: asked twice under one id, it is done once.
"""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, ClassVar, Protocol

from grover.core.providers import ProviderRefused
from payments.cards.money import Money
from payments.enums import DisputeState


class UnknownToProvider(ProviderRefused):
    """The provider has no such thing."""


class SignatureInvalid(ProviderRefused):
    """The webhook was not sent by the provider, or not to us."""


class OrderState(StrEnum):
    """How far an order is at the provider; completed does not mean paid."""

    CREATED = "created"
    APPROVED = "approved"
    COMPLETED = "completed"
    VOIDED = "voided"


class CaptureState(StrEnum):
    """How far the taking of money is; what was refunded later was completed before."""

    PENDING = "pending"
    COMPLETED = "completed"
    DECLINED = "declined"


class RefundState(StrEnum):
    """How far the giving back of money is."""

    PENDING = "pending"
    COMPLETED = "completed"
    FAILED = "failed"


class SubscriptionState(StrEnum):
    """How a subscription stands at the provider."""

    PENDING = "pending"
    ACTIVE = "active"
    SUSPENDED = "suspended"
    CANCELLED = "cancelled"
    EXPIRED = "expired"


class PayoutState(StrEnum):
    """How far the paying out to one person is; failed means the money is, or comes, back with us."""

    PENDING = "pending"
    COMPLETED = "completed"
    FAILED = "failed"


class About(StrEnum):
    """What a webhook is about."""

    ORDER = "order"
    CAPTURE = "capture"
    SUBSCRIPTION = "subscription"
    PAYOUT = "payout"
    DISPUTE = "dispute"
    OTHER = "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class NewOrder:
    """What a buyer is to pay once; `reference` is ours, and comes back in all that is said of it."""

    reference: str
    amount: Money
    description: str
    return_url: str
    cancel_url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenRefund:
    """Money given back; `reference` is empty when it was not asked for by us."""

    id: str
    state: RefundState
    amount: Money
    reference: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenCapture:
    """Money taken, and what was given back of it."""

    id: str
    state: CaptureState
    amount: Money
    refunds: tuple[SeenRefund, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenOrder:
    """An order; `approve_url` is where the buyer says yes, empty when they need not any more."""

    id: str
    state: OrderState
    reference: str
    amount: Money
    payee: str
    approve_url: str = ""
    capture: SeenCapture | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NewPlan:
    """What is paid every month."""

    reference: str
    name: str
    price: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class NewSubscription:
    """Somebody who is to pay by a plan."""

    reference: str
    plan_id: str
    return_url: str
    cancel_url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenCharge:
    """What was taken for one month of a subscription."""

    id: str
    state: CaptureState
    amount: Money
    charged_at: dt.datetime
    refunds: tuple[SeenRefund, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenSubscription:
    """A subscription with all its charges, the earliest first."""

    id: str
    state: SubscriptionState
    reference: str
    plan_id: str
    approve_url: str = ""
    charges: tuple[SeenCharge, ...] = ()
    next_charge_at: dt.datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NewPayout:
    """What one person is to be paid; `receiver` is their address at the provider."""

    reference: str
    amount: Money
    receiver: str
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenPayout:
    """A payout to one person, as it stands."""

    id: str
    state: PayoutState
    reference: str
    amount: Money
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenDispute:
    """A buyer who wants their money back through the provider; it names the capture."""

    id: str
    state: DisputeState
    capture_id: str
    amount: Money
    reason: str = ""


class LineKind(StrEnum):
    """What a line in the provider's own books is."""

    CAPTURE = "capture"
    REFUND = "refund"
    PAYOUT = "payout"
    OTHER = "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenLine:
    """A line in the provider's own books; what it took from us is negative."""

    id: str
    kind: LineKind
    amount: Money
    reference: str
    happened_at: dt.datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenEvent:
    """A webhook whose signature was good. It only says what to ask the provider about."""

    id: str
    type: str
    about: About
    thing_id: str
    reference: str
    happened_at: dt.datetime
    body: dict[str, Any]


class PaymentProvider(Protocol):
    """Takes money from buyers, gives it back, and pays creators."""

    name: ClassVar[str]

    @property
    def payee(self) -> str:
        """Who must be the receiver of every order: the platform, as the provider calls it."""

    def create_order(self, order: NewOrder, *, request_id: str) -> SeenOrder:
        """Ask for an order that the buyer approves."""

    def get_order(self, order_id: str) -> SeenOrder:
        """Read an order; UnknownToProvider when there is none."""

    def capture_order(self, order_id: str, *, request_id: str) -> SeenOrder:
        """Take the money of an approved order; an order captured before is given as it is."""

    def refund_capture(
        self, capture_id: str, amount: Money, *, reference: str, request_id: str
    ) -> SeenRefund:
        """Give back some of what was captured."""

    def get_refund(self, refund_id: str) -> SeenRefund:
        """Read a refund; UnknownToProvider when there is none."""

    def create_plan(self, plan: NewPlan, *, request_id: str) -> str:
        """Make a plan and give its id."""

    def create_subscription(self, subscription: NewSubscription, *, request_id: str) -> SeenSubscription:
        """Ask for a subscription that the buyer approves."""

    def get_subscription(self, subscription_id: str) -> SeenSubscription:
        """Read a subscription; UnknownToProvider when there is none."""

    def cancel_subscription(self, subscription_id: str, *, reason: str) -> None:
        """Take no further charges; cancelling again changes nothing."""

    def create_payouts(self, payouts: Sequence[NewPayout], *, batch: str) -> str:
        """Pay people out in one batch, named by us, and give its id; sent again it is the same batch."""

    def get_payouts(self, batch_id: str) -> tuple[SeenPayout, ...]:
        """Read how the payouts of a batch stand."""

    def get_dispute(self, dispute_id: str) -> SeenDispute:
        """Read a dispute; UnknownToProvider when there is none."""

    def disputes_since(self, since: dt.datetime) -> Iterator[SeenDispute]:
        """Read the disputes that changed since a moment."""

    def lines_between(self, since: dt.datetime, until: dt.datetime) -> Iterator[SeenLine]:
        """Read the provider's own books of a time."""

    def read_event(self, headers: Mapping[str, str], body: bytes) -> SeenEvent:
        """Check the signature of a webhook and read it; header names are in lower case. SignatureInvalid."""

    def ping(self) -> None:
        """Ask the provider whether it is there and knows us."""
