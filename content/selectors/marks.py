"""What the viewer did to posts."""

import uuid
from collections import defaultdict
from collections.abc import Sequence

from django.db.models import Value

from content.cards import PostMarks
from content.models import PostReaction, Repost, SavedPost
from grover.core.viewers import AnyViewer

NO_MARKS = PostMarks(reaction=None, saved=False, reposted=False)
SAVED = "saved"
REPOSTED = "reposted"


def marks_by_post(viewer: AnyViewer, post_ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, PostMarks]:
    """Read what the viewer did to posts, in one query."""
    if viewer.id is None or not post_ids:
        return {}
    reactions = PostReaction.objects.filter(user_id=viewer.id, post_id__in=post_ids)
    saves = SavedPost.objects.filter(user_id=viewer.id, post_id__in=post_ids)
    reposts = Repost.objects.filter(user_id=viewer.id, post_id__in=post_ids)
    rows = reactions.values_list("post_id", "kind").union(
        saves.values_list("post_id", Value(SAVED)), reposts.values_list("post_id", Value(REPOSTED)), all=True
    )
    words: dict[uuid.UUID, set[str]] = defaultdict(set)
    for post_id, word in rows:
        words[post_id].add(word)
    return {key: _marks(found) for key, found in words.items()}


def _marks(words: set[str]) -> PostMarks:
    reaction = next(iter(words - {SAVED, REPOSTED}), None)
    return PostMarks(reaction=reaction, saved=SAVED in words, reposted=REPOSTED in words)  # type: ignore[arg-type]
