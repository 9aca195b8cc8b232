"""Moving money by hand: a new transfer with a reason and an author, never a change of an old one."""

import uuid

from accounts.actions.moderation import acting_staff, record_act
from grover.core.db import atomic
from grover.core.errors import NotFound
from grover.core.races import settled
from payments.actions.ledger import move
from payments.enums import CorrectionState, TransferKind
from payments.errors.staff import CorrectionDecided
from payments.models import Correction
from payments.policies.corrections import (
    check_can_be,
    check_can_decide,
    needs_second_person,
    place_from,
    place_to,
)
from payments.policies.places import Leg


@settled
@atomic
def propose_correction(correction: Correction) -> bool:
    """Write a correction down, and move the money at once unless a second person has to agree.

    Tells whether it was moved. CorrectionInvalid or InsufficientFunds when it cannot be.
    """
    check_can_be(correction)
    correction.state = CorrectionState.PROPOSED
    correction.save(force_insert=True)
    _note(correction.author_id, "propose_correction", correction, correction.reason)
    if needs_second_person(correction):
        return False
    _do(correction, correction.author_id)
    return True


@settled
@atomic
def approve_correction(staff_id: uuid.UUID, *, correction_id: uuid.UUID, reason: str) -> None:
    """Move the money of a correction that somebody else proposed. CorrectionDecided the second time."""
    correction = _to_decide(staff_id, correction_id)
    _do(correction, staff_id)
    _note(staff_id, "approve_correction", correction, reason)


@settled
@atomic
def reject_correction(staff_id: uuid.UUID, *, correction_id: uuid.UUID, reason: str) -> None:
    """Decide that a correction is not to be; who proposed it may take it back as well."""
    correction = Correction.objects.filter(pk=correction_id).first()
    if correction is None:
        raise NotFound
    _decide(correction, CorrectionState.REJECTED, staff_id)
    _note(staff_id, "reject_correction", correction, reason)


def _to_decide(staff_id: uuid.UUID, correction_id: uuid.UUID) -> Correction:
    correction = Correction.objects.filter(pk=correction_id).first()
    if correction is None:
        raise NotFound
    check_can_decide(correction, staff_id)
    return correction


def _do(correction: Correction, staff_id: uuid.UUID) -> None:
    _decide(correction, CorrectionState.DONE, staff_id)
    move(
        TransferKind.CORRECTION,
        key=f"correction:{correction.pk}",
        legs=[
            Leg(place_from(correction), -correction.amount),
            Leg(place_to(correction), correction.amount),
        ],
        author_id=correction.author_id,
        reason=correction.reason,
    )


def _decide(correction: Correction, state: CorrectionState, staff_id: uuid.UUID) -> None:
    proposed = Correction.objects.filter(pk=correction.pk, state=CorrectionState.PROPOSED)
    if proposed.update(state=state, decided_by_id=staff_id) != 1:
        raise CorrectionDecided


def _note(staff_id: uuid.UUID, action: str, correction: Correction, reason: str) -> None:
    amount = {"amount": correction.amount, "currency": correction.currency}
    record_act(acting_staff(staff_id), action, ("correction", correction.pk), reason, amount)
