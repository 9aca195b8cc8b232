"""Small random worlds of people and posts, and a slow, obvious answer to who sees what.

Nothing here uses the product's own rules: the answers are worked out by looking at every fact.
"""

import uuid
from dataclasses import dataclass, field

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from hypothesis import strategies as st

from accounts.enums import AccountStatus, RelationKind
from accounts.models import Relation, User
from content.models import Collection, CollectionItem, Comment, Mention, Post, PostTag, SavedPost, Tag
from grover.core.ids import new_id
from grover.media.enums import MediaAccess, MediaKind, MediaState
from grover.media.models import Media
from payments.models import Entitlement

PEOPLE = 4
VISIBILITIES = ("public", "followers", "subscribers", "private")
PREVIEW = "Perhaps"

Pair = tuple[int, int]
Place = tuple[str, int, int]  # "post" or "repost", who, which post


@dataclass
class World:
    """People by number, what they are to each other, and posts as (author, visibility).

    `bought` are people and the posts that they bought, `subscribed` people and whose subscribers they are.
    """

    private: set[int]
    suspended: set[int]
    follows: set[Pair]
    blocks: set[Pair]
    mutes: set[Pair]
    posts: list[tuple[int, str]]
    moderated: dict[int, str] = field(default_factory=dict)
    priced: set[int] = field(default_factory=set)
    bought: set[Pair] = field(default_factory=set)
    subscribed: set[Pair] = field(default_factory=set)
    reposts: set[Pair] = field(default_factory=set)
    places: list[Place] = field(default_factory=list)  # in the order of time
    people: list[User] = field(default_factory=list)
    rows: list[Post] = field(default_factory=list)

    def sees(self, viewer: int | None, post: int) -> bool:
        """Say whether a person, or somebody not signed in, may see a post."""
        author, visibility = self.posts[post]
        moderation = self.moderated.get(post)
        if author in self.suspended or moderation == "removed":
            return False
        if viewer == author:
            return True
        if moderation == "hidden":
            return False
        if (viewer, author) in self.blocks or (author, viewer) in self.blocks:
            return False
        if visibility == "private":
            return False
        if visibility == "followers" or author in self.private:
            return (viewer, author) in self.follows
        return True

    def is_sold(self, post: int) -> bool:
        """Say whether a post has a price: one that nobody or only subscribers may see has none."""
        return post in self.priced and self.posts[post][1] in ("public", "followers")

    def is_locked(self, viewer: int | None, post: int) -> bool:
        """Say whether a person who sees a post sees no more than its preview."""
        author, visibility = self.posts[post]
        if viewer == author or (viewer, post) in self.bought:
            return False
        if visibility == "subscribers":
            return (viewer, author) not in self.subscribed
        return self.is_sold(post)

    def reads(self, viewer: int | None, post: int) -> bool:
        """Say whether a person sees all of a post."""
        return self.sees(viewer, post) and not self.is_locked(viewer, post)

    def may_fetch_files(self, viewer: int | None, post: int) -> bool:
        """Say whether a person may fetch the pictures of a post: those that all may see, anyone.

        Their own uploads people fetch wherever they hang, but on what was removed.
        """
        is_own = viewer == self.posts[post][0] and self.moderated.get(post) != "removed"
        return self.reads(None, post) or self.reads(viewer, post) or is_own

    def may_look_at(self, viewer: int | None, person: int) -> bool:
        """Say whether a person's own page shows the viewer what is on it."""
        if person in self.suspended or {(viewer, person), (person, viewer)} & self.blocks:
            return False
        return viewer == person or person not in self.private or (viewer, person) in self.follows

    def is_for_all(self, post: int) -> bool:
        """Say whether a post, or its preview, is for everybody, but for blocks."""
        author, visibility = self.posts[post]
        is_public = visibility in ("public", "subscribers") and post not in self.moderated
        return is_public and author not in self.private | self.suspended

    def may_pass_on(self, viewer: int, post: int) -> bool:
        """Say whether a person may repost or quote a post."""
        return self.sees(viewer, post) and (self.is_for_all(post) or self.posts[post][0] == viewer)

    def tagged_for(self, viewer: int | None) -> list[int]:
        """Say which posts a person finds by a tag in them, newest first: those that everybody may read."""
        return [post for post in self.shelf_of(viewer) if not self.is_for_payers(post)]

    def is_for_payers(self, post: int) -> bool:
        """Say whether somebody might see a post and not read it."""
        return self.is_sold(post) or self.posts[post][1] == "subscribers"

    def shelf_of(self, viewer: int | None) -> list[int]:
        """Say which posts a person finds where all are listed that everybody may see, newest first."""
        return [
            post
            for post in reversed(range(len(self.posts)))
            if self.is_for_all(post)
            and self.sees(viewer, post)
            and (viewer, self.posts[post][0]) not in self.mutes
        ]

    def found_by(self, viewer: int | None) -> list[int]:
        """Say which posts a person finds by a word that all of them, and all previews, have."""
        return [
            post
            for post in range(len(self.posts))
            if self.sees(viewer, post) and (viewer, self.posts[post][0]) not in self.mutes
        ]

    def feed_of(self, viewer: int) -> list[int]:
        """Say which posts are in a person's home feed, newest first: each where it was put there last."""
        sources = {viewer} | {
            other for person, other in self.follows - self.mutes if person == viewer
        } - self.suspended
        newest_first = [post for _, person, post in reversed(self.places) if person in sources]
        return [
            post
            for post in dict.fromkeys(newest_first)
            if self.sees(viewer, post) and (viewer, self.posts[post][0]) not in self.mutes
        ]


_person = st.integers(0, PEOPLE - 1)
_moderation = st.sampled_from(("hidden", "removed"))
_pairs = st.sets(st.tuples(_person, _person).filter(lambda pair: pair[0] != pair[1]), max_size=8)


@st.composite
def worlds(draw: st.DrawFn) -> World:
    """Draw a world in which nobody follows across a block, as the product sees to."""
    blocks = draw(_pairs)
    follows = {pair for pair in draw(_pairs) if pair not in blocks and pair[::-1] not in blocks}
    posts = draw(st.lists(st.tuples(_person, st.sampled_from(VISIBILITIES)), max_size=6))
    numbers = st.integers(0, max(0, len(posts) - 1))
    return World(
        private=draw(st.sets(_person, max_size=2)),
        suspended=draw(st.sets(st.just(PEOPLE - 1), max_size=1)),
        follows=follows,
        blocks=blocks,
        mutes=draw(_pairs),
        posts=posts,
        moderated=draw(st.dictionaries(st.sampled_from(range(len(posts))), _moderation, max_size=2))
        if posts
        else {},
        priced=draw(st.sets(numbers, max_size=4)),
        bought=draw(st.sets(st.tuples(_person, numbers), max_size=5)),
        subscribed=draw(_pairs),
        places=[("post", author, number) for number, (author, _) in enumerate(posts)],
    )


def build(world: World) -> None:
    """Write a world into the database: each post with all that posts may have and be in."""
    world.people = [_make_person(world, number) for number in range(PEOPLE)]
    for kind, pairs in (
        (RelationKind.FOLLOW, world.follows),
        (RelationKind.BLOCK, world.blocks),
        (RelationKind.MUTE, world.mutes),
    ):
        for source, target in sorted(pairs):
            Relation.objects.create(source=world.people[source], target=world.people[target], kind=kind)
    world.rows = [_make_post(world, number) for number in range(len(world.posts))]
    for buyer, post in world.bought if world.rows else ():
        _entitle(world.people[buyer], "post", world.rows[post].pk)
    for subscriber, creator in world.subscribed:
        _entitle(world.people[subscriber], "creator", world.people[creator].pk)
    Tag.objects.create(name="here")
    for number, row in enumerate(world.rows):
        Comment.objects.create(post=row, author=row.author, text="First!")
        if row.is_listed and not world.is_for_payers(number):
            PostTag.objects.create(post=row, tag="here")
        for person in world.people:
            SavedPost.objects.create(post=row, user=person)
            Mention.objects.create(post=row, user=person)
    for person in world.people:
        collection = Collection.objects.create(owner=person, title="All", is_public=True)
        for row in world.rows:
            CollectionItem.objects.create(collection=collection, post=row)


def _entitle(user: User, kind: str, thing_id: uuid.UUID) -> None:
    Entitlement.objects.create(user_id=user.pk, kind=kind, thing_id=thing_id)


def _make_person(world: World, number: int) -> User:
    name = f"person{'abcdefgh'[number]}"
    return User.objects.create(
        username=name,
        username_skeleton=name,
        email=f"{name}@example.com",
        is_private=number in world.private,
        status=AccountStatus.SUSPENDED if number in world.suspended else AccountStatus.ACTIVE,
    )


def _make_post(world: World, number: int) -> Post:
    author, visibility = world.posts[number]
    post_id, media_id = new_id(), new_id()
    is_for_all = world.is_for_all(number)
    moderation = world.moderated.get(number, "visible")
    is_open = is_for_all and not world.is_for_payers(number)
    access = MediaAccess.PUBLIC if is_open else MediaAccess.RESTRICTED
    name = default_storage.save(f"{media_id}/200.webp", ContentFile(b"a picture"))
    Media.objects.create(
        id=media_id,
        owner_id=world.people[author].pk,
        kind=MediaKind.IMAGE,
        state=MediaState.READY,
        access=MediaAccess.WITHHELD if moderation == "removed" else access,
        attached_to=f"post:{post_id}",
        content_type="image/webp",
        file_name=f"{media_id}/original.webp",
        size=9,
        variants={"200": {"name": name, "width": 1, "height": 1, "size": 9}},
    )
    return Post.objects.create(
        id=post_id,
        author=world.people[author],
        text=f"Hello {PREVIEW}",
        preview_text=PREVIEW,
        price=500 if world.is_sold(number) else None,
        currency="USD" if world.is_sold(number) else "",
        visibility=visibility,
        moderation=moderation,
        media_ids=[str(media_id)],
        has_image=True,
        category="art",
        is_listed=is_for_all,
        comment_count=1,
        save_count=PEOPLE,
    )
