"""PayPal, over its REST APIs. Nothing of how PayPal says things leaves this package."""

from payments.providers.paypal.provider import PayPal

__all__ = ["PayPal"]
