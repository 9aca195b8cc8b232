"""Money that the sandbox took, for an order or for a month of a subscription, and gave back of it.

Amounts by which failures are tried: one of an order that ends in 13 cents is declined as it is captured,
one that ends in 14 cents stays pending until it is settled.
"""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from grover.core.db import atomic
from grover.core.moments import present
from grover.core.providers import ProviderRefused
from grover.core.races import settled
from payments.cards.money import Money
from payments.providers.base import (
    About,
    CaptureState,
    LineKind,
    RefundState,
    SeenCapture,
    SeenRefund,
    UnknownToProvider,
)
from payments.providers.sandbox.books import enter
from payments.providers.sandbox.events import tell
from payments.providers.sandbox.records import SandboxRecord, change, recall, write

KIND = "capture"
DECLINED_CENTS = 13
PENDING_CENTS = 14


class SandboxCaptures:
    """Gives back what was taken."""

    @settled
    @atomic
    def refund_capture(
        self, capture_id: str, amount: Money, *, reference: str, request_id: str
    ) -> SeenRefund:
        known = recall(KIND, capture_id)
        refunds = known.document["refunds"]
        for number, refund in enumerate(refunds):
            if refund["request_id"] == request_id:
                return _refund(known, number)
        if amount.currency != known.document["currency"] or not 0 < amount.value <= left_of(known):
            raise ProviderRefused("Not so much is left of this payment")
        refund = {"value": amount.value, "reference": reference, "request_id": request_id}
        made = _refund(change(known, refunds=[*refunds, refund]), len(refunds))
        taken = Money(-amount.value, amount.currency)
        enter(LineKind.REFUND, made.id, taken, reference or known.document["reference"])
        _tell("refund.completed", known, reference=reference)
        return made

    def get_refund(self, refund_id: str) -> SeenRefund:
        capture_id, _, number = refund_id.partition("-refund-")
        known = recall(KIND, capture_id)
        if not number.isdecimal() or int(number) >= len(known.document["refunds"]):
            raise UnknownToProvider(f"The sandbox has no refund {refund_id}")
        return _refund(known, int(number))


def outcome_for(amount: Money) -> CaptureState:
    """Tell what becomes of the capture of an order of an amount."""
    cents = amount.value % 100
    if cents == DECLINED_CENTS:
        return CaptureState.DECLINED
    return CaptureState.PENDING if cents == PENDING_CENTS else CaptureState.COMPLETED


@atomic
def take(
    payer: SandboxRecord,
    about: About,
    amount: Money,
    state: CaptureState,
    *,
    number: int = 0,
    at: dt.datetime | None = None,
) -> SandboxRecord:
    """Take money for an order or a subscription; joins the caller's transaction, which must be `settled`."""
    document = {
        "about": about,
        "of": payer.key,
        "reference": payer.document["reference"],
        "value": amount.value,
        "currency": amount.currency,
        "state": state,
        "taken_at": (at or present()).isoformat(),
        "refunds": [],
        "disputed": 0,
    }
    made = write(KIND, f"{payer.key}:{number}", document, at=at)
    if state == CaptureState.COMPLETED:
        enter(LineKind.CAPTURE, made.key, amount, document["reference"], at=at)
    if about == About.ORDER:
        _tell(f"capture.{state}", made)
    return made


@settled
@atomic
def settle_capture(capture_id: str, *, pays: bool = True) -> None:
    """Decide a capture that is pending; a decided one stays as it is."""
    known = recall(KIND, capture_id)
    if known.document["state"] != CaptureState.PENDING:
        return
    state = CaptureState.COMPLETED if pays else CaptureState.DECLINED
    change(known, state=state)
    if pays:
        enter(LineKind.CAPTURE, known.key, money_of(known), known.document["reference"])
    _tell(f"capture.{state}", known)


def left_of(known: SandboxRecord) -> int:
    """Tell how much of a capture is with us still, and not disputed."""
    document = known.document
    taken = document["value"] if document["state"] == CaptureState.COMPLETED else 0
    return int(taken - document["disputed"] - sum(refund["value"] for refund in document["refunds"]))


def captures_by_id(capture_ids: Iterable[str]) -> dict[str, SandboxRecord]:
    """Read some captures."""
    return {known.key: known for known in SandboxRecord.objects.filter(kind=KIND, key__in=capture_ids)}


def seen(known: SandboxRecord) -> SeenCapture:
    """Say of a capture what the sandbox knows."""
    state = CaptureState(known.document["state"])
    return SeenCapture(id=known.key, state=state, amount=money_of(known), refunds=refunds_of(known))


def refunds_of(known: SandboxRecord) -> tuple[SeenRefund, ...]:
    """Say what was given back of a capture."""
    return tuple(_refund(known, number) for number in range(len(known.document["refunds"])))


def money_of(known: SandboxRecord) -> Money:
    """Give the amount that something is about."""
    return Money(known.document["value"], known.document["currency"])


def _refund(known: SandboxRecord, number: int) -> SeenRefund:
    refund: dict[str, Any] = known.document["refunds"][number]
    return SeenRefund(
        id=f"{known.key}-refund-{number}",
        state=RefundState.COMPLETED,
        amount=Money(refund["value"], known.document["currency"]),
        reference=refund["reference"],
    )


def _tell(event_type: str, known: SandboxRecord, *, reference: str = "") -> None:
    """Tell of a capture; one of a subscription is told of as a change of that."""
    about = About(known.document["about"])
    is_of_order = about == About.ORDER
    tell(
        event_type,
        known,
        about=About.CAPTURE if is_of_order else about,
        thing_id=known.key if is_of_order else known.document["of"],
        reference=reference or known.document["reference"],
    )
