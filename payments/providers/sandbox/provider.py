"""The sandbox, whole."""

from typing import ClassVar

from payments.providers.sandbox.orders import PAYEE, SandboxOrders


class Sandbox(SandboxOrders):
    """Takes part as a payment provider, without money."""

    name: ClassVar[str] = "sandbox"

    @property
    def payee(self) -> str:
        return PAYEE

    def ping(self) -> None:
        """Do nothing: it is part of this server."""
