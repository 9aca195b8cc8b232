"""Our books as they are compared with the provider's: what moved, by the provider's ids."""

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from django.db.models import Q

from grover.core.ids import parse_id
from payments.cards.money import Money
from payments.enums import PaymentState, PayoutState, RefundState
from payments.models import Payment, Payout, Refund
from payments.providers.base import LineKind, SeenLine

NEVER_PAID = (PaymentState.CREATED, PaymentState.APPROVED, PaymentState.FAILED, PaymentState.EXPIRED)
Amounts = dict[str, Money]


@dataclass(frozen=True, slots=True)
class Books:
    """What moved in a time: captures and refunds by the provider's id of them, payouts by ours.

    A payout that comes back has a line of its own at the provider, which names it as well.
    """

    captures: Amounts = field(default_factory=dict)
    refunds: Amounts = field(default_factory=dict)
    payouts: Amounts = field(default_factory=dict)

    def of(self, kind: LineKind) -> Amounts:
        """Give one kind of movements."""
        by_kind = {
            LineKind.CAPTURE: self.captures,
            LineKind.REFUND: self.refunds,
            LineKind.PAYOUT: self.payouts,
        }
        return by_kind[kind]


def their_books(lines: Iterator[SeenLine]) -> Books:
    """Sort the provider's own lines; amounts are written as what moved, without a sign."""
    books = Books()
    for line in lines:
        if line.kind == LineKind.PAYOUT:
            _pay_out(books.payouts, line)
        elif line.kind != LineKind.OTHER:
            books.of(line.kind)[line.id] = Money(abs(line.amount.value), line.amount.currency)
    return books


def _pay_out(payouts: Amounts, line: SeenLine) -> None:
    """Add up what went out for a payout and came back; one that came back whole is none."""
    key = line.reference or line.id
    before = payouts.pop(key, Money(0, line.amount.currency))
    paid = Money(before.value - line.amount.value, line.amount.currency)
    if paid.value:
        payouts[key] = paid


def our_books(provider: str, since: dt.datetime, until: dt.datetime, *, beside: Books) -> Books:
    """Read what moved here through a provider in a time, and all that its books name, whenever it was."""
    return Books(
        captures=_captures(provider, since, until, beside.captures),
        refunds=_refunds(provider, since, until, beside.refunds),
        payouts=_payouts(provider, since, until, beside.payouts),
    )


def _captures(provider: str, since: dt.datetime, until: dt.datetime, named: Mapping[str, Money]) -> Amounts:
    paid = Payment.objects.filter(provider=provider).exclude(state__in=NEVER_PAID)
    rows = paid.filter(Q(captured_at__gte=since, captured_at__lt=until) | Q(capture_id__in=list(named)))
    found = rows.values_list("capture_id", "amount", "currency")
    return {capture_id: Money(amount, currency) for capture_id, amount, currency in found if capture_id}


def _refunds(provider: str, since: dt.datetime, until: dt.datetime, named: Mapping[str, Money]) -> Amounts:
    done = Refund.objects.filter(state=RefundState.COMPLETED, payment__provider=provider)
    rows = done.filter(Q(created_at__gte=since, created_at__lt=until) | Q(provider_refund_id__in=list(named)))
    found = rows.values_list("provider_refund_id", "amount", "payment__currency")
    return {refund_id: Money(amount, currency) for refund_id, amount, currency in found if refund_id}


def _payouts(provider: str, since: dt.datetime, until: dt.datetime, named: Mapping[str, Money]) -> Amounts:
    ids = [key for key in map(parse_id, named) if key is not None]
    settled = Payout.objects.filter(state=PayoutState.SETTLED, batch__provider=provider)
    rows = settled.filter(Q(over_at__gte=since, over_at__lt=until) | Q(pk__in=ids))
    found = rows.values_list("pk", "amount", "currency")
    return {str(payout_id): Money(amount, currency) for payout_id, amount, currency in found}
