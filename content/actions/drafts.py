"""Posts that are not published at once: kept as drafts, or until their time comes.

What becomes public is written by one conditional update of the draft and the post in one transaction,
so it is published once, whoever tries and however often; who edits or deletes it a moment before wins
or loses as a whole.
"""

import datetime as dt
import logging
import uuid
from collections.abc import Callable, Mapping
from typing import Any

from content.actions.polls import Question, check_question
from content.actions.publishing import (
    Composed,
    check_category,
    check_price,
    check_says_something,
    compose,
    publish_post,
    write_post,
)
from content.cards import PostCard
from content.enums import DraftState, Visibility
from content.errors import AlreadyPublished, TooManyDrafts
from content.events import DraftFailed, DraftSaved
from content.models import Draft
from content.selectors.drafts import draft_card, own_draft, place_of_draft
from content.selectors.posts import get_post
from grover.core.db import atomic
from grover.core.errors import Invalid, Problem
from grover.core.events import emit
from grover.core.jobs import enqueue_durable
from grover.core.moments import present
from grover.core.races import LostRace, settled
from grover.core.viewers import Viewer, on_behalf_of
from grover.media.actions.attachments import attach_media, delete_attached, release_media
from payments.cards.money import Money

MOST_DRAFTS = 200
LATEST = dt.timedelta(days=366)

UNPUBLISHED = (DraftState.DRAFT, DraftState.SCHEDULED, DraftState.FAILED)

logger = logging.getLogger(__name__)


def create_post(
    actor: Viewer,
    *,
    state: str = DraftState.PUBLISHED,
    publish_at: dt.datetime | None = None,
    **content: Any,
) -> PostCard:
    """Publish a post; or keep it as a draft, or until `publish_at`."""
    if publish_at is not None and state == DraftState.DRAFT:
        raise Invalid.at(
            "/publish_at", "not_allowed", "A draft has no time; leave `state` out to schedule it"
        )
    if publish_at is None and state == DraftState.PUBLISHED:
        return publish_post(actor, **content)
    return _save_draft(actor, content, publish_at, now=present())


def _save_draft(
    actor: Viewer, content: Mapping[str, Any], publish_at: dt.datetime | None, *, now: dt.datetime
) -> PostCard:
    draft = Draft(author_id=actor.id, created_at=now)
    _check_time(publish_at, now)
    _check(content, publish_at)
    if Draft.objects.filter(author_id=actor.id, state__in=UNPUBLISHED).count() >= MOST_DRAFTS:
        raise TooManyDrafts
    _fill(draft, content, publish_at)
    _insert(actor, draft, content.get("media_ids", ()))
    return draft_card(actor, draft)


@atomic
def _insert(actor: Viewer, draft: Draft, media_ids: Any) -> None:
    attach_media(actor.id, media_ids=media_ids, to=place_of_draft(draft.pk), restricted=True)
    draft.save(force_insert=True)
    _expect(draft)
    emit(DraftSaved(draft_id=draft.pk, author_id=actor.id, state=draft.state))


def edit_draft(
    actor: Viewer,
    *,
    draft_id: uuid.UUID,
    changes: Mapping[str, Any],
    precondition: Callable[[PostCard], None] | None = None,
    now: dt.datetime | None = None,
) -> PostCard:
    """Change what a draft of one's own will say or when; AlreadyPublished when it was faster.

    `publish_at` null makes it a draft, `state` published publishes it at once.
    """
    return _edit(actor, draft_id, changes, precondition, now or present())


@settled
def _edit(
    actor: Viewer,
    draft_id: uuid.UUID,
    changes: Mapping[str, Any],
    precondition: Callable[[PostCard], None] | None,
    now: dt.datetime,
) -> PostCard:
    draft = _own_unpublished(actor, draft_id)
    if precondition is not None:
        precondition(draft_card(actor, draft))
    changes = dict(changes)
    state = changes.pop("state", None)
    publish_at = changes.pop("publish_at", draft.publish_at)
    before = _content(draft)
    content = before | changes
    if state == DraftState.PUBLISHED:
        composed = compose(actor, **content)
        _publish(actor, draft, composed)
        return get_post(actor, composed.post.pk)
    if state == DraftState.DRAFT:
        publish_at = None
    if publish_at != draft.publish_at or draft.state != DraftState.SCHEDULED:
        _check_time(publish_at, now)
    _check(content, publish_at)
    _rewrite(actor, draft, content, publish_at, now)
    return draft_card(actor, draft)


@atomic
def _rewrite(
    actor: Viewer, draft: Draft, content: Mapping[str, Any], publish_at: dt.datetime | None, now: dt.datetime
) -> None:
    version, state = draft.version, draft.state
    media_before = _content(draft)["media_ids"]
    _fill(draft, content, publish_at)
    changes = {"content": draft.content, "state": draft.state, "publish_at": publish_at, "edited_at": now}
    same = Draft.objects.filter(pk=draft.pk, version=version, state=state)
    if same.update(**changes, version=version + 1, failure="") != 1:
        raise LostRace
    draft.version, draft.edited_at, draft.failure = version + 1, now, ""
    if list(content["media_ids"]) != media_before:
        release_media(of=place_of_draft(draft.pk))
        attach_media(actor.id, media_ids=content["media_ids"], to=place_of_draft(draft.pk), restricted=True)
    _expect(draft)
    emit(DraftSaved(draft_id=draft.pk, author_id=actor.id, state=draft.state))


@settled
def delete_draft(actor: Viewer, *, draft_id: uuid.UUID) -> None:
    """Delete a draft of one's own with its uploads; AlreadyPublished when it was faster."""
    _remove(_own_unpublished(actor, draft_id))


@atomic
def _remove(draft: Draft) -> None:
    if not Draft.objects.filter(pk=draft.pk, version=draft.version, state=draft.state).delete()[0]:
        raise LostRace
    delete_attached(to=place_of_draft(draft.pk))


def publish_due(draft_id: uuid.UUID, *, now: dt.datetime) -> None:
    """Publish what is scheduled if its time has come; nothing when it was edited, deleted or published.

    What can not be published, such as a quote of a post that is gone, has failed and says why.
    """
    draft = Draft.objects.filter(pk=draft_id, state=DraftState.SCHEDULED, publish_at__lte=now).first()
    if draft is None:
        return
    try:
        _publish_as_it_is(draft, now)
    except Problem as problem:
        logger.info("A scheduled post could not be published: %s", problem.code)
        _fail(draft, problem.code)


@settled
def _publish_as_it_is(seen: Draft, now: dt.datetime) -> None:
    draft = Draft.objects.filter(pk=seen.pk, state=DraftState.SCHEDULED, publish_at__lte=now).first()
    if draft is not None:
        actor = on_behalf_of(draft.author_id)
        _publish(actor, draft, compose(actor, **_content(draft)))


@atomic
def _publish(actor: Viewer, draft: Draft, composed: Composed) -> None:
    same = Draft.objects.filter(pk=draft.pk, version=draft.version, state=draft.state)
    if same.update(state=DraftState.PUBLISHED, post_id=composed.post.pk, failure="") != 1:
        raise LostRace
    release_media(of=place_of_draft(draft.pk))
    write_post(actor, composed)


@atomic
def _fail(draft: Draft, code: str) -> None:
    same = Draft.objects.filter(pk=draft.pk, version=draft.version, state=DraftState.SCHEDULED)
    if same.update(state=DraftState.FAILED, failure=code):
        emit(DraftFailed(draft_id=draft.pk, author_id=draft.author_id, code=code))


def _own_unpublished(actor: Viewer, draft_id: uuid.UUID) -> Draft:
    draft = own_draft(actor, draft_id)
    if draft.state == DraftState.PUBLISHED:
        raise AlreadyPublished(f"It is the post {draft.post_id}")
    return draft


def _check_time(publish_at: dt.datetime | None, now: dt.datetime) -> None:
    if publish_at is not None and not now < publish_at <= now + LATEST:
        raise Invalid.at("/publish_at", "out_of_range", "A moment within the next year")


def _check(content: Mapping[str, Any], publish_at: dt.datetime | None) -> None:
    """Refuse what could not be published; a draft without a time may still say nothing."""
    check_category(content.get("category", ""))
    check_price(
        content.get("price"),
        visibility=content.get("visibility", Visibility.PUBLIC),
        community_id=content.get("community_id"),
    )
    if publish_at is None:
        return
    poll = content.get("poll")
    check_says_something(content.get("text", ""), [*content.get("media_ids", ()), *([poll] if poll else [])])
    if poll is not None:
        check_question(poll, published_at=publish_at)


def _expect(draft: Draft) -> None:
    if draft.state == DraftState.SCHEDULED:
        enqueue_durable("content.tasks.publish_scheduled", run_at=draft.publish_at, draft_id=draft.pk)


def _fill(draft: Draft, content: Mapping[str, Any], publish_at: dt.datetime | None) -> None:
    draft.publish_at = publish_at
    draft.state = DraftState.DRAFT if publish_at is None else DraftState.SCHEDULED
    draft.content = _as_json(content)


def _as_json(content: Mapping[str, Any]) -> dict[str, Any]:
    poll: Question | None = content.get("poll")
    quote_of, community_id = content.get("quote_of"), content.get("community_id")
    price: Money | None = content.get("price")
    return dict(content) | {
        "media_ids": [str(key) for key in content.get("media_ids", ())],
        "quote_of": None if quote_of is None else str(quote_of),
        "community_id": None if community_id is None else str(community_id),
        "price": None if price is None else {"value": price.value, "currency": price.currency},
        "poll": None
        if poll is None
        else {
            "options": list(poll.options),
            "allows_several": poll.allows_several,
            "closes_at": None if poll.closes_at is None else poll.closes_at.isoformat(),
        },
    }


def _content(draft: Draft) -> dict[str, Any]:
    """Read back what `_as_json` wrote."""
    stored = dict(draft.content)
    poll = stored["poll"]
    closes_at = poll and poll["closes_at"]
    return stored | {
        "media_ids": [uuid.UUID(key) for key in stored["media_ids"]],
        "quote_of": None if stored["quote_of"] is None else uuid.UUID(stored["quote_of"]),
        "community_id": uuid.UUID(stored["community_id"]) if stored.get("community_id") else None,
        "price": Money(**stored["price"]) if stored.get("price") else None,
        "poll": None
        if poll is None
        else Question(
            options=poll["options"],
            allows_several=poll["allows_several"],
            closes_at=None if closes_at is None else dt.datetime.fromisoformat(closes_at),
        ),
    }
