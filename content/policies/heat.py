"""What is rising, and by how much: the formulas of docs/discovery.md, and nothing else."""

import datetime as dt
import math
import uuid
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

GRAVITY = 1.5
HEAD_START_HOURS = 2.0
WEIGHTS = {"reactions": 1.0, "comments": 2.0, "saves": 2.0, "reposts": 3.0, "quotes": 3.0}
AGAIN = 0.6
FEWEST_AUTHORS = 2
HALF_LIFE = dt.timedelta(days=3)
SHARE_OF_POSTS = 0.1


@dataclass(frozen=True, slots=True)
class Scored:
    """A thing with its score, and whose it is."""

    thing_id: uuid.UUID
    author_id: uuid.UUID | None
    score: float


def engagement(*, reactions: int, comments: int, saves: int, reposts: int, quotes: int) -> float:
    """Weigh what people did with a post; `reactions` without dislikes."""
    done = {
        "reactions": reactions,
        "comments": comments,
        "saves": saves,
        "reposts": reposts,
        "quotes": quotes,
    }
    return sum(WEIGHTS[name] * number for name, number in done.items())


def heat(engaged: float, age: dt.timedelta) -> float:
    """Let engagement cool with the age of a post: E / (hours + 2) ^ 1.5."""
    hours = max(0.0, age.total_seconds() / 3600)
    return float(engaged / (hours + HEAD_START_HOURS) ** GRAVITY)


def diversify(scored: Iterable[Scored]) -> list[Scored]:
    """Rank by score, where each further post of the same author counts 0.6 times the one before.

    Equal scores are ranked by id, the newest first.
    """
    met: Counter[uuid.UUID | None] = Counter()
    weighed = []
    for one in _ranked(scored):
        weighed.append(Scored(one.thing_id, one.author_id, one.score * AGAIN ** met[one.author_id]))
        met[one.author_id] += 1
    return _ranked(weighed)


def surge(authors_today: int, authors_a_day: float) -> float:
    """Tell by how many standard deviations more people than usual use a tag, if that were chance.

    The count of a day is taken for a Poisson variable: (n - m) / sqrt(m + 1). Nothing for fewer than two
    people.
    """
    if authors_today < FEWEST_AUTHORS:
        return 0.0
    return (authors_today - authors_a_day) / math.sqrt(authors_a_day + 1)


def momentum(ages_of_follows: Iterable[dt.timedelta], heats: Iterable[float]) -> float:
    """Weigh what a person won lately: each new follower half as much every three days, and their posts."""
    won = sum(math.exp2(-age / HALF_LIFE) for age in ages_of_follows)
    return won + SHARE_OF_POSTS * math.fsum(heats)


def nearness(following_counts: Iterable[int]) -> float:
    """Weigh common friends: who follows few says more about it than who follows everybody.

    The index of Adamic and Adar: the sum of 1 / ln(2 + n) over the friends, each following n people.
    """
    return sum(1 / math.log(2 + max(1, count)) for count in following_counts)


def _ranked(scored: Iterable[Scored]) -> list[Scored]:
    return sorted(scored, key=lambda one: (one.score, one.thing_id), reverse=True)


def best(scored: Sequence[Scored], most: int) -> list[Scored]:
    """Give the best of those that have a score at all."""
    return [one for one in _ranked(scored) if one.score > 0][:most]
