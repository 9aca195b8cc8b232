"""Counters: changed by just what changed in the rows they count, in the same transaction.

Whoever writes rows changes the counters in the same atomic function, by the number of rows that really
came or went. Two actions that race for one row are told apart by the database; the loser runs again.

An action reads and decides before its transaction, and its first write is the counter, which many want
at once: so it is held as shortly as can be, and on MongoDB, where a transaction that meets another's
write is broken off, a vain attempt is cheap. All take a post before its comments before what hangs on
those, so no two wait for each other.
"""

import uuid
from typing import Any

from django.db.models import F

from content.models import Comment, CommentReaction, Post, PostReaction, Story, StoryReaction
from grover.core.races import LostRace


def count_on_post(post_id: uuid.UUID, **by: int) -> None:
    """Change counters of a post; LostRace when it is gone."""
    _count(Post, post_id, by)


def count_on_comment(comment_id: uuid.UUID, **by: int) -> None:
    """Change counters of a comment; LostRace when it is gone."""
    _count(Comment, comment_id, by)


def count_reply(parent: Comment, *, by: int) -> None:
    """Change the number of replies to a comment; LostRace when it is gone or was moderated meanwhile."""
    same = Comment.objects.filter(pk=parent.pk, moderation=parent.moderation)
    if same.update(reply_count=F("reply_count") + by) != 1:
        raise LostRace


def count_on_story(story_id: uuid.UUID, **by: int) -> None:
    """Change counters of a story; LostRace when it is gone."""
    _count(Story, story_id, by)


def _count(table: type[Post] | type[Comment] | type[Story], key: uuid.UUID, by: dict[str, int]) -> None:
    changes: dict[str, Any] = {name: F(name) + number for name, number in by.items() if number}
    if changes and table._default_manager.filter(pk=key).update(**changes) != 1:
        raise LostRace


def reaction_of(
    table: type[PostReaction] | type[CommentReaction] | type[StoryReaction],
    user_id: uuid.UUID,
    **thing: uuid.UUID,
) -> str | None:
    """Find how somebody reacts to a thing."""
    rows = table._default_manager.filter(user_id=user_id, **thing)
    return rows.values_list("kind", flat=True).first()


def replace_reaction(
    table: type[PostReaction] | type[CommentReaction] | type[StoryReaction],
    user_id: uuid.UUID,
    *,
    before: str | None,
    after: str | None,
    **thing: uuid.UUID,
) -> None:
    """Turn somebody's reaction, or none, into another one or none; LostRace when it is not as before."""
    if before is None:
        if after is not None:
            table._default_manager.create(user_id=user_id, kind=after, **thing)
        return
    same = table._default_manager.filter(user_id=user_id, kind=before, **thing)
    changed = same.delete()[0] if after is None else same.update(kind=after)
    if changed != 1:
        raise LostRace


def reaction_steps(before: str | None, after: str | None) -> dict[str, int]:
    """Give by how much each counter changes when a reaction becomes another."""
    if before == after:
        return {}
    steps = {"reaction_count": (after is not None) - (before is not None)}
    if before is not None:
        steps[f"{before}_count"] = -1
    if after is not None:
        steps[f"{after}_count"] = 1
    return steps
