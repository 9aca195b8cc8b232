"""The polls of posts, and what the viewer answered."""

import uuid
from collections import defaultdict
from collections.abc import Collection

from content.cards import PollCard, PollOptionCard
from content.models import Poll, PollOption, PollVote
from grover.core.viewers import AnyViewer


def polls_of(post_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, PollCard]:
    """Read the polls of posts, in two queries, as somebody sees them who did not vote."""
    if not post_ids:
        return {}
    options: dict[uuid.UUID, list[PollOptionCard]] = defaultdict(list)
    for row in PollOption.objects.filter(post_id__in=post_ids).order_by("position"):
        options[row.post_id].append(PollOptionCard(text=row.text, votes=row.vote_count))
    return {
        poll.pk: PollCard(
            options=options[poll.pk],
            voters=poll.voter_count,
            allows_several=poll.allows_several,
            closes_at=poll.closes_at,
            chosen=None,
        )
        for poll in Poll.objects.filter(pk__in=post_ids)
    }


def votes_of(viewer: AnyViewer, post_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, list[int]]:
    """Read which options of these polls the viewer chose, in one query."""
    if viewer.id is None or not post_ids:
        return {}
    rows = PollVote.objects.filter(user_id=viewer.id, post_id__in=post_ids)
    return dict(rows.values_list("post_id", "options"))
