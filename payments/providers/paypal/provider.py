"""PayPal as a provider of payments."""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from typing import ClassVar, Self

from cryptography import x509
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from payments.cards.money import Money
from payments.providers.base import (
    NewOrder,
    NewPayout,
    NewPlan,
    NewSubscription,
    SeenDispute,
    SeenEvent,
    SeenLine,
    SeenOrder,
    SeenPayout,
    SeenRefund,
    SeenSubscription,
)
from payments.providers.paypal import disputes, orders, reporting, subscriptions
from payments.providers.paypal import payouts as paying
from payments.providers.paypal.certificates import Certificates
from payments.providers.paypal.client import PAUSES, SECONDS, Client
from payments.providers.paypal.notices import read_notice
from payments.providers.paypal.webhooks import check_signature


class PayPal:
    """Speaks to PayPal as one merchant. May be used by several threads."""

    name: ClassVar[str] = "paypal"

    def __init__(
        self,
        *,
        url: str,
        client_id: str,
        secret: str,
        webhook_id: str,
        merchant_id: str,
        roots: Sequence[x509.Certificate] | None = None,
        seconds: float = SECONDS,
        pauses: tuple[float, ...] = PAUSES,
    ) -> None:
        self._client = Client(url, client_id, secret, seconds=seconds, pauses=pauses)
        self._certificates = Certificates(url, roots=roots)
        self._webhook_id, self._merchant_id = webhook_id, merchant_id

    @classmethod
    def from_settings(cls) -> Self:
        """Make the one that the settings name."""
        names = ("PAYPAL_CLIENT_ID", "PAYPAL_SECRET", "PAYPAL_WEBHOOK_ID", "PAYPAL_MERCHANT_ID")
        missing = [name for name in names if not getattr(settings, name)]
        if missing:
            raise ImproperlyConfigured(f"Set {', '.join(missing)}: PayPal needs them")
        return cls(
            url=settings.PAYPAL_URL,
            client_id=settings.PAYPAL_CLIENT_ID,
            secret=settings.PAYPAL_SECRET,
            webhook_id=settings.PAYPAL_WEBHOOK_ID,
            merchant_id=settings.PAYPAL_MERCHANT_ID,
        )

    @property
    def payee(self) -> str:
        """Our merchant id."""
        return self._merchant_id

    def create_order(self, order: NewOrder, *, request_id: str) -> SeenOrder:
        """Ask for an order that the buyer approves."""
        return orders.create_order(self._client, order, payee=self._merchant_id, request_id=request_id)

    def get_order(self, order_id: str) -> SeenOrder:
        """Read an order. PayPal forgets one that nobody approved after some hours."""
        return orders.get_order(self._client, order_id)

    def capture_order(self, order_id: str, *, request_id: str) -> SeenOrder:
        """Take the money of an approved order."""
        return orders.capture_order(self._client, order_id, request_id=request_id)

    def refund_capture(
        self, capture_id: str, amount: Money, *, reference: str, request_id: str
    ) -> SeenRefund:
        """Give back some of what was captured, or charged for a subscription."""
        return orders.refund_capture(
            self._client, capture_id, amount, reference=reference, request_id=request_id
        )

    def get_refund(self, refund_id: str) -> SeenRefund:
        """Read a refund."""
        return orders.get_refund(self._client, refund_id)

    def create_plan(self, plan: NewPlan, *, request_id: str) -> str:
        """Make a plan and give its id."""
        return subscriptions.create_plan(self._client, plan, request_id=request_id)

    def create_subscription(self, subscription: NewSubscription, *, request_id: str) -> SeenSubscription:
        """Ask for a subscription that the buyer approves."""
        return subscriptions.create_subscription(self._client, subscription, request_id=request_id)

    def get_subscription(self, subscription_id: str) -> SeenSubscription:
        """Read a subscription. Refunds of its charges show up to three hours late."""
        return subscriptions.get_subscription(self._client, subscription_id)

    def cancel_subscription(self, subscription_id: str, *, reason: str) -> None:
        """Take no further charges. PayPal refuses it for one that nobody has approved."""
        subscriptions.cancel_subscription(self._client, subscription_id, reason=reason)

    def create_payouts(self, payouts: Sequence[NewPayout], *, batch: str) -> str:
        """Pay people out in one batch."""
        return paying.create_payouts(self._client, payouts, batch=batch)

    def get_payouts(self, batch_id: str) -> tuple[SeenPayout, ...]:
        """Read how the payouts of a batch stand."""
        return paying.get_payouts(self._client, batch_id)

    def get_dispute(self, dispute_id: str) -> SeenDispute:
        """Read a dispute."""
        return disputes.get_dispute(self._client, dispute_id)

    def disputes_since(self, since: dt.datetime) -> Iterator[SeenDispute]:
        """Read the disputes that changed since a moment, of the last 180 days."""
        return disputes.disputes_since(self._client, since)

    def lines_between(self, since: dt.datetime, until: dt.datetime) -> Iterator[SeenLine]:
        """Read PayPal's books of a time; the last three hours may be missing."""
        return reporting.lines_between(self._client, since, until)

    def read_event(self, headers: Mapping[str, str], body: bytes) -> SeenEvent:
        """Check the signature of a webhook and read it."""
        check_signature(headers, body, webhook_id=self._webhook_id, certificates=self._certificates)
        return read_notice(body)

    def ping(self) -> None:
        """Ask PayPal for a token."""
        self._client.ping()

    def close(self) -> None:
        """Close what connections there are."""
        self._client.close()
        self._certificates.close()
