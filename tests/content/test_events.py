"""What is told of posts and comments: once for each thing that really happened."""

import logging
from typing import Any

import pytest

from grover.core.events import all_events
from tests.factories.accounts import make_user

FIELDS = {
    event.type: event.__slots__ for event in all_events() if event.__module__.startswith("content.events")
}


@pytest.fixture
def told(caplog: pytest.LogCaptureFixture) -> Any:
    """Give what was told since the last time, with the names of people and things for their ids."""
    caplog.set_level(logging.INFO, logger="grover.core.events")
    names: dict[str, str] = {}

    def tell(**new_names: str) -> list[dict[str, Any]]:
        names.update({key: name for name, key in new_names.items()})
        events = [dict(record.msg) for record in caplog.records if record.name == "grover.core.events"]
        caplog.clear()
        return [
            {"event": event["event"]}
            | {
                name: names.get(str(event[name]), event[name]) if name.endswith("_id") else event[name]
                for name in FIELDS[event["event"]]
            }
            for event in events
            if event["event"] in FIELDS
        ]

    return tell


@pytest.mark.django_db(transaction=True)
def test_story_of_a_post_is_told(api: Any, told: Any) -> None:
    ada, bob = make_user("ada"), make_user("bob")
    told(ada=str(ada.pk), bob=str(bob.pk))
    by_ada, by_bob = api(ada), api(bob)

    post_id = by_ada.post("posts", json={"text": "Hello"}).json()["id"]
    assert told(post=post_id) == [
        {
            "event": "post.published",
            "post_id": "post",
            "author_id": "ada",
            "visibility": "public",
            "media_count": 0,
        }
    ]

    def twice(client: Any, method: str, path: str, **kwargs: Any) -> list[dict[str, Any]]:
        for _ in range(2):
            assert client.request(method, path, **kwargs).status_code in (200, 204)
        events: list[dict[str, Any]] = told()
        return events

    by_bob_on_post = {"post_id": "post", "user_id": "bob"}
    by_ada_on_post = {"post_id": "post", "author_id": "ada"}
    path = f"posts/{post_id}"
    assert [
        twice(by_bob, "put", f"{path}/view"),
        twice(by_bob, "put", f"{path}/reaction", json={"kind": "like"}),
        twice(by_bob, "put", f"{path}/reaction", json={"kind": "wow"}),
        twice(by_bob, "delete", f"{path}/reaction"),
        twice(by_bob, "put", f"{path}/save"),
        twice(by_bob, "delete", f"{path}/save"),
        twice(by_ada, "put", f"{path}/pin"),
        twice(by_ada, "delete", f"{path}/pin"),
        twice(by_ada, "patch", path, json={"text": "Hello!"}),
    ] == [
        [{"event": "post.viewed", **by_bob_on_post}],
        [{"event": "reaction.added", **by_bob_on_post, "author_id": "ada", "kind": "like", "replaced": None}],
        [
            {
                "event": "reaction.added",
                **by_bob_on_post,
                "author_id": "ada",
                "kind": "wow",
                "replaced": "like",
            }
        ],
        [{"event": "reaction.removed", **by_bob_on_post, "kind": "wow"}],
        [{"event": "post.saved", **by_bob_on_post}],
        [{"event": "post.unsaved", **by_bob_on_post}],
        [{"event": "post.pinned", **by_ada_on_post}],
        [{"event": "post.unpinned", **by_ada_on_post}],
        [{"event": "post.edited", **by_ada_on_post, "version": 2}],
    ]

    by_ada.delete(path)
    assert told() == [{"event": "post.deleted", **by_ada_on_post}]


@pytest.mark.django_db(transaction=True)
def test_story_of_a_comment_is_told(api: Any, told: Any) -> None:
    ada, bob = make_user("ada"), make_user("bob")
    by_ada, by_bob = api(ada), api(bob)
    post_id = by_ada.post("posts", json={"text": "Hello"}).json()["id"]
    told(ada=str(ada.pk), bob=str(bob.pk), post=post_id)

    comment_id = by_bob.post(f"posts/{post_id}/comments", json={"text": "a"}).json()["id"]
    body = {"text": "b", "parent_id": comment_id}
    reply_id = by_ada.post(f"posts/{post_id}/comments", json=body).json()["id"]
    added = {"event": "comment.added", "post_id": "post", "post_author_id": "ada"}
    assert told(comment=comment_id, reply=reply_id) == [
        {**added, "comment_id": "comment", "author_id": "bob", "parent_id": None},
        {**added, "comment_id": "reply", "author_id": "ada", "parent_id": "comment"},
    ]

    path = f"comments/{comment_id}"
    for client, method, where, json in (
        (by_ada, "put", "/reaction", {"kind": "like"}),
        (by_ada, "put", "/reaction", {"kind": "haha"}),
        (by_ada, "delete", "/reaction", None),
        (by_ada, "put", "/hide", None),
        (by_ada, "delete", "/hide", None),
        (by_bob, "patch", "", {"text": "c"}),
    ):
        for _ in range(2):
            assert client.request(method, path + where, json=json).status_code == 200
    by_bob.delete(path)

    it, by_bob_on_post = {"comment_id": "comment"}, {"post_id": "post", "author_id": "bob"}
    reacted = {"event": "comment_reaction.added", **it, "author_id": "bob", "user_id": "ada"}
    assert told() == [
        {**reacted, "kind": "like", "replaced": None},
        {**reacted, "kind": "haha", "replaced": "like"},
        {"event": "comment_reaction.removed", **it, "user_id": "ada", "kind": "haha"},
        {"event": "comment.hidden", **it, "post_id": "post"},
        {"event": "comment.unhidden", **it, "post_id": "post"},
        {"event": "comment.edited", **it, **by_bob_on_post},
        {"event": "comment.deleted", **it, **by_bob_on_post, "reply_count": 1},
    ]


def test_refused_actions_are_not_told(api: Any, told: Any, db: None) -> None:
    ada = api(make_user("ada"))
    assert ada.post("posts", json={"text": ""}).status_code == 422
    assert told() == []


@pytest.mark.django_db(transaction=True)
def test_story_of_a_story_is_told(api: Any, told: Any) -> None:
    ada, bob = make_user("ada"), make_user("bob")
    told(ada=str(ada.pk), bob=str(bob.pk))
    by_ada, by_bob = api(ada), api(bob)

    def twice(client: Any, method: str, path: str, **kwargs: Any) -> list[dict[str, Any]]:
        for _ in range(2):
            client.request(method, path, **kwargs)
        events: list[dict[str, Any]] = told()
        return events

    story_id = by_ada.post("stories", json={"text": "Up!"}).json()["id"]
    shelf_id = by_ada.post("highlights", json={"title": "Days"}).json()["id"]
    story = {"story_id": "story"}
    assert told(story=story_id, shelf=shelf_id) == [
        {
            "event": "story.published",
            **story,
            "author_id": "ada",
            "shown_to": "everyone",
            "has_media": False,
        },
        {"event": "highlight.created", "highlight_id": "shelf", "owner_id": "ada"},
    ]
    path = f"stories/{story_id}"
    assert twice(by_bob, "put", f"{path}/view") == [{"event": "story.viewed", **story, "user_id": "bob"}]
    assert twice(by_bob, "put", f"{path}/reaction", json={"kind": "love"}) == [
        {
            "event": "story_reaction.added",
            **story,
            "author_id": "ada",
            "user_id": "bob",
            "kind": "love",
            "replaced": None,
        }
    ]
    assert twice(by_bob, "delete", f"{path}/reaction") == [
        {"event": "story_reaction.removed", **story, "user_id": "bob", "kind": "love"}
    ]
    on_shelf = {**story, "highlight_id": "shelf"}
    place = f"highlights/{shelf_id}/stories/{story_id}"
    assert twice(by_ada, "put", place) == [{"event": "story.highlighted", **on_shelf}]
    assert twice(by_ada, "delete", place) == [{"event": "story.unhighlighted", **on_shelf}]
    friend = {"user_id": "ada", "friend_id": "bob"}
    assert twice(by_ada, "put", f"me/close-friends/{bob.pk}") == [{"event": "close_friend.added", **friend}]
    assert twice(by_ada, "delete", f"me/close-friends/{bob.pk}") == [
        {"event": "close_friend.removed", **friend}
    ]
    assert twice(by_ada, "delete", path) == [{"event": "story.deleted", **story, "author_id": "ada"}]
