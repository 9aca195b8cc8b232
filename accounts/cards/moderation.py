"""Decisions of the staff as those see them whom they concern, and what the staff sees of a thing."""

import datetime as dt
import uuid
from collections.abc import Collection
from dataclasses import dataclass
from typing import Literal

from accounts.cards.people import ReportTarget


@dataclass(frozen=True, slots=True, kw_only=True)
class AppealCard:
    """What somebody says against a decision; `reply` is the staff's, once there is one."""

    state: Literal["pending", "granted", "rejected"]
    text: str
    appealed_at: dt.datetime
    reply: str
    answered_at: dt.datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionCard:
    """What the staff decided about a thing of one's own, or about oneself.

    Neither who reported it nor who decided is told.
    """

    id: uuid.UUID
    target: ReportTarget
    decision: Literal["hide", "remove", "warn", "suspend"]
    reason: str
    decided_at: dt.datetime
    appeal_until: dt.datetime
    appeal: AppealCard | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportedThing:
    """A thing as the staff sees it, which never shows what people say in private.

    `context` is what it stands in, such as the post that a comment is under; `measures` names what can be
    done to it: hide, remove.
    """

    owner_id: uuid.UUID | None
    text: str
    context: str = ""
    image_ids: Collection[uuid.UUID] = ()
    measures: Collection[str] = ()
