"""Our books as they are compared with the provider's: what moved, by the provider's ids."""

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from django.db.models import Q

from payments.cards.money import Money
from payments.enums import PaymentState, RefundState
from payments.models import Payment, Refund
from payments.providers.base import LineKind, SeenLine

NEVER_PAID = (PaymentState.CREATED, PaymentState.APPROVED, PaymentState.FAILED, PaymentState.EXPIRED)
Amounts = dict[str, Money]


@dataclass(frozen=True, slots=True)
class Books:
    """What moved in a time, by the provider's id of it."""

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
    """Sort the provider's own lines; all amounts are written as what moved, without a sign."""
    books = Books()
    for line in lines:
        if line.kind != LineKind.OTHER:
            books.of(line.kind)[line.id] = Money(abs(line.amount.value), line.amount.currency)
    return books


def our_books(since: dt.datetime, until: dt.datetime, *, beside: Books) -> Books:
    """Read what moved here in a time, and all that the provider's books name, whenever it was."""
    return Books(
        captures=_captures(since, until, beside.captures),
        refunds=_refunds(since, until, beside.refunds),
    )


def _captures(since: dt.datetime, until: dt.datetime, named: Mapping[str, Money]) -> Amounts:
    paid = Payment.objects.exclude(state__in=NEVER_PAID)
    rows = paid.filter(Q(captured_at__gte=since, captured_at__lt=until) | Q(capture_id__in=list(named)))
    found = rows.values_list("capture_id", "amount", "currency")
    return {capture_id: Money(amount, currency) for capture_id, amount, currency in found if capture_id}


def _refunds(since: dt.datetime, until: dt.datetime, named: Mapping[str, Money]) -> Amounts:
    done = Refund.objects.filter(state=RefundState.COMPLETED)
    rows = done.filter(Q(created_at__gte=since, created_at__lt=until) | Q(provider_refund_id__in=list(named)))
    found = rows.values_list("provider_refund_id", "amount", "payment__currency")
    return {refund_id: Money(amount, currency) for refund_id, amount, currency in found if refund_id}
