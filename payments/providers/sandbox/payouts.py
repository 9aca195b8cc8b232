"""Payouts of the sandbox: settled as they are asked for.

To try other ends, a payout fails whose receiver's address begins with `fail`, and one stays pending, until
it is settled, whose receiver's address begins with `pending`.
"""

from collections.abc import Sequence
from typing import Any

from grover.core.db import atomic
from grover.core.races import settled
from payments.cards.money import Money
from payments.providers.base import (
    About,
    LineKind,
    NewPayout,
    PayoutState,
    SeenPayout,
    UnknownToProvider,
)
from payments.providers.sandbox.books import enter
from payments.providers.sandbox.events import tell
from payments.providers.sandbox.records import SandboxRecord, change, find, recall, write

KIND = "payout"
FAILING = "fail"
PENDING = "pending"
REASON = "RECEIVER_UNREGISTERED"


class SandboxPayouts:
    """Pays people out."""

    @settled
    @atomic
    def create_payouts(self, payouts: Sequence[NewPayout], *, batch: str) -> str:
        known = find(KIND, batch)
        if known is not None:
            return known.key
        known = write(KIND, batch, {"items": [_item(payout) for payout in payouts]})
        for number in range(len(payouts)):
            _enter_and_tell(known, number)
        return known.key

    def get_payouts(self, batch_id: str) -> tuple[SeenPayout, ...]:
        known = recall(KIND, batch_id)
        return tuple(_seen(known, number) for number in range(len(known.document["items"])))


def settle_batch(batch_id: str) -> None:
    """Pay all of a batch that is pending."""
    for number in range(len(recall(KIND, batch_id).document["items"])):
        settle_payout(f"{batch_id}-{number}")


@settled
@atomic
def settle_payout(payout_id: str, *, pays: bool = True) -> None:
    """Decide a payout that is pending; a decided one stays as it is."""
    batch_id, _, number = payout_id.rpartition("-")
    known = recall(KIND, batch_id)
    items = known.document["items"]
    if not number.isdecimal() or int(number) >= len(items):
        raise UnknownToProvider(f"The sandbox has no payout {payout_id}")
    if items[int(number)]["state"] != PayoutState.PENDING:
        return
    decided = {**items[int(number)], **_end(PayoutState.COMPLETED if pays else PayoutState.FAILED)}
    change(known, items=[*items[: int(number)], decided, *items[int(number) + 1 :]])
    _enter_and_tell(known, int(number))


def _item(payout: NewPayout) -> dict[str, Any]:
    state = PayoutState.COMPLETED
    if payout.receiver.startswith(FAILING):
        state = PayoutState.FAILED
    elif payout.receiver.startswith(PENDING):
        state = PayoutState.PENDING
    return {
        "reference": payout.reference,
        "value": payout.amount.value,
        "currency": payout.amount.currency,
        **_end(state),
    }


def _end(state: PayoutState) -> dict[str, str]:
    return {"state": state, "reason": REASON if state == PayoutState.FAILED else ""}


def _enter_and_tell(known: SandboxRecord, number: int) -> None:
    """Book a payout if it is paid, and tell of it if it is settled."""
    payout = _seen(known, number)
    if payout.state == PayoutState.PENDING:
        return
    if payout.state == PayoutState.COMPLETED:
        paid = Money(-payout.amount.value, payout.amount.currency)
        enter(LineKind.PAYOUT, payout.id, paid, payout.reference)
    tell(
        f"payout.{payout.state}",
        known,
        about=About.PAYOUT,
        thing_id=known.key,
        reference=payout.reference,
        number=number,
    )


def _seen(known: SandboxRecord, number: int) -> SeenPayout:
    item = known.document["items"][number]
    return SeenPayout(
        id=f"{known.key}-{number}",
        state=PayoutState(item["state"]),
        reference=item["reference"],
        amount=Money(item["value"], item["currency"]),
        reason=item["reason"],
    )
