"""Finding out about what was left between states, whatever was lost on the way."""

import datetime as dt
import logging
import uuid
from collections.abc import Callable, Iterable

from grover.core.providers import ProviderRefused, ProviderUnavailable
from payments.actions.payments import refresh_payment
from payments.actions.refunds import settle_refund
from payments.enums import PaymentState, RefundState
from payments.models import Payment, Refund

logger = logging.getLogger(__name__)

LEFT_FOR = dt.timedelta(seconds=20)
AT_ONCE = 200


def reconcile(now: dt.datetime) -> None:
    """Ask the provider about all payments and refunds that have not moved for a while; may run twice."""
    payments = Payment.objects.filter(
        state__in=[PaymentState.CREATED, PaymentState.APPROVED],
        frozen_reason="",
        checked_at__lte=now - LEFT_FOR,
    )
    refunds = Refund.objects.filter(state=RefundState.REQUESTED, checked_at__lte=now - LEFT_FOR)
    each(refresh_payment, payments.order_by("checked_at").values_list("pk", flat=True)[:AT_ONCE])
    each(settle_refund, refunds.order_by("checked_at").values_list("pk", flat=True)[:AT_ONCE])


def each(function: Callable[[uuid.UUID], object], ids: Iterable[uuid.UUID]) -> None:
    """Do something for each of some things; one that fails holds up no other, and is tried again."""
    for thing_id in list(ids):
        try:
            function(thing_id)
        except (ProviderUnavailable, ProviderRefused) as error:
            logger.warning("The provider could not be asked about %s: %s", thing_id, error)
        except Exception:
            logger.exception("%s could not be reconciled", thing_id)
