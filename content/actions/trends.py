"""Computing what is rising, again and again: nothing of this is done while somebody waits."""

import datetime as dt
import uuid
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence

from django.db.models import Max, Q

from accounts.selectors.people import people_by_id
from accounts.selectors.suggestions import new_followers
from content.enums import TrendKind
from content.models import Post, PostTag, Tag, Trend
from content.policies.heat import Scored, best, diversify, engagement, heat, momentum, surge
from grover.core.caching import bump
from grover.core.db import atomic
from grover.core.ids import created_at, smallest_id_at
from grover.core.races import settled

POSTS_RISE_FOR = dt.timedelta(days=7)
TAGS_RISE_FOR = dt.timedelta(days=1)
USUAL_DAYS = 7
CREATORS_RISE_FOR = dt.timedelta(days=14)

MOST_POSTS = 1_000
MOST_TAGS = 100
MOST_CREATORS = 200
GENERATIONS_KEPT = 3

_COUNTERS = (
    "pk",
    "author_id",
    "reaction_count",
    "dislike_count",
    "comment_count",
    "save_count",
    "repost_count",
    "quote_count",
)


def roll_up_trends(now: dt.datetime) -> None:
    """Compute the lists of posts, tags and people that are rising anew."""
    heats = list(_heats(now))
    _publish(TrendKind.POST, diversify(best(heats, MOST_POSTS)), now)
    _publish(TrendKind.TAG, best(list(_surges(now)), MOST_TAGS), now)
    _publish(TrendKind.CREATOR, best(list(_momenta(heats, now)), MOST_CREATORS), now)


def _heats(now: dt.datetime) -> Iterator[Scored]:
    """Weigh the posts of a week that everybody may see and somebody did something with."""
    rows = Post.objects.filter(pk__gte=smallest_id_at(now - POSTS_RISE_FOR), is_listed=True)
    noticed = Q(reaction_count__gt=0) | Q(comment_count__gt=0) | Q(repost_count__gt=0)
    noticed |= Q(save_count__gt=0) | Q(quote_count__gt=0)
    for pk, author_id, reactions, dislikes, comments, saves, reposts, quotes in (
        rows.filter(noticed).values_list(*_COUNTERS).iterator()
    ):
        engaged = engagement(
            reactions=reactions - dislikes, comments=comments, saves=saves, reposts=reposts, quotes=quotes
        )
        yield Scored(pk, author_id, heat(engaged, now - created_at(pk)))


def _surges(now: dt.datetime) -> Iterator[Scored]:
    """Compare who uses each tag today with who did on the days before."""
    today = smallest_id_at(now - TAGS_RISE_FOR)
    since = smallest_id_at(now - TAGS_RISE_FOR - dt.timedelta(days=USUAL_DAYS))
    used_today: dict[str, set[uuid.UUID]] = defaultdict(set)
    usually: dict[str, set[tuple[uuid.UUID, dt.date]]] = defaultdict(set)
    rows = PostTag.objects.filter(post_id__gte=since).values_list("tag", "post_id", "post__author_id")
    for tag, post_id, author_id in rows.iterator():
        if post_id >= today:
            used_today[tag].add(author_id)
        else:
            usually[tag].add((author_id, created_at(post_id).date()))
    ids = dict(Tag.objects.filter(name__in=list(used_today)).values_list("name", "pk"))
    for tag, authors in used_today.items():
        yield Scored(ids[tag], None, surge(len(authors), len(usually[tag]) / USUAL_DAYS))


def _momenta(heats: Sequence[Scored], now: dt.datetime) -> Iterator[Scored]:
    """Weigh the new followers of people and how warm their posts are."""
    ages: dict[uuid.UUID, list[dt.timedelta]] = defaultdict(list)
    for user_id, followed_at in new_followers(since=now - CREATORS_RISE_FOR):
        ages[user_id].append(now - followed_at)
    warmth: dict[uuid.UUID, list[float]] = defaultdict(list)
    for one in heats:
        if one.author_id is not None:
            warmth[one.author_id].append(one.score)
    candidates = Counter(
        {user_id: momentum(ages[user_id], warmth[user_id]) for user_id in ages.keys() | warmth.keys()}
    )
    likely = dict(candidates.most_common(2 * MOST_CREATORS))
    people = people_by_id(likely)
    for user_id, score in likely.items():
        if user_id in people and not people[user_id].is_private:
            yield Scored(user_id, user_id, score)


def _publish(kind: TrendKind, ranked: Sequence[Scored], now: dt.datetime) -> None:
    _write(kind, ranked, int(now.timestamp()))
    bump(f"trends:{kind.value}")


@settled
@atomic
def _write(kind: TrendKind, ranked: Sequence[Scored], generation: int) -> None:
    """Replace a list, but keep the last ones; one that was computed this very second stays."""
    rows = Trend.objects.filter(kind=kind)
    if rows.filter(generation__gte=generation).exists():
        return
    Trend.objects.bulk_create(
        [
            Trend(
                kind=kind,
                generation=generation,
                rank=rank,
                thing_id=one.thing_id,
                author_id=one.author_id,
                score=one.score,
            )
            for rank, one in enumerate(ranked, start=1)
        ]
    )
    kept = rows.values("generation").annotate(last=Max("rank")).order_by("-generation")
    oldest = list(kept.values_list("generation", flat=True)[GENERATIONS_KEPT - 1 : GENERATIONS_KEPT])
    if oldest:
        rows.filter(generation__lt=oldest[0]).delete()
