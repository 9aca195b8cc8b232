"""What the tests of payments share: people, and a PayPal of their own."""

from collections.abc import Iterator
from typing import Any

import pytest

from payments.providers.registry import PROVIDERS
from tests.factories.cast import ada, bob, eve
from tests.payments.drivers import paypal_at
from tests.payments.paypal.server import PayPalServer, running_paypal_server

__all__ = ["ada", "bob", "eve", "paid_by_paypal", "paypal", "paypal_process"]


@pytest.fixture(scope="session")
def paypal_process() -> Iterator[PayPalServer]:
    """Have the simulator run, once for all tests."""
    with running_paypal_server() as server:
        yield server


@pytest.fixture
def paypal(paypal_process: PayPalServer) -> Iterator[PayPalServer]:
    """Begin with a PayPal that knows nothing, and fail when it was asked what PayPal does not take."""
    paypal_process.reset()
    yield paypal_process
    assert paypal_process.errors == []


@pytest.fixture
def paid_by_paypal(
    paypal: PayPalServer, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> Iterator[PayPalServer]:
    """Have PayPal take the money: the real client, the simulator at the other end."""
    client = paypal_at(paypal)
    settings.PAYMENT_PROVIDER = "paypal"
    monkeypatch.setitem(PROVIDERS, "paypal", lambda: client)
    yield paypal
    client.close()
