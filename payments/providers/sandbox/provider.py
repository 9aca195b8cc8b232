"""The sandbox, whole."""

from collections.abc import Mapping
from typing import ClassVar

from payments.providers.base import SeenEvent, SignatureInvalid
from payments.providers.sandbox.orders import PAYEE, SandboxOrders


class Sandbox(SandboxOrders):
    """Takes part as a payment provider, without money."""

    name: ClassVar[str] = "sandbox"

    @property
    def payee(self) -> str:
        return PAYEE

    def ping(self) -> None:
        """Do nothing: it is part of this server."""

    def read_event(self, headers: Mapping[str, str], body: bytes) -> SeenEvent:
        raise SignatureInvalid("The sandbox sends no events yet")
