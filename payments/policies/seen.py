"""Whether what a provider says of a payment is what we asked for."""

from payments.cards.money import Money
from payments.models import Payment
from payments.providers.base import SeenOrder


def mismatch_of(payment: Payment, seen: SeenOrder, payee: str) -> str:
    """Name what differs between a payment and its order; empty when nothing does."""
    expected = Money(payment.amount, payment.currency)
    if seen.reference != str(payment.pk):
        return "another reference"
    if seen.payee != payee:
        return "another payee"
    amounts = [seen.amount] if seen.capture is None else [seen.amount, seen.capture.amount]
    if any(amount.currency != expected.currency for amount in amounts):
        return "another currency"
    if any(amount != expected for amount in amounts):
        return "another amount"
    return ""
