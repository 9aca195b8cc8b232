"""What the viewer did to posts."""

import uuid
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Value

from content.cards import PostMarks
from content.models import Post, PostReaction, SavedPost
from grover.core.viewers import AnyViewer

NO_MARKS = PostMarks(reaction=None, saved=False)
SAVED = "saved"


@dataclass(frozen=True, slots=True)
class PostsWithMarks:
    """Rows of posts, and the viewer's marks on each where they came with the rows."""

    rows: Sequence[Post]
    marks: Mapping[uuid.UUID, PostMarks] | None = None


def marks_by_post(viewer: AnyViewer, post_ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, PostMarks]:
    """Read what the viewer did to posts, in one query."""
    if viewer.id is None or not post_ids:
        return {}
    reactions = PostReaction.objects.filter(user_id=viewer.id, post_id__in=post_ids)
    saves = SavedPost.objects.filter(user_id=viewer.id, post_id__in=post_ids)
    rows = reactions.values_list("post_id", "kind").union(
        saves.values_list("post_id", Value(SAVED)), all=True
    )
    words: dict[uuid.UUID, set[str]] = defaultdict(set)
    for post_id, word in rows:
        words[post_id].add(word)
    return {key: _marks(found) for key, found in words.items()}


def _marks(words: set[str]) -> PostMarks:
    reaction = next(iter(words - {SAVED}), None)
    return PostMarks(reaction=reaction, saved=SAVED in words)  # type: ignore[arg-type]
