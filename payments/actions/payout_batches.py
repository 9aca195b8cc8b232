"""Sending payouts to the provider in batches, and finding out what became of them.

Nothing here asks the provider inside a transaction. Each step may be lost in a crash, and is done by the
next run: a batch is sent again under its name, with the same payouts, until its id is known.
"""

import datetime as dt
import logging
import uuid
from collections import defaultdict
from collections.abc import Sequence

from django.conf import settings
from django.db.models import QuerySet

from grover.core.db import atomic
from grover.core.providers import ProviderRefused
from grover.core.races import LostRace, settled
from payments.actions.payout_outcomes import advance, fail, freeze, record_payout
from payments.actions.reconciling import AT_ONCE, each
from payments.cards.money import Money
from payments.enums import UNDER_WAY, PayoutState
from payments.models import Payout, PayoutBatch
from payments.policies.payouts import pause_after
from payments.providers.base import NewPayout, SeenPayout
from payments.providers.registry import provider

logger = logging.getLogger(__name__)

IN_A_BATCH = 500
SENDING_LASTS = dt.timedelta(minutes=10)  # longer than any call of a provider
NOTE = "From Grover"
REFUSED = "refused by the payment provider"


def pay_out(now: dt.datetime) -> None:
    """Send all payouts that were asked for, and ask about all that were sent; may run twice."""
    while _gather(now):
        pass
    due = PayoutBatch.objects.filter(is_done=False, due_at__lte=now).order_by("due_at")
    unsent = due.filter(provider_batch_id=None).values_list("pk", flat=True)
    each(lambda batch_id: _send(batch_id, now), unsent[:AT_ONCE])
    sent = due.filter(provider_batch_id__isnull=False).values_list("pk", flat=True)
    each(lambda batch_id: _ask(batch_id, now), sent[:AT_ONCE])


def refresh_batch(provider_batch_id: str, now: dt.datetime) -> bool:
    """Ask at once about a batch that the provider told us of; False when it is not known here, or not yet."""
    known = PayoutBatch.objects.filter(provider_batch_id=provider_batch_id)
    batch_id = known.values_list("pk", flat=True).first()
    if batch_id is None:
        return False
    atomic(_sent(batch_id).update)(due_at=now)
    _ask(batch_id, now)
    return True


@settled
@atomic
def _gather(now: dt.datetime) -> bool:
    """Put payouts that were asked for into a batch; False when there are none."""
    waiting = Payout.objects.filter(state=PayoutState.REQUESTED, batch=None, frozen_reason="")
    ids = list(waiting.order_by("pk").values_list("pk", flat=True)[:IN_A_BATCH])
    if ids:
        batch = PayoutBatch.objects.create(provider=settings.PAYMENT_PROVIDER, due_at=now)
        if waiting.filter(pk__in=ids).update(batch=batch) != len(ids):
            raise LostRace
    return bool(ids)


@atomic
def _claim(batch_id: uuid.UUID, now: dt.datetime, lasts: dt.timedelta) -> bool:
    """Keep others from a batch for a while; False when somebody else was faster."""
    due = PayoutBatch.objects.filter(pk=batch_id, is_done=False, due_at__lte=now)
    return due.update(due_at=now + lasts) == 1


def _send(batch_id: uuid.UUID, now: dt.datetime) -> None:
    if not _claim(batch_id, now, SENDING_LASTS):
        return
    payouts = list(Payout.objects.filter(batch_id=batch_id, frozen_reason="").order_by("pk"))
    if not payouts:
        atomic(_unsent(batch_id).update)(is_done=True)
        return
    try:
        teller = provider(PayoutBatch.objects.get(pk=batch_id).provider)
        provider_batch_id = teller.create_payouts(list(map(_as_sent, payouts)), batch=str(batch_id))
    except ProviderRefused:
        _refuse(batch_id, now)
        return
    _keep(batch_id, provider_batch_id, payouts, now)


def _as_sent(payout: Payout) -> NewPayout:
    amount = Money(payout.amount, payout.currency)
    return NewPayout(reference=str(payout.pk), amount=amount, receiver=payout.receiver, note=NOTE)


@settled
@atomic
def _keep(batch_id: uuid.UUID, provider_batch_id: str, payouts: Sequence[Payout], now: dt.datetime) -> None:
    """Keep the id of a batch that the provider has."""
    if _unsent(batch_id).update(provider_batch_id=provider_batch_id, due_at=now) == 1:
        for payout in payouts:
            advance(payout, PayoutState.SENT)
        return
    if PayoutBatch.objects.get(pk=batch_id).provider_batch_id is None:
        for payout in payouts:
            freeze(payout, "sent after it was refused")


@settled
@atomic
def _refuse(batch_id: uuid.UUID, now: dt.datetime) -> None:
    """Try the payouts of a batch that was refused one by one, so that one bad address spoils no other's.

    One that is refused by itself is given back.
    """
    if _unsent(batch_id).update(is_done=True) != 1:
        return
    payouts = list(Payout.objects.filter(batch_id=batch_id).order_by("pk"))
    if len(payouts) == 1:
        fail(payouts[0], REFUSED, now)
        return
    for payout in payouts:
        alone = PayoutBatch.objects.create(provider=settings.PAYMENT_PROVIDER, due_at=now)
        Payout.objects.filter(pk=payout.pk).update(batch=alone)


def _ask(batch_id: uuid.UUID, now: dt.datetime) -> None:
    batch = PayoutBatch.objects.get(pk=batch_id)
    if batch.provider_batch_id is None or not _claim(batch_id, now, pause_after(now - batch.created_at)):
        return
    seen = _by_reference(provider(batch.provider).get_payouts(batch.provider_batch_id))
    for payout_id, state in Payout.objects.filter(batch_id=batch_id).values_list("pk", "state"):
        found = seen.pop(str(payout_id), [])
        if state in UNDER_WAY:
            record_payout(payout_id, found, now)
    if seen:
        logger.critical("The batch %s pays what was not asked for: %s", batch_id, sorted(seen))
    _close(batch_id)


def _by_reference(payouts: Sequence[SeenPayout]) -> dict[str, list[SeenPayout]]:
    found: dict[str, list[SeenPayout]] = defaultdict(list)
    for seen in payouts:
        found[seen.reference].append(seen)
    return found


@atomic
def _close(batch_id: uuid.UUID) -> None:
    """Look no more at a batch of which every payout is over, or left to the staff."""
    left = Payout.objects.filter(batch_id=batch_id, state__in=UNDER_WAY, frozen_reason="")
    if not left.exists():
        _sent(batch_id).update(is_done=True)


def _unsent(batch_id: uuid.UUID) -> QuerySet[PayoutBatch]:
    return PayoutBatch.objects.filter(pk=batch_id, provider_batch_id=None, is_done=False)


def _sent(batch_id: uuid.UUID) -> QuerySet[PayoutBatch]:
    return PayoutBatch.objects.filter(pk=batch_id, provider_batch_id__isnull=False, is_done=False)
