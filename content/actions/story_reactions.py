"""Reacting to stories and answering them."""

import datetime as dt
import uuid

from django.utils import timezone

from accounts.cards.people import Relation
from accounts.enums import NotificationKind
from content.actions.counts import count_on_story, reaction_of, reaction_steps, replace_reaction
from content.actions.stories import view_story
from content.cards.stories import StoryCard
from content.events.stories import StoryReactionAdded, StoryReactionRemoved
from content.models import Story, StoryReaction
from content.selectors.excerpts import excerpt_of
from content.selectors.stories import STORY, get_story, visible_story
from grover.core.db import atomic
from grover.core.events import emit
from grover.core.races import settled, turn
from grover.core.viewers import Viewer
from messaging.actions.conversations import direct_with
from messaging.actions.messages import post_message
from messaging.actions.notifications import notify, withdraw
from messaging.cards.messages import MessageCard


def react_to_story(
    actor: Viewer, *, story_id: uuid.UUID, kind: str, now: dt.datetime | None = None
) -> StoryCard:
    """React to a story, which is to have seen it; a second reaction replaces the first."""
    moment = now or timezone.now()
    view_story(actor, story_id=story_id, now=moment)
    _change(actor, story_id, kind, moment)
    return get_story(actor, story_id, now=moment)


def unreact_to_story(actor: Viewer, *, story_id: uuid.UUID, now: dt.datetime | None = None) -> StoryCard:
    """Take one's reaction to a story back, if there is one."""
    moment = now or timezone.now()
    _change(actor, story_id, None, moment)
    return get_story(actor, story_id, now=moment)


def reply_to_story(
    actor: Viewer, *, story_id: uuid.UUID, text: str, client_id: str, now: dt.datetime | None = None
) -> tuple[MessageCard, bool]:
    """Write to the author of a story, in the conversation of the two; give the message and whether it is new.

    It is a message like any other, under the same rules, that shows the story for as long as it is there.
    """
    story = visible_story(actor, story_id, now=now or timezone.now()).story
    conversation_id = direct_with(actor, story.author_id)
    return post_message(
        actor, conversation_id=conversation_id, client_id=client_id, text=text, shared=(STORY, story_id)
    )


@settled
def _change(actor: Viewer, story_id: uuid.UUID, kind: str | None, now: dt.datetime) -> None:
    seen = visible_story(actor, story_id, now=now)
    before = reaction_of(StoryReaction, actor.id, story_id=story_id)
    if before != kind:
        with turn(story_id):
            _write(actor, seen.story, seen.circle.relation(seen.story.author_id), before, kind)


@atomic
def _write(actor: Viewer, story: Story, relation: Relation, before: str | None, after: str | None) -> None:
    count_on_story(story.pk, **reaction_steps(before, after))
    replace_reaction(StoryReaction, actor.id, before=before, after=after, story_id=story.pk)
    if after is not None:
        emit(
            StoryReactionAdded(
                story_id=story.pk, author_id=story.author_id, user_id=actor.id, kind=after, replaced=before
            )
        )
        if before is None:
            _tell_author(actor, story, relation)
    elif before is not None:
        if story.author_id != actor.id:
            withdraw(story.author_id, source=_source(story, actor))
        emit(StoryReactionRemoved(story_id=story.pk, user_id=actor.id, kind=before))


def _tell_author(actor: Viewer, story: Story, relation: Relation) -> None:
    notify(
        story.author_id,
        kind=NotificationKind.STORY_REACTION,
        actor_id=actor.id,
        source=_source(story, actor),
        thing_kind=STORY,
        thing_id=story.pk,
        excerpt=excerpt_of(story.text),
        relation=relation,
    )


def _source(story: Story, actor: Viewer) -> str:
    return f"reaction:{STORY}:{story.pk}:{actor.id}"
