"""Whether the provider that takes the money is there."""

from collections.abc import Iterator
from typing import Any

import pytest

from grover.operations import health
from tests.payments.paypal.faults import Fault
from tests.payments.paypal.server import PayPalServer

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def asked_anew() -> Iterator[None]:
    health.forget_everything()
    yield
    health.forget_everything()


def state(api: Any) -> tuple[str, str]:
    document = api().get("/api/health").json()
    return document["status"], document["dependencies"]["payments"]["state"]


def test_paypal_that_answers_is_healthy_and_asked_once_a_minute(
    api: Any, paid_by_paypal: PayPalServer
) -> None:
    assert state(api) == ("healthy", "healthy")
    health._health.forget()
    assert state(api) == ("healthy", "healthy")
    assert len(paid_by_paypal.asked("token")) == 1


def test_without_paypal_the_server_is_degraded(api: Any, paid_by_paypal: PayPalServer) -> None:
    paid_by_paypal.faults.order("token", Fault.ERROR_BEFORE, times=5)

    assert state(api) == ("degraded", "unhealthy")
