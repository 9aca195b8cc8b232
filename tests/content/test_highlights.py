"""Highlights: stories that outlive their day, in the order their owner gives them."""

import uuid
from typing import Any

import pytest

from accounts.models import User
from content.actions import highlights, stories
from content.actions.highlights import add_to_highlight, create_highlight
from content.actions.recounts import recount_content
from content.errors import HighlightFull, TooManyHighlights
from content.models import Highlight, HighlightShelf, HighlightStory, Story
from grover.core.viewers import Viewer
from grover.media.models import Media
from tests.content.costs import cost_of
from tests.content.people import follow
from tests.content.test_posts import problem, refused_at
from tests.factories.accounts import make_user
from tests.factories.content import unknown_id
from tests.factories.media import make_media
from tests.factories.stories import ENDED, make_close, make_highlight, make_story
from tests.races import run_parallel


def viewer_of(user: User) -> Viewer:
    """Act as a person."""
    return Viewer(user.pk, uuid.uuid4())


def titles(client: Any, query: str = "") -> list[str]:
    """Give what Ada's highlights are called, in their order."""
    cards = client.get(f"users/@ada/highlights{query}").json()["results"]
    return [card["title"] for card in cards]


def texts(client: Any, highlight: Highlight, query: str = "") -> list[str]:
    """Give the texts of the stories of a highlight."""
    cards = client.get(f"highlights/{highlight.pk}/stories{query}").json()["results"]
    return [card["text"] for card in cards]


def test_highlight_is_begun(api: Any, ada: User) -> None:
    first, second = make_story(ada), make_story(ada, media=make_media(ada.pk))
    ids = [str(second.pk), str(first.pk)]
    body = {"title": "Lisbon", "story_ids": ids, "cover_story_id": ids[0]}

    response = api(ada).post("highlights", json=body)

    card = response.json()
    assert (response.status_code, response["Location"]) == (201, f"/api/v1/highlights/{card['id']}")
    assert (card["title"], card["position"], card["story_count"]) == ("Lisbon", 0, 2)
    assert (card["cover_story_id"], card["cover"]["id"]) == (ids[0], str(second.media_id))
    assert api(ada).get("highlights").json()["results"] == [card]
    in_it = api(ada).get(f"highlights/{card['id']}/stories").json()["results"]
    assert [story["id"] for story in in_it] == ids
    assert set(Story.objects.values_list("highlight_count", flat=True)) == {1}


def test_highlight_that_cannot_be_is_refused(api: Any, ada: User, bob: User) -> None:
    client, own = api(ada), str(make_story(ada).pk)
    ended, foreign = make_story(ada, age=ENDED), make_story(bob)

    def at(**body: Any) -> list[tuple[str, str]]:
        return refused_at(client.post("highlights", json={"title": "A", **body}))

    assert at(title="") == [("/title", "blank")]
    assert at(title="x" * 51) == [("/title", "max_length")]
    assert at(story_ids=[own, own]) == [("/story_ids", "not_distinct")]
    for other in (ended.pk, foreign.pk, unknown_id()):
        assert at(story_ids=[own, str(other)]) == [("/story_ids/1", "unknown")]
    assert at(story_ids=[own], cover_story_id=str(foreign.pk)) == [("/cover_story_id", "unknown")]
    assert not Highlight.objects.exists()


def test_highlight_shows_each_what_they_may_see(api: Any, ada: User, bob: User, eve: User) -> None:
    follow(bob, ada)
    make_close(ada, eve)
    kept = {
        audience: make_story(ada, text=audience, audience=audience, age=ENDED, media=make_media(ada.pk))
        for audience in ("everyone", "followers", "close_friends")
    }
    mixed = make_highlight(ada, *kept.values(), title="mixed", cover_story_id=kept["followers"].pk)
    make_highlight(ada, kept["close_friends"], title="close")
    make_highlight(ada, title="empty")

    clients = {"ada": api(ada), "bob": api(bob), "eve": api(eve), "nobody": api()}
    assert {name: (titles(client), texts(client, mixed)) for name, client in clients.items()} == {
        "ada": (["mixed", "close", "empty"], ["everyone", "followers", "close_friends"]),
        "bob": (["mixed"], ["everyone", "followers"]),
        "eve": (["mixed", "close"], ["everyone", "close_friends"]),
        "nobody": (["mixed"], ["everyone"]),
    }
    cards = {name: client.get(f"highlights/{mixed.pk}").json() for name, client in clients.items()}
    shown = {name: (card["story_count"], card["cover"] is not None) for name, card in cards.items()}
    assert shown == {"ada": (3, True), "bob": (2, True), "eve": (2, False), "nobody": (1, False)}
    for audience, story in kept.items():
        assert (api(bob).get(f"stories/{story.pk}").status_code == 200) == (audience != "close_friends")
    assert api(bob).get("users/@ada/stories").json()["results"] == []


def test_highlight_is_changed(api: Any, ada: User, bob: User) -> None:
    story = make_story(ada)
    one, two, three = (make_highlight(ada, story, title=title) for title in ("one", "two", "three"))
    client, path = api(ada), f"highlights/{three.pk}"

    card = client.patch(path, json={"title": "first", "position": 0, "cover_story_id": str(story.pk)}).json()
    assert (card["title"], card["position"], card["cover_story_id"]) == ("first", 0, str(story.pk))
    assert titles(client) == ["first", "one", "two"]
    assert client.patch(f"highlights/{one.pk}", json={"position": 2}).json()["position"] == 2
    assert titles(client) == ["first", "two", "one"]
    assert titles(client, "?limit=2") == ["first", "two"]
    assert client.patch(path, json={"cover_story_id": None}).json()["cover_story_id"] is None

    assert refused_at(client.patch(path, json={"position": 3})) == [("/position", "out_of_range")]
    assert refused_at(client.patch(path, json={"position": 100})) == [("/position", "max_value")]
    foreign = {"cover_story_id": str(make_story(ada).pk)}
    assert refused_at(client.patch(path, json=foreign)) == [("/cover_story_id", "unknown")]
    assert problem(api(bob).patch(path, json={"title": "mine"})) == (403, "not_the_author")
    stale = client.patch(path, json={"title": "later"}, **{"If-Match": '"other"'})
    assert problem(stale) == (412, "precondition_failed")
    assert problem(client.patch(f"highlights/{unknown_id()}", json={"title": "x"})) == (404, "not_found")
    assert [Highlight.objects.filter(pk=row.pk).exists() for row in (one, two, three)] == [True] * 3


def test_list_goes_on_from_page_to_page(api: Any, ada: User) -> None:
    for number in range(3):
        make_highlight(ada, title=str(number))
    first = api(ada).get("highlights?limit=2").json()
    rest = api(ada).get(first["next"].removeprefix("http://testserver")).json()
    assert [card["title"] for card in first["results"] + rest["results"]] == ["0", "1", "2"]
    assert rest["next"] is None


@pytest.mark.django_db(transaction=True)
def test_stories_come_and_go(api: Any) -> None:
    ada, bob = make_user("ada"), make_user("bob")
    old, new = make_story(ada, text="old", age=ENDED, media=make_media(ada.pk)), make_story(ada, text="new")
    one, two = make_highlight(ada, old, cover_story_id=old.pk), make_highlight(ada, old)
    client = api(ada)

    for _ in range(2):
        assert client.put(f"highlights/{one.pk}/stories/{new.pk}").json()["story_count"] == 2
    assert texts(client, one) == ["old", "new"]
    for _ in range(2):
        assert client.delete(f"highlights/{one.pk}/stories/{old.pk}").json()["cover_story_id"] is None
    assert (texts(client, one), texts(client, two)) == (["new"], ["old"])
    assert problem(api(bob).delete(f"highlights/{one.pk}/stories/{new.pk}")) == (403, "not_the_author")
    foreign = make_story(bob)
    assert problem(client.put(f"highlights/{one.pk}/stories/{foreign.pk}")) == (403, "not_the_author")

    client.delete(f"highlights/{two.pk}/stories/{old.pk}")
    client.delete(f"highlights/{one.pk}/stories/{new.pk}")
    assert list(Story.objects.filter(author=ada).values_list("text", "highlight_count")) == [("new", 0)]
    assert Media.objects.count() == 0
    assert problem(client.put(f"highlights/{one.pk}/stories/{old.pk}")) == (404, "not_found")


@pytest.mark.django_db(transaction=True)
def test_deleted_highlight_takes_along_what_nothing_else_keeps(api: Any) -> None:
    ada, bob = make_user("ada"), make_user("bob")
    alone, shared = make_story(ada, age=ENDED), make_story(ada, age=ENDED)
    alive = make_story(ada)
    going, staying = make_highlight(ada, alone, shared, alive), make_highlight(ada, shared)

    assert problem(api(bob).delete(f"highlights/{going.pk}")) == (403, "not_the_author")
    assert api(ada).delete(f"highlights/{going.pk}").status_code == 204

    assert dict(Story.objects.values_list("pk", "highlight_count")) == {shared.pk: 1, alive.pk: 0}
    assert HighlightStory.objects.count() == 1
    assert HighlightShelf.objects.get().highlight_ids == [str(staying.pk)]
    assert problem(api(ada).delete(f"highlights/{going.pk}")) == (404, "not_found")


def test_there_is_room_for_so_many(api: Any, ada: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(highlights, "MOST_STORIES", 1)
    monkeypatch.setattr(highlights, "MOST_HIGHLIGHTS", 1)
    highlight = make_highlight(ada, make_story(ada))
    client = api(ada)
    full = client.put(f"highlights/{highlight.pk}/stories/{make_story(ada).pk}")
    assert problem(full) == (409, "highlight_full")
    assert problem(client.post("highlights", json={"title": "B"})) == (409, "too_many_highlights")


def test_stories_of_a_highlight_cost_the_same_however_many(api: Any, ada: User, bob: User) -> None:
    one = make_highlight(ada, make_story(ada, media=make_media(ada.pk)))
    three = make_highlight(ada, *(make_story(ada, media=make_media(ada.pk)) for _ in range(3)))
    client = api(bob)
    costs = {cost_of(client, f"highlights/{highlight.pk}/stories") for highlight in (one, three)}
    assert len(costs) == 1


# --- Many at once ------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_limits_hold_when_many_act_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(highlights, "MOST_STORIES", 3)
    monkeypatch.setattr(highlights, "MOST_HIGHLIGHTS", 3)
    ada = make_user("ada")
    viewer, fresh = viewer_of(ada), [make_story(ada) for _ in range(8)]

    begun = run_parallel(8, lambda number: create_highlight(viewer, title=str(number)))
    highlight = Highlight.objects.order_by("pk")[0]
    added = run_parallel(
        8, lambda number: add_to_highlight(viewer, highlight_id=highlight.pk, story_id=fresh[number].pk)
    )

    assert sum(isinstance(result, TooManyHighlights) for result in begun) == 5
    assert sum(isinstance(result, HighlightFull) for result in added) == 5
    highlight.refresh_from_db()
    assert (Highlight.objects.count(), highlight.story_count, HighlightStory.objects.count()) == (3, 3, 3)
    assert len(HighlightShelf.objects.get().highlight_ids) == 3
    assert recount_content() == []


@pytest.mark.django_db(transaction=True)
def test_story_is_kept_or_erased_but_never_half() -> None:
    ada = make_user("ada")
    viewer, old = viewer_of(ada), [make_story(ada, age=ENDED) for _ in range(6)]
    leaving, other = make_highlight(ada, *old), make_highlight(ada)
    ids = [story.pk for story in old]

    def act(number: int) -> None:
        if number == 0:
            highlights.delete_highlight(viewer, highlight_id=leaving.pk)
        elif number < 5:
            add_to_highlight(viewer, highlight_id=other.pk, story_id=ids[number])
        else:
            stories.erase_ended_stories(ids, now=old[0].expires_at + stories.ERASED_AFTER)

    run_parallel(7, act)

    kept = set(HighlightStory.objects.values_list("story_id", flat=True))
    assert set(Story.objects.values_list("pk", flat=True)) == kept
    assert set(Story.objects.values_list("highlight_count", flat=True)) <= {1}
    assert recount_content() == []
