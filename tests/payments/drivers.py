"""What the contract of providers needs beside the provider: the part of everybody else.

A new provider takes part with a class that has the methods of `Driver`, a fixture that makes one, and the
name of that fixture in `DRIVERS`, marked with `django_db` if it stores anything.
"""

from collections.abc import Collection, Iterator, Sequence
from typing import Any, Protocol

import pytest

from payments.cards.money import Money
from payments.providers.base import PaymentProvider
from payments.providers.paypal import PayPal
from tests.payments.paypal.server import PayPalServer

DRIVERS: tuple[Any, ...] = ("paypal_driver",)
"""The fixtures, each a name or a `pytest.param` of one."""


class Driver(Protocol):
    """Does to the provider what buyers, receivers and its staff do."""

    provider: PaymentProvider

    def approve(self, order_id: str) -> None:
        """Say yes to an order, as its buyer."""

    def decline(self, order_id: str) -> None:
        """Say no to an order, as its buyer."""

    def approve_subscription(self, subscription_id: str) -> None:
        """Say yes to a subscription; it is not charged yet."""

    def charge(self, subscription_id: str) -> str:
        """Let a month of a subscription be charged, and give the id of the charge."""

    def fail_charge(self, subscription_id: str) -> str:
        """Let the charging of a month be tried in vain, and give the id of the charge."""

    def refund_by_hand(self, capture_id: str, amount: Money) -> str:
        """Give money back at the provider without being asked by us, and give the id of the refund."""

    def settle_payouts(self, batch_id: str, *, failed: Collection[str] = ()) -> None:
        """Let a batch be paid, all but those with these references of ours."""

    def open_dispute(self, capture_id: str) -> str:
        """Complain about a capture, as its buyer, and give the id of the dispute."""

    def resolve_dispute(self, dispute_id: str, *, won: bool) -> None:
        """Decide a dispute; won is what we have."""

    def webhooks(self) -> Sequence[tuple[dict[str, str], bytes]]:
        """Give the webhooks that were sent so far, the headers' names in lower case."""


class PayPalDriver:
    """PayPal, at its simulator."""

    def __init__(self, server: PayPalServer) -> None:
        self.server = server
        self.provider = paypal_at(server)

    def approve(self, order_id: str) -> None:
        self.server.approve(order_id)

    def decline(self, order_id: str) -> None:
        self.server.deny(order_id)

    def approve_subscription(self, subscription_id: str) -> None:
        self.server.approve_subscription(subscription_id)

    def charge(self, subscription_id: str) -> str:
        return self.server.charge(subscription_id)

    def fail_charge(self, subscription_id: str) -> str:
        return self.server.fail_charge(subscription_id)

    def refund_by_hand(self, capture_id: str, amount: Money) -> str:
        cents = f"{amount.value // 100}.{amount.value % 100:02d}"
        return self.server.refund_by_hand(capture_id, {"currency_code": amount.currency, "value": cents})

    def settle_payouts(self, batch_id: str, *, failed: Collection[str] = ()) -> None:
        for reference in failed:
            self.server.settle_payout(batch_id, reference, status="FAILED")
        for item in self.server.batches[batch_id]["items"]:
            if item["transaction_status"] == "PENDING":
                self.server.settle_payout(batch_id, item["payout_item"]["sender_item_id"])

    def open_dispute(self, capture_id: str) -> str:
        return self.server.open_dispute(capture_id)

    def resolve_dispute(self, dispute_id: str, *, won: bool) -> None:
        self.server.resolve_dispute(dispute_id, won=won)

    def webhooks(self) -> list[tuple[dict[str, str], bytes]]:
        return [(event.headers, event.body) for event in self.server.events]


def paypal_at(server: PayPalServer, **given: Any) -> PayPal:
    """Make the real client for the simulator; it waits for nothing between two attempts."""
    return PayPal(**{**server.credentials, "roots": server.roots, "pauses": (0.0, 0.0), **given})


@pytest.fixture
def paypal_driver(paypal: PayPalServer) -> Iterator[PayPalDriver]:
    """Drive PayPal."""
    driver = PayPalDriver(paypal)
    yield driver
    driver.provider.close()


@pytest.fixture(params=DRIVERS)
def driver(request: pytest.FixtureRequest) -> Any:
    """Drive each provider in turn."""
    return request.getfixturevalue(request.param)
