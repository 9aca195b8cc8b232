"""Publishing: a post is composed, which checks it, and then written."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from accounts.actions.counters import change_post_count
from accounts.selectors.people import get_person
from content.actions.counts import count_on_post
from content.actions.indexing import index_soon
from content.actions.memberships import hold_membership
from content.actions.notices import tell_of_post
from content.actions.polls import Question, ask, check_question
from content.actions.tags import know_tags, note_mentions, retag
from content.cards import PostCard
from content.enums import ReplyPolicy, Visibility
from content.errors import NotForAll
from content.events import PostPublished
from content.models import Category, Community, Post
from content.policies.visibility import audience_for, may_pass_on
from content.selectors.entities import Entities, find_entities, tags_listed
from content.selectors.memberships import Memberships
from content.selectors.posts import audience_of, get_post
from grover.core.caching import bump
from grover.core.db import atomic
from grover.core.errors import Invalid, NotFound
from grover.core.events import emit
from grover.core.ids import new_id
from grover.core.races import settled
from grover.core.viewers import Viewer
from grover.media.actions.attachments import attach_media
from grover.media.enums import MediaKind
from payments.cards.money import Money


def publish_post(actor: Viewer, *, media_ids: Sequence[uuid.UUID] = (), **content: Any) -> PostCard:
    """Publish a text, uploads of one's own, a poll, or several of them; `content` as `compose` takes it."""
    return get_post(actor, _publish(actor, media_ids, content))


@settled
def _publish(actor: Viewer, media_ids: Sequence[uuid.UUID], content: Mapping[str, Any]) -> uuid.UUID:
    composed = compose(actor, media_ids=media_ids, **content)
    write_post(actor, composed)
    return composed.post.pk


@dataclass(frozen=True, slots=True)
class Composed:
    """A post that may be written: checked, and with what its text speaks of found."""

    post: Post
    media_ids: Sequence[uuid.UUID]
    entities: Entities
    question: Question | None


def compose(
    actor: Viewer,
    *,
    media_ids: Sequence[uuid.UUID] = (),
    text: str = "",
    visibility: str = Visibility.PUBLIC,
    content_warning: str = "",
    reply_policy: str = ReplyPolicy.EVERYONE,
    category: str = "",
    location: Mapping[str, Any] | None = None,
    quote_of: uuid.UUID | None = None,
    community_id: uuid.UUID | None = None,
    poll: Question | None = None,
    price: Money | None = None,
    preview_text: str = "",
) -> Composed:
    """Check a post to be; Invalid, or NotForAll when the quoted one is not for everybody."""
    check_says_something(text, [*media_ids, *([poll] if poll else [])])
    check_category(category)
    check_price(price, visibility=visibility, community_id=community_id)
    if poll is not None:
        check_question(poll, published_at=timezone.now())
    entities = find_entities(actor, text)
    post = Post(
        id=new_id(),
        author_id=actor.id,
        text=text,
        entities=entities.stored,
        visibility=visibility,
        content_warning=content_warning,
        reply_policy=reply_policy,
        category=category,
        location=location,
        quote_of_id=quote_of,
        quoted_author_id=None if quote_of is None else _quotable(actor, quote_of),
        has_poll=poll is not None,
        community_id=community_id,
        members_only=community_id is not None and _own_community(actor, community_id).is_private,
        preview_text=preview_text,
        **as_columns(price),
    )
    if not post.is_for_payers:
        know_tags(entities.tags)
    return Composed(post, media_ids, entities, poll)


def check_category(slug: str) -> None:
    """Refuse a category that does not exist."""
    if slug and not Category.objects.filter(pk=slug).exists():
        raise Invalid.at("/category", "unknown", "There is no such category")


def check_price(price: Money | None, *, visibility: str, community_id: uuid.UUID | None) -> None:
    """Refuse a price where none can be: what is sold all or all followers see, and no community holds it."""
    if price is None:
        return
    if community_id is not None:
        raise Invalid.at("/price", "not_allowed", "A post in a community has no price")
    if visibility not in (Visibility.PUBLIC, Visibility.FOLLOWERS):
        raise Invalid.at("/price", "not_allowed", "Only what everybody or followers may see has a price")


def as_columns(price: Money | None) -> dict[str, Any]:
    """Give a price as the row of a post holds it."""
    return {
        "price": None if price is None else price.value,
        "currency": "" if price is None else price.currency,
    }


def _own_community(actor: Viewer, community_id: uuid.UUID) -> Community:
    """Find a community that the actor is a member of."""
    community = Community.objects.filter(pk=community_id).first()
    if community is None or community_id not in Memberships(actor):
        raise Invalid.at("/community_id", "unknown", "You are a member of no such community")
    return community


def _quotable(actor: Viewer, post_id: uuid.UUID) -> uuid.UUID:
    """Find the author of a post that the actor may quote."""
    try:
        post, audience, _ = audience_of(actor, post_id)
    except NotFound:
        raise Invalid.at("/quote_of", "unknown", "There is no such post") from None
    if not may_pass_on(actor, audience):
        raise NotForAll
    return post.author_id


@atomic
def write_post(actor: Viewer, composed: Composed) -> None:
    """Write a post that was composed just now; LostRace when what it quotes or its tags are gone."""
    post = composed.post
    if post.quote_of_id is not None:
        count_on_post(post.quote_of_id, quote_count=1)
        bump(f"post:{post.quote_of_id}")
    if post.community_id is not None:
        hold_membership(actor.id, post.community_id)
        bump(f"community:{post.community_id}")
    change_post_count(actor.id, by=1)  # before the audience is read: nobody makes the account private now
    audience = audience_for(post, get_person(actor.id))
    media = attach_media(
        actor.id, media_ids=composed.media_ids, to=place_of(post.pk), restricted=audience.is_restricted
    )
    post.media_ids = [str(card.id) for card in media]
    kinds = {card.kind for card in media}
    post.has_image = MediaKind.IMAGE in kinds
    post.has_video = MediaKind.VIDEO in kinds
    post.has_audio = MediaKind.AUDIO in kinds
    post.is_listed = audience.is_for_all
    post.save(force_insert=True)
    if composed.question is not None:
        ask(post.pk, composed.question, now=timezone.now())
    retag(post.pk, before=(), after=tags_listed(post))
    index_soon(post.pk)
    note_mentions(post.pk, after=composed.entities.relations)
    tell_of_post(actor, post, audience, composed.entities.relations)
    emit(
        PostPublished(post_id=post.pk, author_id=actor.id, visibility=post.visibility, media_count=len(media))
    )
    bump(f"user:{actor.id}", f"category:{post.category}")


def check_says_something(text: str, media: Sequence[Any]) -> None:
    if not text and not media:
        raise Invalid.at("/text", "required", "A post without uploads or a poll needs a text")


def place_of(post_id: uuid.UUID) -> str:
    """Name a post for the uploads that hang on it."""
    return f"post:{post_id}"
