"""What a creator earned, by source and by day."""

import datetime as dt
import uuid
from collections import Counter
from collections.abc import Iterator
from typing import NamedTuple, cast

from django.db.models import QuerySet, Sum
from django.db.models.functions import TruncDate

from grover.core.ids import smallest_id_at
from grover.core.viewers import Viewer
from payments.cards.earnings import DayCard, EarningCard, EarningsCard, SourceName
from payments.cards.money import Money
from payments.enums import DisputeState, RefundState
from payments.models import Dispute, Gift, Payment, Refund

GIFT = "gift"
LONGEST_WAIT = dt.timedelta(days=1)  # from when a payment got its id to when it was captured


class _Place(NamedTuple):
    """Where a sum belongs; the day is None for the sum of all days."""

    day: dt.date | None
    source: str
    currency: str


class _Sums:
    """What came and what went back, by place."""

    def __init__(self) -> None:
        self.gross = Counter[_Place]()
        self.refunds = Counter[_Place]()
        self.fees = Counter[_Place]()

    def amounts(self, place: _Place) -> dict[str, Money]:
        """Give what is at a place."""
        gross, refunds, fees = self.gross[place], self.refunds[place], self.fees[place]
        found = {"gross": gross, "refunds": refunds, "fees": fees, "net": gross - refunds - fees}
        return {name: Money(value, place.currency) for name, value in found.items()}

    def places(self) -> list[_Place]:
        """List where anything happened."""
        return list({*self.gross, *self.refunds})


def earnings_of(viewer: Viewer, *, first_day: dt.date, last_day: dt.date) -> EarningsCard:
    """Add up what the viewer earned in some days, in four queries; the database adds up each day."""
    sums = _read(viewer.id, _midnight(first_day), _midnight(last_day + dt.timedelta(days=1)))
    places = sums.places()
    days = sorted((place.day, place) for place in places if place.day is not None)
    whole = sorted(place for place in places if place.day is None)
    return EarningsCard(
        first_day=first_day,
        last_day=last_day,
        sources=[EarningCard(source=_source(place), **sums.amounts(place)) for place in whole],
        days=[DayCard(day=day, source=_source(place), **sums.amounts(place)) for day, place in days],
    )


def _read(user_id: uuid.UUID, start: dt.datetime, end: dt.datetime) -> _Sums:
    since = smallest_id_at(start - LONGEST_WAIT)
    paid = Payment.objects.filter(
        payee_id=user_id, id__gte=since, captured_at__gte=start, captured_at__lt=end
    )
    of_time = {"id__gte": since, "created_at__gte": start, "created_at__lt": end}
    given = Gift.objects.filter(receiver_id=user_id, **of_time)
    refunds = Refund.objects.filter(payment__payee_id=user_id, **of_time).exclude(state=RefundState.FAILED)
    disputes = Dispute.objects.filter(payment__payee_id=user_id, **of_time).exclude(state=DisputeState.WON)
    sums = _Sums()
    for place, amount, fee in [*_by_day(paid, moment="captured_at", source="purpose"), *_by_day(given)]:
        for where in (place, place._replace(day=None)):
            sums.gross[where] += amount
            sums.fees[where] += fee
    for place, amount, fee in [*_of_payments(refunds), *_of_payments(disputes)]:
        for where in (place, place._replace(day=None)):
            sums.refunds[where] += amount
            sums.fees[where] -= fee
    return sums


def _of_payments(rows: QuerySet) -> Iterator[tuple[_Place, int, int]]:
    return _by_day(rows, source="purpose", of="payment__")


def _by_day(
    rows: QuerySet, *, moment: str = "created_at", source: str = "", of: str = ""
) -> Iterator[tuple[_Place, int, int]]:
    """Add up the amounts and fees of rows; `source` is their field, or that of what they are `of`."""
    currency = f"{of}currency"
    names = [currency, f"{of}{source}"] if source else [currency]
    grouped = rows.annotate(day=TruncDate(moment)).values("day", *names).order_by()
    for row in grouped.annotate(total=Sum("amount"), total_fee=Sum("fee")):
        place = _Place(row["day"], row[f"{of}{source}"] if source else GIFT, row[currency])
        yield place, row["total"], row["total_fee"]


def _source(place: _Place) -> SourceName:
    return cast(SourceName, place.source)


def _midnight(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(), dt.UTC)
