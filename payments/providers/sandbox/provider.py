"""The sandbox, whole."""

from typing import ClassVar

from payments.providers.sandbox.books import SandboxBooks
from payments.providers.sandbox.captures import SandboxCaptures
from payments.providers.sandbox.disputes import SandboxDisputes
from payments.providers.sandbox.events import SandboxEvents
from payments.providers.sandbox.orders import PAYEE, SandboxOrders
from payments.providers.sandbox.payouts import SandboxPayouts
from payments.providers.sandbox.subscriptions import SandboxSubscriptions


class Sandbox(
    SandboxOrders,
    SandboxCaptures,
    SandboxSubscriptions,
    SandboxPayouts,
    SandboxDisputes,
    SandboxBooks,
    SandboxEvents,
):
    """Takes part as a payment provider, without money."""

    name: ClassVar[str] = "sandbox"

    @property
    def payee(self) -> str:
        return PAYEE

    def ping(self) -> None:
        """Do nothing: it is part of this server."""
