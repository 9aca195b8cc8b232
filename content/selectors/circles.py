"""The people that one reading meets, and what the viewer is to them; each is asked for once."""

import uuid
from collections.abc import Iterable

from accounts.cards.people import STRANGERS, Person, Relation
from accounts.selectors.people import people_by_id
from accounts.selectors.relations import relations_by_id
from content.models import Post
from content.policies.visibility import Audience, audience_for, can_see_post
from content.selectors.locks import locked_among
from content.selectors.memberships import Memberships
from grover.core.viewers import AnyViewer


class Circle:
    """People and relations, read as they are met: two queries for each group of new faces."""

    def __init__(self, viewer: AnyViewer) -> None:
        self.viewer = viewer
        self._people: dict[uuid.UUID, Person | None] = {}
        self._relations: dict[uuid.UUID, Relation] = {}
        self._member_of = Memberships(viewer)

    def meet(self, ids: Iterable[uuid.UUID]) -> None:
        """Read those of these people who are not known yet."""
        new = set(ids) - self._people.keys()
        if not new:
            return
        people = people_by_id(new)
        self._people |= {key: people.get(key) for key in new}
        self._relations |= relations_by_id(self.viewer, new)

    def person(self, user_id: uuid.UUID) -> Person | None:
        """Give somebody who was met, if they are active."""
        return self._people.get(user_id)

    def relation(self, user_id: uuid.UUID) -> Relation:
        """Give what the viewer and somebody who was met are to each other."""
        return self._relations.get(user_id, STRANGERS)

    def unblocked(self, user_id: uuid.UUID) -> Person | None:
        """Give somebody who was met, if they are active and no block stands between."""
        return None if self.relation(user_id).is_blocked else self.person(user_id)

    def sees_post(self, post: Post) -> bool:
        """Tell whether the viewer may see a post, whose author was met."""
        relation = self.relation(post.author_id)
        return can_see_post(self.viewer, self.audience(post), relation, self._member_of)

    def audience(self, post: Post) -> Audience:
        """Give what decides who sees and reads a post, whose author was met."""
        return audience_for(post, self.person(post.author_id))

    def locked(self, posts: Iterable[Post]) -> frozenset[uuid.UUID]:
        """Name those of these posts, which the viewer sees, that they have not paid for."""
        return locked_among(self.viewer, [self.audience(post) for post in posts])

    def stamps(self) -> set[str]:
        """Name what all this depends on."""
        own = {f"{what}:{self.viewer.id}" for what in ("relations", "memberships")}
        return own | {f"user:{key}" for key in self._people}
