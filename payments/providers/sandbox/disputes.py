"""Disputes at the sandbox, which nobody opens or decides but tests and the staff."""

import datetime as dt
from collections.abc import Iterator

from grover.core.db import atomic
from grover.core.moments import present
from grover.core.providers import ProviderRefused
from grover.core.races import settled
from payments.cards.money import Money
from payments.enums import DisputeState
from payments.providers.base import About, LineKind, SeenDispute
from payments.providers.sandbox import captures
from payments.providers.sandbox.books import enter
from payments.providers.sandbox.captures import left_of, money_of
from payments.providers.sandbox.events import tell
from payments.providers.sandbox.records import SandboxRecord, change, find, recall, write

KIND = "dispute"


class SandboxDisputes:
    """Knows which buyers want their money back."""

    def get_dispute(self, dispute_id: str) -> SeenDispute:
        return _seen(recall(KIND, dispute_id))

    def disputes_since(self, since: dt.datetime) -> Iterator[SeenDispute]:
        for known in SandboxRecord.objects.filter(kind=KIND).order_by("id").iterator():
            if dt.datetime.fromisoformat(known.document["changed_at"]) >= since:
                yield _seen(known)


@settled
@atomic
def open_dispute(capture_id: str, *, reason: str = "MERCHANDISE_OR_SERVICE_NOT_RECEIVED") -> SeenDispute:
    """Dispute all that is left of a capture, as its buyer; it is disputed once.

    ProviderRefused when nothing is left of it.
    """
    known = find(KIND, capture_id)
    if known is not None:
        return _seen(known)
    capture = recall(captures.KIND, capture_id)
    amount = left_of(capture)
    if amount <= 0:
        raise ProviderRefused("Nothing is left of this payment")
    change(capture, disputed=amount)
    document = {
        "state": DisputeState.OPEN.value,
        "capture_id": capture_id,
        "reference": capture.document["reference"],
        "value": amount,
        "currency": capture.document["currency"],
        "reason": reason,
        "changed_at": present().isoformat(),
    }
    known = write(KIND, capture_id, document)
    _tell("opened", known)
    return _seen(known)


@settled
@atomic
def resolve_dispute(dispute_id: str, *, won: bool) -> SeenDispute:
    """Decide a dispute, for us if it is won; it is decided once."""
    known = recall(KIND, dispute_id)
    if known.document["state"] != DisputeState.OPEN:
        return _seen(known)
    state = DisputeState.WON if won else DisputeState.LOST
    change(known, state=state.value, changed_at=present().isoformat())
    if won:
        change(recall(captures.KIND, known.document["capture_id"]), disputed=0)
    else:
        lost = money_of(known)
        taken = Money(-lost.value, lost.currency)
        enter(LineKind.OTHER, known.key, taken, known.document["reference"])
    _tell("resolved", known)
    return _seen(known)


def _seen(known: SandboxRecord) -> SeenDispute:
    return SeenDispute(
        id=known.key,
        state=DisputeState(known.document["state"]),
        capture_id=known.document["capture_id"],
        amount=money_of(known),
        reason=known.document["reason"],
    )


def _tell(what: str, known: SandboxRecord) -> None:
    reference = known.document["reference"]
    tell(f"{KIND}.{what}", known, about=About.DISPUTE, thing_id=known.key, reference=reference)
