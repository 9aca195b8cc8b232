"""What the staff does at the sandbox in place of others; each act is in the audit log with its reason."""

import uuid
from collections.abc import Callable

from accounts.actions.moderation import acting_staff, record_act
from grover.core.errors import Conflict, NotFound
from grover.core.providers import ProviderRefused
from payments.providers.sandbox import captures, disputes, payouts
from payments.providers.sandbox.disputes import open_dispute, resolve_dispute
from payments.providers.sandbox.records import SandboxRecord


def dispute_capture(staff_id: uuid.UUID, record_id: uuid.UUID, reason: str) -> None:
    """Dispute all that is left of a capture, as its buyer; Conflict when nothing is."""
    _act(staff_id, record_id, reason, {captures.KIND: open_dispute})


def win_dispute(staff_id: uuid.UUID, record_id: uuid.UUID, reason: str) -> None:
    """Decide a dispute for us; a decided one stays as it is."""
    _act(staff_id, record_id, reason, {disputes.KIND: lambda key: resolve_dispute(key, won=True)})


def lose_dispute(staff_id: uuid.UUID, record_id: uuid.UUID, reason: str) -> None:
    """Decide a dispute for the buyer; a decided one stays as it is."""
    _act(staff_id, record_id, reason, {disputes.KIND: lambda key: resolve_dispute(key, won=False)})


def settle(staff_id: uuid.UUID, record_id: uuid.UUID, reason: str) -> None:
    """Let a capture, or the payouts of a batch, succeed as far as they are pending."""
    _act(
        staff_id,
        record_id,
        reason,
        {captures.KIND: captures.settle_capture, payouts.KIND: payouts.settle_batch},
    )


def _act(
    staff_id: uuid.UUID, record_id: uuid.UUID, reason: str, steps: dict[str, Callable[[str], object]]
) -> None:
    staff = acting_staff(staff_id)
    known = SandboxRecord.objects.filter(pk=record_id, kind__in=list(steps)).first()
    if known is None:
        raise NotFound
    try:
        steps[known.kind](known.key)
    except ProviderRefused as error:
        raise Conflict(str(error)) from error
    record_act(staff, "act_at_sandbox", ("sandbox_record", record_id), reason)
