"""Finding out about what was left between states, whatever was lost on the way."""

import datetime as dt
import logging
import uuid
from collections.abc import Callable, Iterable

from django.db.models import Model, QuerySet

from grover.core.db import atomic
from grover.core.providers import ProviderRefused, ProviderUnavailable
from payments.actions.payments import refresh_payment
from payments.actions.refunds import settle_refund
from payments.enums import UNSETTLED, PaymentState, RefundState
from payments.models import Payment, Refund

logger = logging.getLogger(__name__)

LEFT_FOR = dt.timedelta(seconds=20)
LOOKED_AT_EVERY = dt.timedelta(days=1)
LOOKED_AT_FOR = dt.timedelta(days=45)
AT_ONCE = 200


def reconcile(now: dt.datetime) -> None:
    """Ask the provider about all payments and refunds that have not moved for a while; may run twice.

    What was paid of late is asked about once a day: money may have been given back at the provider's site.
    """
    open_states = [PaymentState.CREATED, PaymentState.APPROVED]
    left = Payment.objects.filter(state__in=open_states, frozen_reason="", checked_at__lte=now - LEFT_FOR)
    paid = Payment.objects.filter(
        state__in=UNSETTLED, checked_at__lte=now - LOOKED_AT_EVERY, captured_at__gte=now - LOOKED_AT_FOR
    )
    refunds = Refund.objects.filter(state=RefundState.REQUESTED, checked_at__lte=now - LEFT_FOR)
    each(refresh_payment, claim(left, now))
    each(settle_refund, claim(refunds, now))
    each(refresh_payment, claim(paid, now))


@atomic
def claim(rows: QuerySet[Model], now: dt.datetime) -> list[uuid.UUID]:
    """Take the rows that were looked at longest ago, and say that they are looked at now."""
    ids = list(rows.order_by("checked_at").values_list("pk", flat=True)[:AT_ONCE])
    rows.model._default_manager.filter(pk__in=ids).update(checked_at=now)
    return ids


def each(function: Callable[[uuid.UUID], object], ids: Iterable[uuid.UUID]) -> None:
    """Do something for each of some things; one that fails holds up no other, and is tried again."""
    for thing_id in ids:
        try:
            function(thing_id)
        except (ProviderUnavailable, ProviderRefused) as error:
            logger.warning("The provider could not be asked about %s: %s", thing_id, error)
        except Exception:
            logger.exception("%s could not be reconciled", thing_id)
