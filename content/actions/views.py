"""Counting who saw a post."""

import datetime as dt
import uuid

from django.utils import timezone

from content.actions.counts import count_on_post
from content.events import PostViewed
from content.models import PostView
from content.selectors.posts import visible_post
from grover.core.caching import bump
from grover.core.db import atomic
from grover.core.events import emit
from grover.core.races import settled, turn
from grover.core.viewers import Viewer


def view_post(actor: Viewer, *, post_id: uuid.UUID, now: dt.datetime | None = None) -> None:
    """Count that somebody saw a post: once a person and day of UTC."""
    _view(actor, post_id, (now or timezone.now()).astimezone(dt.UTC).date())


@settled
def _view(actor: Viewer, post_id: uuid.UUID, today: dt.date) -> None:
    visible_post(actor, post_id)
    if not PostView.objects.filter(user_id=actor.id, post_id=post_id, seen_on=today).exists():
        with turn(post_id):
            _write(actor, post_id, today)


@atomic
def _write(actor: Viewer, post_id: uuid.UUID, today: dt.date) -> None:
    count_on_post(post_id, view_count=1)
    PostView.objects.create(user_id=actor.id, post_id=post_id, seen_on=today)
    emit(PostViewed(post_id=post_id, user_id=actor.id))
    bump(f"post:{post_id}")
