"""What a digest tells somebody of."""

import datetime as dt
import uuid
from collections.abc import Collection
from dataclasses import dataclass

from grover.core.viewers import Viewer
from messaging.models import Notification
from messaging.selectors.notifications import EXCERPT, notification_cards
from messaging.selectors.wording import sentence_of

MOST_LINES = 20
NO_SESSION = uuid.UUID(int=0)


@dataclass(frozen=True, slots=True, kw_only=True)
class DigestLine:
    """One notification in a mail."""

    sentence: str
    excerpt: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Digest:
    """What a mail says: the newest of a period, and how many there are beyond those."""

    lines: list[DigestLine]
    more: int

    @property
    def subject(self) -> str:
        """Say how much there is to read."""
        count = len(self.lines) + self.more
        return "1 new notification" if count == 1 else f"{count} new notifications"


def digest_of(
    user_id: uuid.UUID, *, since: dt.datetime, until: dt.datetime, kinds: Collection[str]
) -> Digest:
    """Gather what somebody has not read of what they were told in a period and may still see."""
    rows = Notification.objects.filter(
        user_id=user_id, read_at__isnull=True, told_at__gt=since, told_at__lte=until, kind__in=kinds
    )
    found = list(rows.order_by("-seq")[:MOST_LINES])
    more = rows.count() - len(found) if len(found) == MOST_LINES else 0
    cards = notification_cards(Viewer(user_id, NO_SESSION), found)
    lines = [
        DigestLine(sentence=sentence_of(card), excerpt=card.data.get(EXCERPT, ""))
        for card in cards
        if card is not None
    ]
    return Digest(lines=lines, more=more)
