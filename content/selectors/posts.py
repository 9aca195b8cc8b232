"""Posts by id, as one viewer sees them.

What is the same for every viewer, a post with its author and media, is kept in this process under the
post's id; what is the viewer's own, their relations and marks, is laid over it. Of a post that is for
payers two forms are kept side by side, and which of them a viewer gets is decided at each reading.
"""

import dataclasses
import time
import uuid
from collections.abc import Collection, Container, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from accounts.cards.people import Person, Relation
from accounts.selectors.people import people_by_id
from accounts.selectors.relations import relations_by_id
from content.cards import LocationCard, PollCard, PostCard, PostCounts, PostMarks, QuotedCard
from content.models import Post
from content.policies.visibility import Audience, audience_for, can_see_post
from content.selectors.entities import cards_of_entities
from content.selectors.locks import check_can_read, locked_among
from content.selectors.marks import NO_MARKS, marks_by_post
from content.selectors.memberships import Memberships
from content.selectors.polls import polls_of, votes_of
from content.selectors.previews import preview_of
from grover.core import caching, encoding
from grover.core.errors import NotFound
from grover.core.viewers import AnyViewer
from grover.media.cards import MediaCard, with_viewer
from grover.media.selectors import media_by_id
from payments.cards.money import Money

SIZE_OF_A_POST = 3_000  # bytes, roughly, as Python objects


@dataclass(frozen=True, slots=True)
class SharedPost:
    """The part of a post that is the same for every viewer; `card` is as somebody sees it who did nothing.

    `preview` is that of a post for payers, as those see it who have not paid. `printed` are both cards as
    JSON. There is no card while the author is suspended or gone.
    """

    id: uuid.UUID
    audience: Audience
    card: PostCard | None
    printed: bytes = b""
    quoted_author_id: uuid.UUID | None = None
    preview: PostCard | None = None
    printed_preview: bytes = b""

    def form(self, *, is_locked: bool) -> PostCard | None:
        """Give the card for who has not paid, or for everybody else."""
        return self.preview if is_locked else self.card

    def print(self, card: PostCard) -> bytes:
        """Print a card of this post; the text that is kept, where the card is a kept one."""
        if card is self.card:
            return self.printed
        return self.printed_preview if card is self.preview else encoding.dumps(card)

    def may_be_locked(self) -> bool:
        """Tell whether some see less of it than others: it, or what it quotes, may be for payers."""
        return self.audience.is_for_payers or (self.card is not None and self.card.quote_of is not None)

    def stamps(self) -> tuple[str, ...]:
        """Name what this depends on, with the post it quotes."""
        own = (f"post:{self.id}", f"user:{self.audience.author_id}")
        if self.card is None or self.card.quote_of is None:
            return own
        return (*own, f"post:{self.card.quote_of}", f"user:{self.quoted_author_id}")

    def authors(self) -> set[uuid.UUID]:
        """Name its author and that of the post it quotes."""
        return {self.audience.author_id} | ({self.quoted_author_id} - {None})  # type: ignore[operator]


def posts_by_id(ids: Sequence[uuid.UUID], viewer: AnyViewer) -> list[PostCard]:
    """Read posts in the given order; those that are gone or not for the viewer are left out."""
    shared = shared_posts(ids)
    return cards_of([shared[key] for key in ids if key in shared], viewer)


def get_post(viewer: AnyViewer, post_id: uuid.UUID) -> PostCard:
    """Read one post; NotFound when it is gone or not for the viewer."""
    return caching.remember(f"post_card:{post_id}:{viewer.id}", lambda: _read_post(viewer, post_id))


def _read_post(viewer: AnyViewer, post_id: uuid.UUID) -> tuple[PostCard, Iterable[str], int]:
    shared = _find_shared(post_id)
    cards = cards_of([shared], viewer)
    if not cards:
        raise NotFound
    return cards[0], stamps_of([shared], viewer), SIZE_OF_A_POST


def visible_post(viewer: AnyViewer, post_id: uuid.UUID) -> Post:
    """Read the row of a post for an action on it; NotFound when it is not for the viewer."""
    return audience_of(viewer, post_id)[0]


def readable_post(viewer: AnyViewer, post_id: uuid.UUID) -> Post:
    """Read the row of a post that the viewer sees and, if it is for payers, has paid for.

    NotFound when they do not see it, PostLocked when they see no more than its preview.
    """
    post, audience, _ = audience_of(viewer, post_id)
    check_can_read(viewer, audience)
    return post


def audience_of(viewer: AnyViewer, post_id: uuid.UUID) -> tuple[Post, Audience, Relation]:
    """Read a post the viewer sees, with what decides who else does; NotFound otherwise.

    Reads the database, never what was kept, so that an action decides on what is true now.
    """
    post = Post.objects.filter(pk=post_id).first()
    if post is None:
        raise NotFound
    audience = audience_for(post, people_by_id([post.author_id]).get(post.author_id))
    relation = relations_by_id(viewer, [post.author_id])[post.author_id]
    if not can_see_post(viewer, audience, relation, Memberships(viewer)):
        raise NotFound
    return post, audience, relation


def _find_shared(post_id: uuid.UUID) -> SharedPost:
    try:
        return shared_posts([post_id])[post_id]
    except KeyError:
        raise NotFound from None


def shared_posts(ids: Collection[uuid.UUID]) -> dict[uuid.UUID, SharedPost]:
    """Read the shared parts of posts: three queries for those that are not kept, none for the others."""
    found = _kept(ids)
    missing = [key for key in ids if key not in found]
    if missing:
        started = time.time()
        found |= share(Post.objects.filter(pk__in=missing), read_since=started)
    return found


def shared_rows(
    rows: Sequence[Post], *, read_since: float, authors: Mapping[uuid.UUID, Person] | None = None
) -> list[SharedPost]:
    """Complete rows that were read at or after a moment, from what is kept where that is still true."""
    found = _kept([row.pk for row in rows])
    missing = [row for row in rows if row.pk not in found]
    if missing:
        found |= share(missing, read_since=read_since, authors=authors)
    return [found[row.pk] for row in rows]


def _kept(ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, SharedPost]:
    return {value.id: value for value in caching.recall(f"post:{key}" for key in ids).values()}


def share(
    rows: Iterable[Post], *, read_since: float, authors: Mapping[uuid.UUID, Person] | None = None
) -> dict[uuid.UUID, SharedPost]:
    """Complete rows that were read at or after a moment with authors, media and polls, and keep them.

    `authors` are read when the caller has not done so since that moment: one query less. Polls cost two
    more where there are any.
    """
    posts = list(rows)
    if authors is None:
        authors = people_by_id({post.author_id for post in posts})
    media = media_by_id([uuid.UUID(key) for post in posts for key in post.media_ids])
    polls = polls_of([post.pk for post in posts if post.has_poll])
    shared = {post.pk: _share(post, authors.get(post.author_id), media, polls.get(post.pk)) for post in posts}
    caching.keep(
        {f"post:{key}": (value, value.stamps(), SIZE_OF_A_POST) for key, value in shared.items()},
        read_since=read_since,
    )
    return shared


def _share(
    post: Post, author: Person | None, media: Mapping[uuid.UUID, MediaCard], poll: PollCard | None
) -> SharedPost:
    audience = audience_for(post, author)
    if author is None:
        return SharedPost(post.pk, audience, None)
    card = PostCard(
        id=post.pk,
        state="published",
        failure=None,
        publish_at=None,
        author=author.summary,
        text=post.text,
        entities=cards_of_entities(post.entities),
        media=[media[key] for raw in post.media_ids if (key := uuid.UUID(raw)) in media],
        poll=poll,
        quote_of=post.quote_of_id,
        quoted=None,
        reposted_by=[],
        visibility=post.visibility,  # type: ignore[arg-type]
        is_locked=False,
        price=None if post.price is None else Money(post.price, post.currency),
        preview=post.preview_text,
        preview_media=[],
        content_warning=post.content_warning,
        reply_policy=post.reply_policy,  # type: ignore[arg-type]
        community_id=post.community_id,
        category=post.category or None,
        location=None if post.location is None else LocationCard(**post.location),
        is_pinned=post.pinned_at is not None,
        created_at=post.created_at,
        edited_at=post.edited_at,
        counts=_counts(post),
        viewer=NO_MARKS,
    )
    preview = preview_of(card) if audience.is_for_payers else None
    return SharedPost(
        id=post.pk,
        audience=audience,
        card=card,
        printed=encoding.dumps(card),
        quoted_author_id=post.quoted_author_id,
        preview=preview,
        printed_preview=b"" if preview is None else encoding.dumps(preview),
    )


def _counts(post: Post) -> PostCounts:
    return PostCounts(
        reactions=post.reaction_count,
        by_reaction=post.counts_by_kind(),
        comments=post.comment_count,
        reposts=post.repost_count,
        quotes=post.quote_count,
        saves=post.save_count,
        views=post.view_count,
    )


def cards_of(
    shared: Sequence[SharedPost],
    viewer: AnyViewer,
    relations: Mapping[uuid.UUID, Relation] | None = None,
    marks: Mapping[uuid.UUID, PostMarks] | None = None,
) -> list[PostCard]:
    """Lay what is the viewer's own over posts, and drop those they may not see.

    `relations` to authors and `marks` are read when the caller does not know them: a query each. Where
    there are polls, the viewer's votes cost another, quoted posts what reading them costs, and posts for
    payers, quoted or not, one query together.
    """
    relations = relations_to_authors(viewer, shared, relations or {})
    member_of = Memberships(viewer)
    visible = [value for value in shared if _sees(viewer, value, relations, member_of)]
    quotes = _visible_quotes(visible, viewer, relations, member_of)
    locked = locked_among(viewer, [value.audience for value in (*visible, *quotes)])
    if marks is None:
        marks = marks_by_post(viewer, [value.id for value in visible])
    forms = [(value, value.form(is_locked=value.id in locked)) for value in visible]
    votes = votes_of(viewer, [value.id for value, card in forms if card and card.poll])
    quoted = _quoted_cards(quotes, viewer, locked)
    return [
        _lay_over(card, value.audience, viewer, marks.get(value.id, NO_MARKS), votes, quoted)
        for value, card in forms
        if card is not None
    ]


def quoted_cards(ids: Collection[uuid.UUID], viewer: AnyViewer) -> dict[uuid.UUID, QuotedCard]:
    """Show posts inside other things, as far as the viewer may see them; what they quote is not shown."""
    if not ids:
        return {}
    found = shared_posts(ids).values()
    relations = relations_to_authors(viewer, found, {})
    member_of = Memberships(viewer)
    visible = [value for value in found if _sees(viewer, value, relations, member_of)]
    return _quoted_cards(visible, viewer, locked_among(viewer, [value.audience for value in visible]))


def _visible_quotes(
    shared: Iterable[SharedPost],
    viewer: AnyViewer,
    relations: Mapping[uuid.UUID, Relation],
    member_of: Container[uuid.UUID],
) -> list[SharedPost]:
    """Read the posts that these quote, as far as the viewer sees them."""
    ids = [value.card.quote_of for value in shared if value.card and value.card.quote_of]
    if not ids:
        return []
    found = shared_posts(ids).values()
    relations = relations_to_authors(viewer, found, relations)
    return [value for value in found if _sees(viewer, value, relations, member_of)]


def _quoted_cards(
    visible: Iterable[SharedPost], viewer: AnyViewer, locked: Container[uuid.UUID]
) -> dict[uuid.UUID, QuotedCard]:
    return {
        value.id: _quoted_card(card, value.audience, viewer)
        for value in visible
        if (card := value.form(is_locked=value.id in locked)) is not None
    }


def _sees(
    viewer: AnyViewer,
    value: SharedPost,
    relations: Mapping[uuid.UUID, Relation],
    member_of: Container[uuid.UUID],
) -> bool:
    return can_see_post(viewer, value.audience, relations[value.audience.author_id], member_of)


def relations_to_authors(
    viewer: AnyViewer, shared: Collection[SharedPost], known: Mapping[uuid.UUID, Relation]
) -> Mapping[uuid.UUID, Relation]:
    """Add to the relations that are known those to the other authors, of what is quoted too, in one query."""
    missing = {author_id for value in shared for author_id in value.authors()} - known.keys()
    return {**known, **relations_by_id(viewer, missing)} if missing else known


def _quoted_card(card: PostCard, audience: Audience, viewer: AnyViewer) -> QuotedCard:
    hides = bool(card.content_warning)
    return QuotedCard(
        id=card.id,
        author=card.author,
        text="" if hides else card.text,
        media=[] if hides else _media_for(card, audience, viewer),
        is_locked=card.is_locked,
        price=card.price,
        preview="" if hides else card.preview,
        preview_media=[] if hides else card.preview_media,
        content_warning=card.content_warning,
        created_at=card.created_at,
    )


def stamps_of(shared: Iterable[SharedPost], viewer: AnyViewer) -> set[str]:
    """Name all that these posts, as the viewer sees them, depend on."""
    posts = list(shared)
    names = {name for value in posts for name in value.stamps()}
    if any(value.may_be_locked() for value in posts):
        names.add(f"entitlements:{viewer.id}")
    return names | {f"{what}:{viewer.id}" for what in ("relations", "marks", "memberships")}


def _lay_over(
    card: PostCard,
    audience: Audience,
    viewer: AnyViewer,
    marks: PostMarks,
    votes: Mapping[uuid.UUID, list[int]],
    quoted: Mapping[uuid.UUID, QuotedCard],
) -> PostCard:
    """Show a post as one viewer sees it; to most, who did nothing to a public one, it is the shared card."""
    changes: dict[str, Any] = {}
    if audience.is_restricted and card.media:
        changes["media"] = _media_for(card, audience, viewer)
    if card.poll is not None and card.id in votes:
        changes["poll"] = dataclasses.replace(card.poll, chosen=votes[card.id])
    if card.quote_of is not None and card.quote_of in quoted:
        changes["quoted"] = quoted[card.quote_of]
    if marks is not NO_MARKS:
        changes["viewer"] = marks
    return dataclasses.replace(card, **changes) if changes else card


def _media_for(card: PostCard, audience: Audience, viewer: AnyViewer) -> list[MediaCard]:
    return [with_viewer(one, viewer) for one in card.media] if audience.is_restricted else card.media
