"""Posts that are not published yet, as only their authors see them."""

import datetime as dt
import uuid
from collections.abc import Collection, Sequence
from typing import Any

from accounts.cards.people import UserSummary
from accounts.selectors.people import users_by_id
from content.cards import LocationCard, PollCard, PollOptionCard, PostCard, PostCounts, QuotedCard
from content.enums import DraftState
from content.models import Draft
from content.selectors.marks import NO_MARKS
from content.selectors.posts import get_post, quoted_cards
from grover.core.errors import NotFound
from grover.core.pages import Page, PageRequest, keyset_page
from grover.core.viewers import AnyViewer, Viewer
from grover.media.cards import MediaCard, with_viewer
from grover.media.selectors import media_by_id
from payments.cards.money import Money

A_DAY = dt.timedelta(days=1)
NO_COUNTS = PostCounts(reactions=0, by_reaction={}, comments=0, reposts=0, quotes=0, saves=0, views=0)


def place_of_draft(draft_id: uuid.UUID) -> str:
    """Name a draft for the uploads that hang on it."""
    return f"draft:{draft_id}"


def own_draft(viewer: AnyViewer, draft_id: uuid.UUID) -> Draft:
    """Read a draft of the viewer's; NotFound when they have no such one."""
    draft = None
    if viewer.id is not None:
        draft = Draft.objects.filter(pk=draft_id, author_id=viewer.id).first()
    if draft is None:
        raise NotFound
    return draft


def has_draft(viewer: AnyViewer, draft_id: uuid.UUID) -> bool:
    """Tell whether a draft of the viewer's has this id."""
    return viewer.id is not None and Draft.objects.filter(pk=draft_id, author_id=viewer.id).exists()


def get_post_or_draft(viewer: AnyViewer, post_id: uuid.UUID) -> PostCard:
    """Read a post, or a draft of the viewer's own; of one that was published the post it became."""
    try:
        return get_post(viewer, post_id)
    except NotFound:
        draft = own_draft(viewer, post_id)
    if draft.state == DraftState.PUBLISHED and draft.post_id is not None:
        return get_post(viewer, draft.post_id)
    return draft_card(viewer, draft)


def drafts_of(viewer: Viewer, request: PageRequest) -> Page[PostCard]:
    """Read a page of the viewer's drafts, the last one begun first."""
    rows = Draft.objects.filter(author_id=viewer.id, state=DraftState.DRAFT)
    return keyset_page(rows, request).map(lambda found: draft_cards(viewer, found))


def scheduled_by(viewer: Viewer, request: PageRequest) -> Page[PostCard]:
    """Read a page of what the viewer scheduled, the next first, with what could not be published."""
    states = [DraftState.SCHEDULED, DraftState.FAILED]
    rows = Draft.objects.filter(author_id=viewer.id, state__in=states)
    page = keyset_page(rows, request, order=("publish_at", "id"))
    return page.map(lambda found: draft_cards(viewer, found))


def draft_card(viewer: AnyViewer, draft: Draft) -> PostCard:
    """Show a draft of the viewer's as the post it will be."""
    [card] = draft_cards(viewer, [draft])
    return card


def draft_cards(viewer: AnyViewer, drafts: Sequence[Draft]) -> list[PostCard]:
    """Show drafts of the viewer's: two queries, and those of the posts that they quote."""
    if not drafts:
        return []
    authors = users_by_id([drafts[0].author_id])
    media = media_by_id([uuid.UUID(key) for draft in drafts for key in draft.content["media_ids"]])
    ids = [uuid.UUID(draft.content["quote_of"]) for draft in drafts if draft.content["quote_of"]]
    quoted = quoted_cards(ids, viewer)
    return [_card(viewer, draft, authors[draft.author_id], media, quoted) for draft in drafts]


def _card(
    viewer: AnyViewer,
    draft: Draft,
    author: UserSummary,
    media: dict[uuid.UUID, MediaCard],
    quoted: dict[uuid.UUID, QuotedCard],
) -> PostCard:
    content: dict[str, Any] = draft.content
    location = content.get("location")
    quote_of = None if content["quote_of"] is None else uuid.UUID(content["quote_of"])
    return PostCard(
        id=draft.pk,
        state=draft.state,  # type: ignore[arg-type]
        failure=draft.failure or None,
        publish_at=draft.publish_at,
        author=author,
        text=content.get("text", ""),
        entities=[],
        media=_media(viewer, content["media_ids"], media),
        poll=_poll(draft),
        quote_of=quote_of,
        quoted=None if quote_of is None else quoted.get(quote_of),
        reposted_by=[],
        visibility=content.get("visibility", "public"),
        is_locked=False,
        price=Money(**content["price"]) if content.get("price") else None,
        preview=content.get("preview_text", ""),
        preview_media=[],
        content_warning=content.get("content_warning", ""),
        reply_policy=content.get("reply_policy", "everyone"),
        community_id=None if content.get("community_id") is None else uuid.UUID(content["community_id"]),
        category=content.get("category") or None,
        location=None if location is None else LocationCard(**location),
        is_pinned=False,
        created_at=draft.created_at,
        edited_at=draft.edited_at,
        counts=NO_COUNTS,
        viewer=NO_MARKS,
    )


def _media(viewer: AnyViewer, ids: Collection[str], media: dict[uuid.UUID, MediaCard]) -> list[MediaCard]:
    return [with_viewer(media[key], viewer) for raw in ids if (key := uuid.UUID(raw)) in media]


def _poll(draft: Draft) -> PollCard | None:
    poll = draft.content["poll"]
    if poll is None:
        return None
    usual = (draft.publish_at or draft.created_at) + A_DAY
    return PollCard(
        options=[PollOptionCard(text=text, votes=0) for text in poll["options"]],
        voters=0,
        allows_several=poll["allows_several"],
        closes_at=dt.datetime.fromisoformat(poll["closes_at"]) if poll["closes_at"] else usual,
        chosen=None,
    )
