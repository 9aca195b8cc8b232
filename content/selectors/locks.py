"""What of the posts that somebody sees they have not paid for."""

import uuid
from collections.abc import Collection, Iterable

from content.errors import PostLocked
from content.policies.visibility import Audience, can_read_post, keys_to
from grover.core.viewers import AnyViewer, on_behalf_of
from payments.selectors.entitlements import entitled, holders


def locked_among(viewer: AnyViewer, audiences: Iterable[Audience]) -> frozenset[uuid.UUID]:
    """Name those of these posts, all seen by the viewer, of which they get no more than the preview.

    In one query where any of them could be such a one, in none otherwise.
    """
    closed = [audience for audience in audiences if not can_read_post(viewer, audience)]
    if not closed:
        return frozenset()
    paid_for = entitled(viewer.id, {thing_id for audience in closed for _, thing_id in keys_to(audience)})
    return frozenset(audience.post_id for audience in closed if not can_read_post(viewer, audience, paid_for))


def check_can_read(viewer: AnyViewer, audience: Audience) -> None:
    """Refuse who sees a post but has not paid for it."""
    if locked_among(viewer, [audience]):
        raise PostLocked


def readers_among(user_ids: Collection[uuid.UUID], audience: Audience) -> set[uuid.UUID]:
    """Find who of these people, all of whom see a post, reads it: in one query at most."""
    if not user_ids or not audience.is_for_payers:
        return set(user_ids)
    held = holders(user_ids, {thing_id for _, thing_id in keys_to(audience)})
    return {
        user_id
        for user_id in user_ids
        if can_read_post(on_behalf_of(user_id), audience, held.get(user_id, frozenset()))
    }
