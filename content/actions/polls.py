"""Asking and answering polls."""

import datetime as dt
import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from django.db.models import F
from django.utils import timezone

from content.cards import PostCard
from content.errors import NoPoll, PollClosed
from content.events import PollVoted
from content.models import Poll, PollOption, PollVote
from content.selectors.posts import get_post, readable_post
from grover.core.caching import bump
from grover.core.db import atomic
from grover.core.errors import Invalid
from grover.core.events import emit
from grover.core.races import LostRace, settled, turn
from grover.core.viewers import Viewer

SHORTEST = dt.timedelta(minutes=5)
LONGEST = dt.timedelta(days=30)
USUAL = dt.timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A poll that a post is to have; it closes a day after its post is published unless said otherwise."""

    options: Sequence[str]
    allows_several: bool = False
    closes_at: dt.datetime | None = None


def check_question(question: Question, *, published_at: dt.datetime) -> None:
    """Refuse a poll that would close too soon or too late."""
    closes_at = question.closes_at or published_at + USUAL
    if not published_at + SHORTEST <= closes_at <= published_at + LONGEST:
        raise Invalid.at(
            "/poll/closes_at", "out_of_range", "From 5 minutes to 30 days after the post is published"
        )


def ask(post_id: uuid.UUID, question: Question, *, now: dt.datetime) -> None:
    """Give a new post its poll; joins the caller's transaction."""
    Poll.objects.create(
        post_id=post_id,
        allows_several=question.allows_several,
        closes_at=question.closes_at or now + USUAL,
    )
    PollOption.objects.bulk_create(
        [
            PollOption(post_id=post_id, position=position, text=text)
            for position, text in enumerate(question.options)
        ]
    )


def vote(
    actor: Viewer, *, post_id: uuid.UUID, options: Collection[int], now: dt.datetime | None = None
) -> PostCard:
    """Answer the poll of a post; another answer replaces the first until the poll closes."""
    _vote(actor, post_id, sorted(set(options)), now or timezone.now())
    return get_post(actor, post_id)


@settled
def _vote(actor: Viewer, post_id: uuid.UUID, chosen: list[int], now: dt.datetime) -> None:
    readable_post(actor, post_id)
    poll = Poll.objects.filter(pk=post_id).first()
    if poll is None:
        raise NoPoll
    if now >= poll.closes_at:
        raise PollClosed
    _check(poll, chosen)
    before = PollVote.objects.filter(user_id=actor.id, post_id=post_id).first()
    if before is None or before.options != chosen:
        with turn(post_id):
            _write(actor, post_id, before, chosen, now)


def _check(poll: Poll, chosen: list[int]) -> None:
    if len(chosen) > 1 and not poll.allows_several:
        raise Invalid.at("/options", "too_many", "This poll takes one option")
    known = PollOption.objects.filter(post_id=poll.pk, position__in=chosen).count()
    if known != len(chosen):
        raise Invalid.at("/options", "unknown", "The poll has no such option")


@atomic
def _write(
    actor: Viewer, post_id: uuid.UUID, before: PollVote | None, chosen: list[int], now: dt.datetime
) -> None:
    _count(post_id, before=set() if before is None else set(before.options), after=set(chosen), now=now)
    if before is not None and PollVote.objects.filter(pk=before.pk).delete()[0] != 1:
        raise LostRace
    PollVote.objects.create(user_id=actor.id, post_id=post_id, options=chosen)
    emit(PollVoted(post_id=post_id, user_id=actor.id))
    bump(f"post:{post_id}", f"marks:{actor.id}")


def _count(post_id: uuid.UUID, *, before: set[int], after: set[int], now: dt.datetime | None = None) -> None:
    """Change the counters of a poll, which must be open still when `now` is given.

    The row of the poll comes first, so that voters take turns and never wait for each other's options.
    """
    this = Poll.objects.filter(pk=post_id)
    if now is not None:
        this = this.filter(closes_at__gt=now)
    step = bool(after) - bool(before)
    if this.update(voter_count=F("voter_count") + step, version=F("version") + 1) != 1:
        raise LostRace
    for position in sorted(before ^ after):
        change = 1 if position in after else -1
        option = PollOption.objects.filter(post_id=post_id, position=position)
        option.update(vote_count=F("vote_count") + change)


@atomic
def remove_vote(vote_id: uuid.UUID) -> None:
    """Remove a vote of somebody who is erased; the counters of a poll that still stands stay exact."""
    row = PollVote.objects.filter(pk=vote_id).first()
    if row is None:
        return
    if Poll.objects.filter(pk=row.post_id).exists():
        _count(row.post_id, before=set(row.options), after=set())
        bump(f"post:{row.post_id}")
    if PollVote.objects.filter(pk=vote_id).delete()[0] != 1:
        raise LostRace
