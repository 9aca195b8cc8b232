"""Posts with a price, and those for subscribers: what may be asked for, what is shown, what it costs."""

import datetime as dt
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import User
from content.actions.drafts import publish_due
from content.actions.indexing import reindex
from content.models import Category, Draft, Post, PostTag, SavedPost, Tag, Trend
from payments.actions.entitlements import entitle, withdraw
from payments.enums import EntitlementKind
from payments.models import Entitlement
from tests.content.costs import cost_of
from tests.content.people import follow
from tests.content.test_posts import problem, refused_at
from tests.content.test_search import found
from tests.factories.accounts import make_user
from tests.factories.content import (
    make_comment,
    make_community,
    make_poll,
    make_post,
    make_tag,
)
from tests.factories.media import make_media
from tests.messaging.frames import published

FULL_WIDTH = r'"\uff15\uff10\uff10"'
FIVE = {"value": 500, "currency": "USD"}


def sell(author: User, text: str = "The secret", **fields: Any) -> Post:
    """Make a post that costs five dollars."""
    return make_post(author, text=text, price=500, currency="USD", **fields)


def unlock(post: Post, *people: User) -> None:
    for user in people:
        entitle(user.pk, EntitlementKind.POST, post.pk)


# --- What is shown -------------------------------------------------------------------------------


def test_a_preview_is_all_that_is_shown(api: Any, ada: User, bob: User) -> None:
    upload = make_media(ada.pk, alt_text="A heron", blurhash="LEHV6nWB2yk8")
    quoted = make_post(ada, text="Quoted")
    body = {
        "text": "The heron @bob #heron",
        "media_ids": [str(upload.pk)],
        "poll": {"options": ["one", "two"]},
        "location": {"name": "The lake"},
        "quote_of": str(quoted.pk),
        "price": FIVE,
        "preview_text": "What did I see?",
    }

    own = api(ada).post("posts", json=body).json()
    api(bob).put(f"posts/{own['id']}/save")
    preview = api(bob).get(f"posts/{own['id']}").json()

    assert (own["is_locked"], own["price"], own["preview"], own["preview_media"]) == (
        False,
        FIVE,
        "What did I see?",
        [],
    )
    assert own["media"][0]["alt_text"] == "A heron"
    assert own["quoted"]["text"] == "Quoted"
    media = [{"kind": "image", "width": 64, "height": 48, "blurhash": "LEHV6nWB2yk8"}]
    assert preview == {
        **own,
        "is_locked": True,
        "preview_media": media,
        "counts": {**own["counts"], "saves": 1},
        "viewer": {"reaction": None, "saved": True, "reposted": False},
        "text": "",
        "entities": [],
        "media": [],
        "poll": None,
        "quote_of": None,
        "quoted": None,
        "location": None,
    }


def test_a_quote_holds_no_more_than_the_preview(api: Any, ada: User, bob: User) -> None:
    post = sell(ada, preview_text="What did I see?", media=[make_media(ada.pk)])
    warned = sell(ada, preview_text="What did I see?", content_warning="Blood", media=[make_media(ada.pk)])

    inside = api(bob).post("posts", json={"text": "Look", "quote_of": str(post.pk)}).json()["quoted"]
    behind = api(bob).post("posts", json={"text": "Look", "quote_of": str(warned.pk)}).json()["quoted"]

    assert {name: inside[name] for name in ("text", "media", "is_locked", "price", "preview")} == {
        "text": "",
        "media": [],
        "is_locked": True,
        "price": FIVE,
        "preview": "What did I see?",
    }
    assert len(inside["preview_media"]) == 1
    assert (behind["preview"], behind["preview_media"], behind["content_warning"]) == ("", [], "Blood")
    unlock(post, bob)
    assert api(bob).get(f"posts/{post.pk}").json()["text"] == "The secret"


def test_what_is_for_subscribers_is_seen_by_whom_the_author_lets_see(api: Any, ada: User, bob: User) -> None:
    private = make_user("private", is_private=True)
    follow(bob, private)
    open_post = make_post(ada, text="For some", visibility="subscribers")
    closed = make_post(private, text="For some", visibility="subscribers")

    assert api().get(f"posts/{open_post.pk}").json()["is_locked"]
    assert api().get(f"posts/{closed.pk}").status_code == 404
    assert api(ada).get(f"posts/{closed.pk}").status_code == 404
    assert api(bob).get(f"posts/{closed.pk}").json()["is_locked"]
    entitle(bob.pk, EntitlementKind.CREATOR, private.pk, until=timezone.now() + dt.timedelta(days=30))
    assert api(bob).get(f"posts/{closed.pk}").json()["text"] == "For some"
    assert api(bob).get(f"posts/{open_post.pk}").json()["text"] == ""


def test_who_subscribes_has_not_bought_what_has_a_price(api: Any, ada: User, bob: User) -> None:
    post = sell(ada)
    entitle(bob.pk, EntitlementKind.CREATOR, ada.pk)
    assert api(bob).get(f"posts/{post.pk}").json()["is_locked"]


def test_an_entitlement_ends_with_its_time(api: Any, ada: User, bob: User) -> None:
    post = make_post(ada, visibility="subscribers")
    Entitlement.objects.create(
        user_id=bob.pk, kind="creator", thing_id=ada.pk, expires_at=timezone.now() - dt.timedelta(seconds=1)
    )
    assert api(bob).get(f"posts/{post.pk}").json()["is_locked"]


@pytest.mark.parametrize(
    ("what", "body"), [("save", None), ("repost", None), ("view", None), ("reaction", {"kind": "love"})]
)
def test_a_preview_is_reacted_to_kept_and_passed_on(
    api: Any, ada: User, bob: User, what: str, body: Any
) -> None:
    post = sell(ada)

    answer = api(bob).put(f"posts/{post.pk}/{what}", json=body)

    assert answer.status_code == (204 if what == "view" else 200)
    assert b"The secret" not in answer.content


def test_who_paid_sees_no_more_than_others_of_what_is_hidden(api: Any, ada: User, bob: User) -> None:
    followed = sell(ada, visibility="followers")
    hidden = sell(ada, moderation="hidden")
    for post in (followed, hidden):
        unlock(post, bob)
        assert api(bob).get(f"posts/{post.pk}").status_code == 404
    follow(bob, ada)
    assert api(bob).get(f"posts/{followed.pk}").json()["text"] == "The secret"
    assert api(bob).get(f"posts/{hidden.pk}").status_code == 404


def test_a_community_sees_the_preview_of_what_is_for_subscribers(api: Any, ada: User, bob: User) -> None:
    community = make_community(ada, bob, is_private=True)
    body = {"text": "The secret", "visibility": "subscribers", "community_id": str(community.pk)}
    assert api(ada).post("posts", json=body).status_code == 201

    listed = api(bob).get(f"communities/{community.pk}/posts").json()["results"]

    assert [(card["is_locked"], card["text"]) for card in listed] == [(True, "")]


def test_ones_own_comment_is_deleted_even_when_it_is_locked(api: Any, ada: User, bob: User) -> None:
    post = sell(ada)
    unlock(post, bob)
    comment = make_comment(post, bob)
    withdraw(bob.pk, EntitlementKind.POST, post.pk)

    assert problem(api(bob).patch(f"comments/{comment.pk}", json={"text": "No"})) == (403, "post_locked")
    assert api(bob).delete(f"comments/{comment.pk}").status_code == 204


def test_who_no_longer_reads_a_post_is_told_of_no_answer(api: Any, ada: User, bob: User) -> None:
    post = sell(ada)
    comment = make_comment(post, bob)

    with published() as frames:
        api(ada).post(f"posts/{post.pk}/comments", json={"text": "Yes", "parent_id": str(comment.pk)})

    assert [frame for frame in frames if frame.type == "notification.created"] == []


def test_a_report_of_a_preview_is_taken_and_none_of_what_is_said_under_it(
    api: Any, ada: User, bob: User
) -> None:
    post = sell(ada)
    comment = make_comment(post, ada)

    def report(kind: str, thing: Any) -> int:
        body = {"target": {"kind": kind, "id": str(thing.pk)}, "reason": "spam"}
        status: int = api(bob).post("reports", json=body).status_code
        return status

    assert (report("post", post), report("comment", comment)) == (201, 404)


# --- What may be asked for -----------------------------------------------------------------------


@pytest.mark.parametrize(
    "value",
    [*'0 -1 99 50001 1000000000000 0.001 1e3 true null [500] {} "500" NaN Infinity'.split(), FULL_WIDTH],
)
@pytest.mark.parametrize("method", ["post", "patch"])
def test_a_price_out_of_bounds_is_refused(api: Any, ada: User, value: str, method: str) -> None:
    path = f"posts/{make_post(ada).pk}" if method == "patch" else "posts"
    body = f'{{"text": "x", "price": {{"value": {value}, "currency": "USD"}}}}'

    answer = getattr(api(ada), method)(path, json=body)

    assert answer.status_code == 422
    assert not Post.objects.filter(price__isnull=False).exists()


@pytest.mark.parametrize("method", ["post", "patch"])
def test_a_price_is_an_amount_of_a_known_currency(api: Any, ada: User, method: str) -> None:
    path = f"posts/{make_post(ada).pk}" if method == "patch" else "posts"

    def refused(price: Any) -> list[tuple[str, str]]:
        return refused_at(getattr(api(ada), method)(path, json={"text": "x", "price": price}))

    assert refused({"value": 500}) == [("/price/currency", "required")]
    assert refused({"currency": "USD"}) == [("/price/value", "required")]
    assert refused({"value": 500, "currency": "EUR"}) == [("/price/currency", "invalid_choice")]
    assert refused({**FIVE, "more": 1}) == [("/price/more", "unknown")]
    assert refused(500) == [("/price", "invalid")]


def test_a_price_is_set_only_where_all_or_followers_see(api: Any, ada: User) -> None:
    community = make_community(ada)
    client = api(ada)
    for visibility in ("private", "subscribers"):
        refused = client.post("posts", json={"text": "x", "visibility": visibility, "price": FIVE})
        assert refused_at(refused) == [("/price", "not_allowed")]
        late = client.patch(f"posts/{sell(ada).pk}", json={"visibility": visibility})
        assert refused_at(late) == [("/price", "not_allowed")]
        kept = client.post(
            "posts", json={"text": "x", "visibility": visibility, "price": FIVE, "state": "draft"}
        )
        assert refused_at(kept) == [("/price", "not_allowed")]
    inside = {"text": "x", "community_id": str(community.pk)}
    assert refused_at(client.post("posts", json={**inside, "price": FIVE})) == [("/price", "not_allowed")]
    there = make_post(ada, community_id=community.pk)
    late = client.patch(f"posts/{there.pk}", json={"price": FIVE})
    assert refused_at(late) == [("/price", "not_allowed")]
    bare = client.post("posts", json={"quote_of": str(make_post(ada).pk), "price": FIVE})
    assert refused_at(bare) == [("/text", "required")]
    assert (
        client.post("posts", json={"text": "x", "visibility": "followers", "price": FIVE}).status_code == 201
    )


def test_a_preview_has_280_characters_at_most(api: Any, ada: User) -> None:
    assert api(ada).post("posts", json={"text": "x", "preview_text": "x" * 280}).status_code == 201
    long = api(ada).post("posts", json={"text": "x", "preview_text": "x" * 281})
    assert refused_at(long) == [("/preview_text", "max_length")]


def test_a_draft_keeps_its_price_until_it_is_published(api: Any, ada: User, bob: User) -> None:
    client, at = api(ada), timezone.now() + dt.timedelta(hours=1)
    body = {"text": "The secret", "price": FIVE, "preview_text": "p", "publish_at": at.isoformat()}

    draft = client.post("posts", json=body).json()

    assert (draft["is_locked"], draft["price"], draft["preview"]) == (False, FIVE, "p")
    dearer = client.patch(f"posts/{draft['id']}", json={"price": {**FIVE, "value": 900}}).json()
    assert dearer["price"]["value"] == 900
    publish_due(Draft.objects.get().pk, now=at)
    card = api(bob).get(f"posts/{Draft.objects.get().post_id}").json()
    assert (card["is_locked"], card["price"]["value"], card["text"]) == (True, 900, "")


# --- As it changes -------------------------------------------------------------------------------


@pytest.mark.parametrize("lock", [{"price": FIVE}, {"visibility": "subscribers"}])
@pytest.mark.usefixtures("settled_at_once")
def test_what_becomes_locked_is_gone_from_what_it_said_and_comes_back(
    api: Any, ada: User, bob: User, lock: dict[str, Any]
) -> None:
    upload = make_media(ada.pk)
    client, reader = api(ada), api(bob)
    body = {"text": "A heron #heron", "media_ids": [str(upload.pk)], "preview_text": "peekaboo"}
    path = f"posts/{client.post('posts', json=body).json()['id']}"
    file = f"/media/{upload.pk}/200.webp"

    def seen() -> tuple[Any, ...]:
        reindex()
        return (
            reader.get(path).json()["text"],
            api().get(file).status_code,
            found(reader, "heron"),
            [card["text"] for card in reader.get("tags/heron/posts").json()["results"]],
            Tag.objects.get(name="heron").post_count,
            len(found(reader, "peekaboo")),
        )

    free = ("A heron #heron", 200, ["A heron #heron"], ["A heron #heron"], 1, 0)
    assert seen() == free
    assert client.patch(path, json=lock).status_code == 200
    assert seen() == ("", 404, [], [], 0, 1)
    assert not PostTag.objects.exists()
    assert client.patch(path, json={"price": None, "visibility": "public"}).status_code == 200
    assert seen() == free


def test_tags_of_what_is_locked_are_not_known_until_it_is_free(api: Any, ada: User) -> None:
    make_tag("old")
    post_id = api(ada).post("posts", json={"text": "#old #new", "price": FIVE}).json()["id"]
    assert {tag.name: tag.post_count for tag in Tag.objects.all()} == {"old": 0}

    api(ada).patch(f"posts/{post_id}", json={"text": "#old #newer"})
    assert {tag.name: tag.post_count for tag in Tag.objects.all()} == {"old": 0}

    api(ada).patch(f"posts/{post_id}", json={"price": None})
    assert {tag.name: tag.post_count for tag in Tag.objects.all()} == {"old": 1, "newer": 1}
    api(ada).delete(f"posts/{post_id}")
    assert {tag.name: tag.post_count for tag in Tag.objects.all()} == {"old": 0, "newer": 0}


def test_deleting_what_is_locked_counts_no_tag_down(api: Any, ada: User) -> None:
    api(ada).post("posts", json={"text": "#heron"})
    post_id = api(ada).post("posts", json={"text": "#heron", "price": FIVE}).json()["id"]
    api(ada).patch("me/settings", json={"is_private": True})
    api(ada).patch("me/settings", json={"is_private": False})
    assert Tag.objects.get().post_count == 1
    assert api(ada).delete(f"posts/{post_id}").status_code == 204
    assert Tag.objects.get().post_count == 1


# --- What it costs -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "path", ["feed", "users/@ada/posts", "me/saved", "categories/art/posts", "trending/posts", "explore"]
)
def test_a_page_with_locked_posts_costs_one_query_more_however_many(
    api: Any, ada: User, bob: User, path: str
) -> None:
    if path == "feed":
        follow(bob, ada)
    client = api(bob)
    free = make_post(ada)
    without = _cost_with(client, bob, path, free)
    Post.objects.filter(pk=free.pk).update(price=500, currency="USD")

    one = _cost_with(client, bob, path, free)
    many = _cost_with(client, bob, path, *(sell(ada) for _ in range(3)))
    mixed = _cost_with(client, bob, path, make_post(ada), make_post(ada, visibility="subscribers"))

    assert (one, many, mixed) == (without + 1,) * 3


def _cost_with(client: Any, reader: User, path: str, *posts: Post) -> int:
    Category.objects.get_or_create(slug="art", defaults={"name": "Art"})
    Post.objects.exclude(pk__in=[post.pk for post in posts]).delete()
    SavedPost.objects.all().delete()
    Trend.objects.all().delete()
    for rank, post in enumerate(posts, start=1):
        Post.objects.filter(pk=post.pk).update(category="art")
        SavedPost.objects.create(post=post, user=reader)
        Trend.objects.create(
            kind="post", generation=1, rank=rank, thing_id=post.pk, author_id=post.author_id, score=9 - rank
        )
    return cost_of(client, path)


def test_quoted_and_quoting_are_asked_about_together(api: Any, ada: User, bob: User, eve: User) -> None:
    follow(bob, eve)
    quoted = make_post(ada)
    make_post(eve, quote_of=quoted, quoted_author_id=ada.pk)
    without = cost_of(api(bob), "feed")

    Post.objects.filter(pk=quoted.pk).update(price=500, currency="USD")
    sell(eve)

    assert cost_of(api(bob), "feed") == without + 1


def test_comments_cost_one_query_more_however_many(api: Any, ada: User, bob: User) -> None:
    post = make_post(ada)
    make_comment(post, bob)
    path = f"posts/{post.pk}/comments"
    without = cost_of(api(bob), path)
    Post.objects.filter(pk=post.pk).update(price=500, currency="USD")
    unlock(post, bob)

    assert cost_of(api(bob), path) == without + 1
    for _ in range(2):
        make_comment(post, bob)
    assert cost_of(api(bob), path) == without + 1


def test_a_locked_poll_takes_no_vote(api: Any, ada: User, bob: User) -> None:
    post = make_poll(sell(ada), ["one", "two"])
    assert problem(api(bob).put(f"posts/{post.pk}/vote", json={"option": 0})) == (403, "post_locked")
    unlock(post, bob)
    assert api(bob).put(f"posts/{post.pk}/vote", json={"option": 0}).json()["poll"]["chosen"] == [0]
