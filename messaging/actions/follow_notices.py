"""Telling people who follows them, asks to, or accepted them: what accounts calls as it happens."""

import uuid
from collections.abc import Collection
from functools import partial

from accounts.enums import NotificationKind
from accounts.selectors.relations import followers_among
from grover.core.db import atomic
from grover.core.jobs import enqueue_durable
from messaging.actions.notifications import notify, withdraw

BATCH = 100


def tell_followed(follower_id: uuid.UUID, target_id: uuid.UUID) -> None:
    """Tell somebody that they have a new follower."""
    notify(
        target_id, kind=NotificationKind.FOLLOW, actor_id=follower_id, source=_source("follow", follower_id)
    )


def tell_requested(follower_id: uuid.UUID, target_id: uuid.UUID) -> None:
    """Tell somebody that another one asks to follow them."""
    notify(
        target_id,
        kind=NotificationKind.FOLLOW_REQUEST,
        actor_id=follower_id,
        source=_source("follow_request", follower_id),
    )


@atomic
def tell_accepted(follower_id: uuid.UUID, target_id: uuid.UUID) -> None:
    """Tell somebody that they may follow whom they asked, who is asked no more."""
    withdrawal = partial(withdraw, target_id, source=_source("follow_request", follower_id))
    notice = partial(
        notify,
        follower_id,
        kind=NotificationKind.FOLLOW_ACCEPTED,
        actor_id=target_id,
        source=_source("follow_accepted", target_id),
    )
    for step in (withdrawal, notice) if target_id < follower_id else (notice, withdrawal):
        step()  # boxes are taken in the order of ids


def tell_all_accepted(follower_ids: Collection[uuid.UUID], target_id: uuid.UUID) -> None:
    """Tell many, in jobs, that they may follow whom they asked."""
    ids = list(follower_ids)
    for start in range(0, len(ids), BATCH):
        part = ids[start : start + BATCH]
        enqueue_durable("messaging.tasks.tell_accepted", follower_ids=part, target_id=target_id)


def tell_some_accepted(follower_ids: Collection[uuid.UUID], target_id: uuid.UUID) -> None:
    """Tell those of these people who follow somebody now; for jobs."""
    followers = followers_among(target_id, follower_ids)
    for follower_id in follower_ids:
        if follower_id in followers:
            tell_accepted(follower_id, target_id)
        else:
            withdraw(target_id, source=_source("follow_request", follower_id))


@atomic
def take_back_follow(follower_id: uuid.UUID, target_id: uuid.UUID) -> None:
    """Take back what the two were told of a follow or request that is no more."""
    sources = [
        (target_id, _source("follow", follower_id)),
        (target_id, _source("follow_request", follower_id)),
        (follower_id, _source("follow_accepted", target_id)),
    ]
    for user_id, source in sorted(sources):  # boxes are taken in the order of ids
        withdraw(user_id, source=source)


def part_people(user_id: uuid.UUID, other_id: uuid.UUID) -> None:
    """Take back, in a job, what two people were told of each other before one blocked the other."""
    enqueue_durable("messaging.tasks.withdraw_between", user_id=user_id, other_id=other_id)


def _source(kind: str, actor_id: uuid.UUID) -> str:
    return f"{kind}:{actor_id}"
