"""Writing down what came of payouts: what the provider says, and what follows from it.

The same or an older word of the provider changes nothing.
"""

import datetime as dt
import logging
import uuid
from collections.abc import Sequence
from typing import Any

from accounts.enums import NotificationKind
from grover.core.broadcast import to_user
from grover.core.db import atomic
from grover.core.events import emit
from grover.core.jobs import enqueue_durable
from grover.core.races import settled
from messaging.actions.notifications import notify
from payments.actions.ledger import move
from payments.actions.metrics import count_money
from payments.enums import PAYOUT_TRANSITIONS, AccountKind, PayoutState, TransferKind
from payments.events.payouts import PayoutChanged, PayoutFrozen
from payments.models import Payout
from payments.policies.payouts import hint_of, mismatch_of
from payments.policies.places import Leg, Place, of_platform
from payments.providers import base
from payments.providers.base import SeenPayout

logger = logging.getLogger(__name__)


@settled
@atomic
def record_payout(payout_id: uuid.UUID, seen: Sequence[SeenPayout], now: dt.datetime) -> None:
    """Bring a payout to where the provider says it is; `seen` is all that it says of it.

    It is frozen when the provider says what we did not ask for.
    """
    payout = Payout.objects.get(pk=payout_id)
    if payout.frozen_reason or not seen:
        return
    mismatch = "paid more than once" if len(seen) > 1 else mismatch_of(payout, seen[0])
    if mismatch:
        freeze(payout, mismatch)
    elif seen[0].state == base.PayoutState.COMPLETED:
        _settle(payout, seen[0].id, now)
    elif seen[0].state == base.PayoutState.FAILED:
        fail(payout, seen[0].reason, now, provider_payout_id=seen[0].id)


@atomic
def advance(payout: Payout, state: PayoutState, **fields: Any) -> bool:
    """Move a payout on, and tell whether this did it; joins the caller's transaction."""
    before = [earlier for earlier, later in PAYOUT_TRANSITIONS.items() if state in later]
    rows = Payout.objects.filter(pk=payout.pk, state__in=before, frozen_reason="")
    if rows.update(state=state, **fields) != 1:
        return False
    changed = PayoutChanged(payout_id=payout.pk, state=state.value)  # type: ignore[arg-type]
    emit(changed, to=[to_user(payout.user_id)])
    return True


@atomic
def fail(payout: Payout, reason: str, now: dt.datetime, **fields: Any) -> None:
    """Give back what will not be paid out; joins the caller's transaction."""
    over = {"over_at": now, "receiver": hint_of(payout.receiver), "reason": reason[:100], **fields}
    if advance(payout, PayoutState.FAILED, **over):
        back = Leg(Place(payout.user_id, AccountKind.AVAILABLE, payout.currency), payout.amount)
        move(TransferKind.PAYOUT_FAILED, key=f"payout-failed:{payout.pk}", legs=[_unreserved(payout), back])
        _tell(payout, "payout_failed")


def _settle(payout: Payout, provider_payout_id: str, now: dt.datetime) -> None:
    over = {"over_at": now, "receiver": hint_of(payout.receiver), "provider_payout_id": provider_payout_id}
    if advance(payout, PayoutState.SETTLED, **over):
        gone = Leg(of_platform(AccountKind.PROVIDER_CLEARING, payout.currency), payout.amount)
        move(TransferKind.PAYOUT_SETTLED, key=f"payout-settled:{payout.pk}", legs=[_unreserved(payout), gone])
        count_money("paid_out", payout.amount, payout.currency)
        _tell(payout, "paid_out")


def freeze(payout: Payout, reason: str) -> None:
    """Stop a payout until the staff has looked at it; joins the caller's transaction."""
    if Payout.objects.filter(pk=payout.pk, frozen_reason="").update(frozen_reason=reason):
        emit(PayoutFrozen(payout_id=payout.pk, reason=reason))
        logger.critical("The payout %s is frozen: %s", payout.pk, reason)


def _unreserved(payout: Payout) -> Leg:
    return Leg(Place(payout.user_id, AccountKind.RESERVED, payout.currency), -payout.amount)


def _tell(payout: Payout, what: str) -> None:
    notify(
        payout.user_id,
        kind=NotificationKind.PAYMENT,
        actor_id=None,
        source=f"payout:{payout.pk}",
        thing_kind="payout",
        thing_id=payout.pk,
        data={"what": what, "value": str(payout.amount), "currency": payout.currency},
    )
    enqueue_durable("payments.tasks.mail_payout", payout_id=payout.pk)
