"""What the contract of providers needs beside the provider: the part of everybody else.

A new provider takes part with a class that has the methods of `Driver`, a fixture that makes one, and the
name of that fixture in `DRIVERS`, marked with `django_db` if it stores anything.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from typing import Any, Protocol

import pytest

from grover.core.ids import new_id
from payments.cards.money import Money
from payments.providers.base import NewPayout, PaymentProvider, SeenSubscription
from payments.providers.paypal import PayPal
from payments.providers.sandbox.disputes import open_dispute, resolve_dispute
from payments.providers.sandbox.events import signed_event
from payments.providers.sandbox.orders import decide
from payments.providers.sandbox.payouts import settle_payout
from payments.providers.sandbox.provider import Sandbox
from payments.providers.sandbox.records import SandboxRecord
from payments.providers.sandbox.subscriptions import charge_now, decide_subscription, fail_next_charge
from tests.payments.paypal.server import PayPalServer

DRIVERS: tuple[Any, ...] = (
    "paypal_driver",
    pytest.param("sandbox_driver", marks=pytest.mark.django_db),
)
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


class PatientSandbox(Sandbox):
    """A sandbox that leaves all payouts pending until they are settled."""

    def create_payouts(self, payouts: Sequence[NewPayout], *, batch: str) -> str:
        waiting = [replace(payout, receiver=f"pending-{payout.receiver}") for payout in payouts]
        return super().create_payouts(waiting, batch=batch)


class SandboxDriver:
    """The sandbox; it charges as a subscription is approved, so the approval waits for the first charge."""

    def __init__(self) -> None:
        self.provider = PatientSandbox()

    def approve(self, order_id: str) -> None:
        decide(order_id, approves=True)

    def decline(self, order_id: str) -> None:
        decide(order_id, approves=False)

    def approve_subscription(self, subscription_id: str) -> None:
        self.provider.get_subscription(subscription_id)

    def charge(self, subscription_id: str) -> str:
        return self._charge(subscription_id).charges[-1].id

    def fail_charge(self, subscription_id: str) -> str:
        fail_next_charge(subscription_id)
        return self._charge(subscription_id).charges[-1].id

    def _charge(self, subscription_id: str) -> SeenSubscription:
        """Charge the first month now, a later one on its day, and one that failed again on the same day."""
        seen = self.provider.get_subscription(subscription_id)
        if not seen.charges:
            return decide_subscription(subscription_id, approves=True)
        return charge_now(subscription_id, at=seen.next_charge_at or seen.charges[-1].charged_at)

    def refund_by_hand(self, capture_id: str, amount: Money) -> str:
        return self.provider.refund_capture(capture_id, amount, reference="", request_id=str(new_id())).id

    def settle_payouts(self, batch_id: str, *, failed: Collection[str] = ()) -> None:
        for payout in self.provider.get_payouts(batch_id):
            settle_payout(payout.id, pays=payout.reference not in failed)

    def open_dispute(self, capture_id: str) -> str:
        return open_dispute(capture_id).id

    def resolve_dispute(self, dispute_id: str, *, won: bool) -> None:
        resolve_dispute(dispute_id, won=won)

    def webhooks(self) -> list[tuple[dict[str, str], bytes]]:
        events = SandboxRecord.objects.filter(kind="event").order_by("id")
        return [signed_event(key) for key in events.values_list("key", flat=True)]


@pytest.fixture
def sandbox_driver() -> SandboxDriver:
    """Drive the sandbox."""
    return SandboxDriver()


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
