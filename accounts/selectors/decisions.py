"""Decisions of the staff, as those see them whom they concern."""

import uuid

from accounts.cards.moderation import AppealCard, DecisionCard
from accounts.cards.people import ReportTarget
from accounts.enums import AppealState
from accounts.models import Decision
from accounts.policies.moderation import APPEAL_TIME
from grover.core.errors import NotFound
from grover.core.pages import Page, PageRequest, keyset_page
from grover.core.viewers import Viewer


def decisions_of(viewer: Viewer, request: PageRequest) -> Page[DecisionCard]:
    """Read a page of what was decided about the viewer and their things, the last first, in one query."""
    rows = Decision.objects.filter(owner_id=viewer.id)
    return keyset_page(rows, request).map(lambda found: [decision_card(row) for row in found])


def own_decision(viewer: Viewer, decision_id: uuid.UUID) -> Decision:
    """Read the row of a decision that concerns the viewer; NotFound when there is no such one."""
    row = Decision.objects.filter(pk=decision_id, owner_id=viewer.id).first()
    if row is None:
        raise NotFound
    return row


def decision_card(row: Decision) -> DecisionCard:
    """Show a decision to whom it concerns."""
    return DecisionCard(
        id=row.pk,
        target=ReportTarget(kind=row.target_kind, id=row.target_id),
        decision=row.kind,  # type: ignore[arg-type]
        reason=row.reason,
        decided_at=row.created_at,
        appeal_until=row.created_at + APPEAL_TIME,
        appeal=_appeal(row),
    )


def _appeal(row: Decision) -> AppealCard | None:
    if row.appeal_state == AppealState.NONE or row.appealed_at is None:
        return None
    return AppealCard(
        state=row.appeal_state,  # type: ignore[arg-type]
        text=row.appeal_text,
        appealed_at=row.appealed_at,
        reply=row.reply,
        answered_at=row.answered_at,
    )
