"""Stories: for a day, for whom they are meant, and what people do to them."""

import datetime as dt
import uuid
from typing import Any

import pytest

from accounts import ports
from accounts.models import User
from content.actions import stories
from content.actions.recounts import recount_content
from content.actions.story_reactions import react_to_story, unreact_to_story
from content.models import HighlightStory, Story, StoryReaction, StoryView
from content.models.stories import LIFETIME
from content.selectors.stories import get_story, stories_of
from content.selectors.tray import tray
from grover.core.errors import NotFound
from grover.core.models import OutboxJob
from grover.core.pages import PageRequest
from grover.core.viewers import Viewer
from grover.media.models import Media
from messaging.models import Message, Notification
from tests.content.costs import cost_of
from tests.content.people import block, follow, mute, suspend
from tests.content.test_posts import make_image, problem, refused_at
from tests.factories.accounts import make_user
from tests.factories.content import counts_of, unknown_id
from tests.factories.media import make_media
from tests.factories.stories import (
    ENDED,
    make_close,
    make_highlight,
    make_story,
    react_to,
    see,
)
from tests.races import run_parallel

THREADS = 30
MILLISECOND = dt.timedelta(milliseconds=1)
TABLES = (Story, StoryView, StoryReaction, HighlightStory, Media, Notification)


def viewer_of(user: User) -> Viewer:
    """Act as a person."""
    return Viewer(user.pk, uuid.uuid4())


def texts(response: Any) -> list[str]:
    """Give the texts of a page of stories."""
    assert response.status_code == 200
    return [card["text"] for card in response.json()["results"]]


def rings(client: Any, query: str = "") -> list[tuple[str, int, int]]:
    """Give of each ring of somebody's tray whose it is, how many stories it has, and how many are new."""
    cards = client.get(f"stories{query}").json()["results"]
    assert all(card["has_unseen"] == (card["unseen_count"] > 0) for card in cards)
    return [(card["author"]["username"], card["story_count"], card["unseen_count"]) for card in cards]


def row_counts() -> list[int]:
    """Count the rows of all tables."""
    return [table._default_manager.count() for table in TABLES]


# --- Publishing, reading, deleting -------------------------------------------------------------


def test_story_is_published(api: Any, ada: User) -> None:
    upload = make_image(ada)

    response = api(ada).post("stories", json={"text": "Morning", "media_id": str(upload.pk)})

    card = response.json()
    assert (response.status_code, response["Location"]) == (201, f"/api/v1/stories/{card['id']}")
    begins_at, expires_at = (dt.datetime.fromisoformat(card[name]) for name in ("created_at", "expires_at"))
    assert expires_at - begins_at == dt.timedelta(hours=24)
    assert (card["author"]["username"], card["text"], card["media"]["id"]) == (
        "ada",
        "Morning",
        str(upload.pk),
    )
    assert card["viewer"] == {"seen": True, "reaction": None}
    assert card["insight"] == {
        "audience": "everyone",
        "views": 0,
        "reactions": 0,
        "by_reaction": {},
        "highlights": 0,
    }
    assert api(ada).get(f"stories/{card['id']}").json() == card
    assert OutboxJob.objects.filter(name="content.tasks.erase_ended_stories").count() == 1


def test_story_that_cannot_be_is_refused(api: Any, ada: User, bob: User) -> None:
    client = api(ada)
    assert refused_at(client.post("stories", json={})) == [("/text", "required")]
    assert refused_at(client.post("stories", json={"text": "x" * 501})) == [("/text", "max_length")]
    assert refused_at(client.post("stories", json={"text": "x", "audience": "me"})) == [
        ("/audience", "invalid_choice")
    ]
    foreign = {"media_id": str(make_image(bob).pk)}
    assert refused_at(client.post("stories", json=foreign)) == [("/media_id", "not_available")]
    assert not Story.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_story_is_deleted_with_all_that_hangs_on_it(api: Any) -> None:
    ada, bob = make_user("ada"), make_user("bob")
    story = make_story(ada, media=make_media(ada.pk))
    highlight = make_highlight(ada, story, make_story(ada), cover_story_id=story.pk)
    api(bob).put(f"stories/{story.pk}/reaction", json={"kind": "wow"})
    assert row_counts() == [2, 1, 1, 2, 1, 1]

    assert problem(api(bob).delete(f"stories/{story.pk}")) == (403, "not_the_author")
    assert api(ada).delete(f"stories/{story.pk}").status_code == 204

    assert row_counts() == [1, 0, 0, 1, 0, 0]
    assert problem(api(ada).delete(f"stories/{story.pk}")) == (404, "not_found")
    highlight.refresh_from_db()
    assert (highlight.story_count, highlight.cover_story_id) == (1, None)


# --- The end of the day ------------------------------------------------------------------------


def test_story_ends_after_a_day_though_no_job_has_run(ada: User, bob: User) -> None:
    follow(bob, ada)
    story, viewer = make_story(ada), viewer_of(bob)
    last = story.created_at + LIFETIME - MILLISECOND

    assert get_story(viewer, story.pk, now=last).id == story.pk
    assert len(stories_of(viewer, "@ada", PageRequest(), now=last).items) == 1
    assert len(tray(viewer, PageRequest(), now=last).items) == 1
    stories.view_story(viewer, story_id=story.pk, now=last)

    end = last + MILLISECOND
    for who in (viewer, viewer_of(ada)):
        with pytest.raises(NotFound):
            get_story(who, story.pk, now=end)
        with pytest.raises(NotFound):
            react_to_story(who, story_id=story.pk, kind="like", now=end)
        assert stories_of(who, "@ada", PageRequest(), now=end).items == []
        assert tray(who, PageRequest(), now=end).items == []
    assert counts_of(story) == {"view_count": 1}  # type: ignore[arg-type]


def test_ended_story_is_reached_on_no_road(api: Any, ada: User, bob: User) -> None:
    upload = make_media(ada.pk)
    story = make_story(ada, age=ENDED, media=upload)
    path = f"stories/{story.pk}"

    for method, path_of, body in (
        ("get", path, None),
        ("delete", path, None),
        ("put", f"{path}/view", None),
        ("get", f"{path}/viewers", None),
        ("put", f"{path}/reaction", {"kind": "like"}),
        ("delete", f"{path}/reaction", None),
        ("post", f"{path}/reply", {"text": "Hi"}),
        ("post", "reports", {"target": {"kind": "story", "id": str(story.pk)}, "reason": "spam"}),
    ):
        for person in (ada, bob):
            answer = api(person).request(method, path_of, json=body)
            assert answer.status_code == 404, path_of
    assert problem(api(bob).get(f"/media/{upload.pk}/200.webp")) == (404, "not_found")


@pytest.mark.django_db(transaction=True)
def test_job_removes_ended_stories_that_nobody_keeps() -> None:
    ada = make_user("ada")
    ended = make_story(ada, age=ENDED, media=make_image(ada))
    kept, alive = make_story(ada, age=ENDED), make_story(ada)
    make_highlight(ada, kept)
    end = ended.expires_at

    for now, left in ((end - MILLISECOND, {ended.pk, kept.pk, alive.pk}), (end, {kept.pk, alive.pk})):
        stories.erase_ended_stories([ended.pk], now=now)
        assert set(Story.objects.values_list("pk", flat=True)) == left
    stories.erase_ended_stories([kept.pk, alive.pk, ended.pk], now=kept.expires_at)
    assert (Story.objects.count(), Media.objects.count()) == (2, 0)


# --- Whom a story is for -----------------------------------------------------------------------

NOBODY, STRANGER, FOLLOWER, CLOSE, CLOSE_FOLLOWER, BLOCKED, BLOCKING, AUTHOR = range(8)
EVERYBODY = {NOBODY, STRANGER, FOLLOWER, CLOSE, CLOSE_FOLLOWER, AUTHOR}
SEEN_BY = {
    ("everyone", False): EVERYBODY,
    ("followers", False): {FOLLOWER, CLOSE_FOLLOWER, AUTHOR},
    ("close_friends", False): {CLOSE, CLOSE_FOLLOWER, AUTHOR},
    ("everyone", True): {FOLLOWER, CLOSE_FOLLOWER, AUTHOR},
    ("followers", True): {FOLLOWER, CLOSE_FOLLOWER, AUTHOR},
    ("close_friends", True): {CLOSE_FOLLOWER, AUTHOR},
}


@pytest.mark.parametrize(("audience", "is_private"), SEEN_BY)
def test_each_audience_is_who_sees_a_story(api: Any, db: None, audience: str, is_private: bool) -> None:
    ada = make_user("ada", is_private=is_private)
    people: dict[int, User] = {role: make_user() for role in range(STRANGER, AUTHOR)} | {AUTHOR: ada}
    for role in (FOLLOWER, CLOSE_FOLLOWER):
        follow(people[role], ada)
    for role in (CLOSE, CLOSE_FOLLOWER, BLOCKED, BLOCKING):
        make_close(ada, people[role])
    block(ada, people[BLOCKED])
    block(people[BLOCKING], ada)
    upload = make_media(ada.pk)
    story = make_story(ada, audience=audience, media=upload)
    make_highlight(ada, make_story(ada, age=ENDED, audience=audience))

    for role in range(8):
        client = api(people.get(role))
        expected = role in SEEN_BY[audience, is_private]
        is_hidden = role in (BLOCKED, BLOCKING)
        assert (client.get(f"stories/{story.pk}").status_code == 200) == expected, role
        assert (client.get(f"/media/{upload.pk}/200.webp").status_code == 200) == expected, role
        for what in ("stories", "highlights"):
            listed = client.get(f"users/@ada/{what}")
            assert listed.status_code == (404 if is_hidden else 200), role
            assert is_hidden or len(listed.json()["results"]) == expected, role
        if role in (FOLLOWER, CLOSE_FOLLOWER, AUTHOR):
            assert len(rings(client)) == expected, role
        else:
            assert role == NOBODY or rings(client) == [], role


def test_nobody_learns_whom_a_story_is_for(api: Any, ada: User, bob: User) -> None:
    make_close(ada, bob)
    card = api(bob).get(f"stories/{make_story(ada, audience='close_friends').pk}").json()
    assert card["insight"] is None
    assert "close_friends" not in str(card)


def test_stories_of_the_suspended_are_gone(api: Any, ada: User, bob: User) -> None:
    story = make_story(ada)
    follow(bob, ada)
    suspend(ada)
    for path in (f"stories/{story.pk}", "users/@ada/stories", "users/@ada/highlights"):
        assert problem(api(bob).get(path)) == (404, "not_found")
    assert rings(api(bob)) == []


def test_stories_of_a_person_are_listed_oldest_first(api: Any, ada: User, bob: User) -> None:
    first, second, _ = (make_story(ada, text=text) for text in ("one", "two", "three"))
    make_story(ada, text="yesterday", age=ENDED)
    see(first, bob)
    react_to(second, bob, "wow")

    page = api(bob).get("users/@ada/stories?limit=2")
    rest = api(bob).get(page.json()["next"].removeprefix("http://testserver"))

    assert (texts(page), texts(rest)) == (["one", "two"], ["three"])
    assert [card["viewer"] for card in page.json()["results"]] == [
        {"seen": True, "reaction": None},
        {"seen": False, "reaction": "wow"},
    ]


@pytest.mark.parametrize("path", ["users/@ada/stories", "users/@ada/highlights"])
def test_lists_cost_the_same_however_many(api: Any, ada: User, bob: User, path: str) -> None:
    def fill() -> None:
        story = make_story(ada, media=make_image(ada))
        make_highlight(ada, story, cover_story_id=story.pk)

    client = api(bob)
    fill()
    one = cost_of(client, path)
    fill()
    fill()
    assert cost_of(client, path) == one


# --- The tray ----------------------------------------------------------------------------------


def test_tray_has_oneself_first_then_what_is_new(api: Any, ada: User, bob: User, eve: User) -> None:
    cat, dan, zoe = make_user("cat"), make_user("dan"), make_user("zoe")
    for author in (bob, eve, cat, dan):
        follow(ada, author)
    mute(ada, dan)
    seen = make_story(eve)
    make_story(cat)
    for author in (ada, bob, bob, dan, zoe):
        make_story(author)
    make_story(bob, audience="close_friends")
    newest = make_story(eve)
    see(seen, ada)

    client = api(ada)
    assert rings(client) == [("ada", 1, 0), ("eve", 2, 1), ("bob", 2, 2), ("cat", 1, 1)]
    client.put(f"stories/{newest.pk}/view")
    assert rings(client) == [("ada", 1, 0), ("bob", 2, 2), ("cat", 1, 1), ("eve", 2, 0)]


def test_tray_is_read_in_pages(api: Any, ada: User) -> None:
    for number in range(5):
        author = make_user(f"author{number}")
        follow(ada, author)
        make_story(author)
    client, path, names = api(ada), "stories?limit=2", []

    while path:
        page = client.get(path).json()
        names += [card["author"]["username"] for card in page["results"]]
        path = (page["next"] or "").removeprefix("http://testserver")

    assert names == [f"author{number}" for number in (4, 3, 2, 1, 0)]


def test_block_takes_people_out_of_the_tray(api: Any, ada: User, bob: User) -> None:
    make_story(bob)
    client = api(ada)
    client.put("users/@bob/follow")
    assert rings(client) == [("bob", 1, 1)]
    assert api(bob).put("users/@ada/block").status_code == 200
    assert rings(client) == []


def test_tray_costs_the_same_for_five_hundred_authors(api: Any, ada: User) -> None:
    client, costs = api(ada), []
    for number in (1, 2, 497):
        authors = [make_user() for _ in range(min(number, 3))]
        authors += User.objects.bulk_create(
            [_author(len(costs), index) for index in range(number - len(authors))]
        )
        for author in authors:
            follow(ada, author)
            make_story(author)
            make_story(author, audience="close_friends")
        costs.append(cost_of(client, "stories?limit=100"))

    assert costs == [6, 6, 6]
    assert sum(1 for _ in rings(client, "?limit=100")) == 100
    assert len(tray(viewer_of(ada), PageRequest(500), now=make_story(ada).created_at).items) == 500


def _author(part: int, number: int) -> User:
    name = f"author_{part}_{number}"
    return User(username=name, username_skeleton=name, email=f"{name}@example.com")


# --- Views, reactions, replies -----------------------------------------------------------------


def test_view_is_counted_once_and_never_of_oneself(api: Any, ada: User, bob: User, eve: User) -> None:
    story = make_story(ada)
    for person in (ada, bob, bob, eve):
        assert api(person).put(f"stories/{story.pk}/view").status_code == 204
    react_to(story, eve, "haha")

    path = f"stories/{story.pk}/viewers"
    cards = api(ada).get(path).json()["results"]
    assert [(card["user"]["username"], card["reaction"]) for card in cards] == [
        ("eve", "haha"),
        ("bob", None),
    ]
    assert counts_of(story) == {"view_count": 2, "reaction_count": 1, "haha_count": 1}  # type: ignore[arg-type]
    assert problem(api(bob).get(path)) == (403, "not_the_author")
    block(ada, eve)
    assert [card["user"]["username"] for card in api(ada).get(path).json()["results"]] == ["bob"]


def test_viewers_cost_the_same_however_many(api: Any, ada: User) -> None:
    story, client = make_story(ada), api(ada)
    see(story, make_user())
    one = cost_of(client, f"stories/{story.pk}/viewers")
    see(story, make_user())
    see(story, make_user())
    assert cost_of(client, f"stories/{story.pk}/viewers") == one


def test_reaction_is_replaced_told_and_taken_back(api: Any, ada: User, bob: User) -> None:
    story = make_story(ada, text="Sunrise")
    client, path = api(bob), f"stories/{story.pk}/reaction"

    for kind in ("like", "wow", "wow"):
        assert client.put(path, json={"kind": kind}).json()["viewer"] == {"seen": True, "reaction": kind}
    assert counts_of(story) == {"view_count": 1, "reaction_count": 1, "wow_count": 1}  # type: ignore[arg-type]
    [told] = api(ada).get("notifications").json()["results"]
    assert (told["kind"], told["thing"], told["data"]) == (
        "story_reaction",
        {"kind": "story", "id": str(story.pk)},
        {"excerpt": "Sunrise"},
    )

    for _ in range(2):
        assert client.delete(path).json()["viewer"] == {"seen": True, "reaction": None}
    assert counts_of(story) == {"view_count": 1}  # type: ignore[arg-type]
    assert api(ada).get("notifications").json()["results"] == []


def test_own_reaction_is_told_to_nobody(api: Any, ada: User) -> None:
    path = f"stories/{make_story(ada).pk}/reaction"
    assert api(ada).put(path, json={"kind": "like"}).status_code == 200
    assert api(ada).delete(path).status_code == 200
    assert not Notification.objects.exists()


def test_reply_is_a_direct_message_that_shows_the_story(api: Any, ada: User, bob: User) -> None:
    story = make_story(ada, text="Sunrise")
    path, body = f"stories/{story.pk}/reply", {"text": "Lovely", "client_id": "one"}

    first, again = (api(bob).post(path, json=body) for _ in range(2))

    assert (first.status_code, again.status_code) == (201, 200)
    message = first.json()
    assert (again.json()["id"], message["text"], message["kind"]) == (message["id"], "Lovely", "shared")
    assert message["shared"]["card"]["text"] == "Sunrise"
    [request] = api(ada).get("conversations?folder=requests").json()["results"]
    assert request["id"] == message["conversation_id"]
    Story.objects.filter(pk=story.pk).update(expires_at=story.created_at)
    for person in (ada, bob):
        assert api(person).get(f"messages/{message['id']}").json()["shared"]["card"] is None


def test_reply_follows_the_rules_of_messages(api: Any, ada: User, bob: User) -> None:
    path = f"stories/{make_story(ada).pk}/reply"
    assert refused_at(api(bob).post(path, json={"text": ""})) == [("/text", "blank")]
    assert api(ada).post(path, json={"text": "Me"}).json()["code"] == "own_account"
    api(ada).patch("me/settings", json={"who_may_message": "nobody"})
    assert problem(api(bob).post(path, json={"text": "Hi"})) == (403, "messages_not_allowed")
    block(ada, bob)
    assert problem(api(bob).post(path, json={"text": "Hi"})) == (404, "not_found")
    assert not Message.objects.exists()


# --- Many at once ------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_counters_are_exact_after_thirty_people_act_at_once() -> None:
    story = make_story(make_user("ada"))
    people = [viewer_of(make_user(f"person{number}")) for number in range(THREADS)]

    def act(number: int) -> None:
        stories.view_story(people[number], story_id=story.pk)
        react_to_story(people[number], story_id=story.pk, kind="like")
        if number % 3 == 0:
            unreact_to_story(people[number], story_id=story.pk)

    assert [error for error in run_parallel(THREADS, act) if error is not None] == []
    assert counts_of(story) == {  # type: ignore[arg-type]
        "view_count": 30,
        "reaction_count": 20,
        "like_count": 20,
    }
    assert recount_content() == []


@pytest.mark.django_db(transaction=True)
def test_counters_are_exact_after_one_person_acts_thirty_times_at_once() -> None:
    story, viewer = make_story(make_user("ada")), viewer_of(make_user("bob"))
    kinds = ("like", "wow", "sad")

    run_parallel(THREADS, lambda number: stories.view_story(viewer, story_id=story.pk))
    results = run_parallel(
        THREADS, lambda number: react_to_story(viewer, story_id=story.pk, kind=kinds[number % 3])
    )

    assert [error for error in results if isinstance(error, Exception)] == []
    kind = StoryReaction.objects.get().kind
    assert counts_of(story) == {  # type: ignore[arg-type]
        "view_count": 1,
        "reaction_count": 1,
        f"{kind}_count": 1,
    }


# --- Leaving, and what the apps below ask ------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_person_who_leaves_takes_along_what_is_theirs() -> None:
    ada, bob = make_user("ada"), make_user("bob")
    by_ada, by_bob = make_story(ada, media=make_image(ada)), make_story(bob)
    make_highlight(ada, by_ada)
    for story in (by_ada, by_bob):
        for user in (ada, bob):
            see(story, user)
            react_to(story, user, "love")
    make_close(ada, bob)
    make_close(bob, ada)

    for _ in range(2):
        ports.erase_person.call(ada.pk)
        assert row_counts() == [1, 1, 1, 0, 0, 0]
        assert counts_of(by_bob) == {  # type: ignore[arg-type]
            "view_count": 1,
            "reaction_count": 1,
            "love_count": 1,
        }


def test_story_is_reported_by_who_sees_it(ada: User, bob: User) -> None:
    shown, hidden = make_story(ada), make_story(ada, audience="followers")
    answers = [
        [answer for answer in ports.find_reportable.call("story", key, viewer_of(bob)) if answer is not None]
        for key in (shown.pk, hidden.pk, unknown_id())
    ]
    assert answers == [[True], [False], [False]]


def test_recount_mends_the_counters_of_stories(ada: User, bob: User) -> None:
    story = make_story(ada)
    make_highlight(ada, story)
    see(story, bob)
    Story.objects.update(view_count=5, highlight_count=0)

    drifts = {(drift.kind, drift.field, drift.was, drift.is_now) for drift in recount_content()}

    assert drifts == {("story", "view_count", 5, 1), ("story", "highlight_count", 0, 1)}
    assert recount_content() == []
