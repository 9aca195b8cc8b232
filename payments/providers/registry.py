"""Which provider takes part."""

import functools
from collections.abc import Callable

from django.conf import settings

from grover.core.db import in_atomic
from payments.providers.base import PaymentProvider
from payments.providers.paypal.provider import PayPal
from payments.providers.sandbox.provider import Sandbox

PROVIDERS: dict[str, Callable[[], PaymentProvider]] = {
    "sandbox": functools.cache(Sandbox),
    "paypal": functools.cache(PayPal.from_settings),
}


def provider(name: str = "") -> PaymentProvider:
    """Give a provider, or the one that takes part now.

    Refuses inside a transaction, in which nobody outside may be asked anything.
    """
    if in_atomic():
        raise RuntimeError("A payment provider is never called inside a transaction")
    return PROVIDERS[name or settings.PAYMENT_PROVIDER]()
