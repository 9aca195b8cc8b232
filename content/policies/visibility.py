"""Who may do what with posts, comments and stories.

`can_see_post` is the one predicate of visibility of posts, `audiences_with` that of stories; both, and
that of comments, leave out what `moderations_seen` does not name. Who sees a post need not read it:
`can_read_post` decides who gets no more than its preview.
"""

import uuid
from collections.abc import Container
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from accounts.cards.people import Person, Relation
from accounts.enums import Moderation
from content.enums import ReplyPolicy, StoryAudience, Visibility
from content.models import Post
from grover.core.viewers import AnyViewer
from payments.enums import EntitlementKind

MOST_HIGHLIGHTS = 100
MOST_STORIES = 100  # in one highlight

Key = tuple[EntitlementKind, uuid.UUID]


@dataclass(frozen=True, slots=True)
class Audience:
    """What decides who sees a post: its author, as far as they are active, and whom it is for.

    `members_of` is the community whose members alone it is for, if it is for such; `moderation` what the
    staff did to it. One that is for payers others see, too, but do not read.
    """

    post_id: uuid.UUID
    author_id: uuid.UUID
    visibility: str
    author: Person | None
    members_of: uuid.UUID | None
    moderation: str
    is_for_payers: bool

    @property
    def is_for_all(self) -> bool:
        """Tell whether every signed-in stranger sees at least its preview, so that it is listed."""
        if self.moderation != Moderation.VISIBLE or self.members_of is not None:
            return False
        if self.visibility not in (Visibility.PUBLIC, Visibility.SUBSCRIBERS):
            return False
        return self.author is not None and not self.author.is_private

    @property
    def is_restricted(self) -> bool:
        """Tell whether some signed-in strangers do not read it, so that its files need checking."""
        return self.is_for_payers or not self.is_for_all


def moderations_seen(viewer: AnyViewer, author_id: uuid.UUID) -> frozenset[str]:
    """Name what the staff may have done to somebody's things so that the viewer still sees them."""
    if viewer.id == author_id:
        return frozenset({Moderation.VISIBLE.value, Moderation.HIDDEN.value})
    return frozenset({Moderation.VISIBLE.value})


def audience_for(post: Post, author: Person | None) -> Audience:
    """Tell who a post is for; `author` is its author, if they are active."""
    members_of = post.community_id if post.members_only else None
    return Audience(
        post_id=post.pk,
        author_id=post.author_id,
        visibility=post.visibility,
        author=author,
        members_of=members_of,
        moderation=post.moderation,
        is_for_payers=post.is_for_payers,
    )


def can_see_post(
    viewer: AnyViewer, audience: Audience, relation: Relation, member_of: Container[uuid.UUID] = ()
) -> bool:
    """Tell whether the viewer may see a post at all.

    `relation` is what viewer and author are to each other, `member_of` the communities the viewer is a
    member of. Every road to a post asks this function.
    """
    if audience.author is None or audience.moderation not in moderations_seen(viewer, audience.author_id):
        return False
    if viewer.id == audience.author_id:
        return True
    if relation.is_blocked or audience.visibility == Visibility.PRIVATE:
        return False
    if audience.members_of is not None:
        return audience.members_of in member_of
    if audience.visibility == Visibility.FOLLOWERS or audience.author.is_private:
        return relation.following
    return True


def may_pass_on(viewer: AnyViewer, audience: Audience) -> bool:
    """Tell whether the viewer, who sees the post, may repost or quote it: it is for all, or their own.

    To who has not paid, a repost or quote shows no more than the preview; so it may be passed on unread.
    """
    return audience.is_for_all or viewer.id == audience.author_id


def keys_to(audience: Audience) -> frozenset[Key]:
    """Name what opens a post that is for payers; each of these alone does.

    Who bought a post keeps it when it is for subscribers by now, or costs something else.
    """
    keys = {(EntitlementKind.POST, audience.post_id)}
    if audience.visibility == Visibility.SUBSCRIBERS:
        keys.add((EntitlementKind.CREATOR, audience.author_id))
    return frozenset(keys)


def can_read_post(viewer: AnyViewer, audience: Audience, paid_for: AbstractSet[Key] = frozenset()) -> bool:
    """Tell whether the viewer, who sees the post, reads it; otherwise they get its preview and no more.

    `paid_for` is what the viewer is entitled to. Every road to what a post says, shows or is answered
    asks this function.
    """
    if not audience.is_for_payers or viewer.id == audience.author_id:
        return True
    return not keys_to(audience).isdisjoint(paid_for)


def can_comment(viewer: AnyViewer, audience: Audience, reply_policy: str, relation: Relation) -> bool:
    """Tell whether the viewer, who sees the post, may comment on it; its author always may."""
    if viewer.id is None:
        return False
    if viewer.id == audience.author_id or reply_policy == ReplyPolicy.EVERYONE:
        return True
    return reply_policy == ReplyPolicy.FOLLOWERS and relation.following


def can_see_comment(
    viewer: AnyViewer,
    *,
    author: Person | None,
    is_hidden: bool,
    moderation: str,
    post_author_id: uuid.UUID,
    relation: Relation,
) -> bool:
    """Tell whether the viewer, who sees the post, may see a comment under it.

    `author` is the comment's, as far as they are active, and `relation` what the viewer and they are
    to each other. A mute changes nothing: it keeps people out of the feed, not out of conversations.
    """
    if author is None or moderation not in moderations_seen(viewer, author.summary.id):
        return False
    if viewer.id == author.summary.id:
        return True
    return not relation.is_blocked and (not is_hidden or viewer.id == post_author_id)


def can_see_collection(
    viewer: AnyViewer, *, owner: Person | None, is_public: bool, relation: Relation
) -> bool:
    """Tell whether the viewer may see a collection: their own, or a public one of whom they may look at."""
    if owner is None:
        return False
    if viewer.id == owner.summary.id:
        return True
    if relation.is_blocked or not is_public:
        return False
    return relation.following or not owner.is_private


def audiences_with(
    viewer: AnyViewer, author: Person | None, relation: Relation, *, is_close_friend: bool
) -> frozenset[str]:
    """Tell which stories of a person the viewer may see, by whom these are for.

    `author` is the person, as far as they are active, `relation` what the viewer and they are to each
    other, and `is_close_friend` whether they count the viewer so. Every road to a story asks this
    function. Of a private account only followers see anything, close friends among them.
    """
    if author is None or relation.is_blocked:
        return frozenset()
    if viewer.id == author.summary.id:
        return frozenset(StoryAudience.values)
    if author.is_private and not relation.following:
        return frozenset()
    belongs = {
        StoryAudience.EVERYONE: True,
        StoryAudience.FOLLOWERS: relation.following,
        StoryAudience.CLOSE_FRIENDS: is_close_friend,
    }
    return frozenset(audience.value for audience, is_among in belongs.items() if is_among)
