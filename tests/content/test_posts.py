"""Publishing, reading, editing, deleting, pinning and viewing posts."""

import datetime as dt
import uuid
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import User
from content.actions.views import view_post
from content.models import (
    Comment,
    CommentReaction,
    PinnedPost,
    Post,
    PostReaction,
    PostRevision,
    PostView,
    SavedPost,
)
from grover.core.viewers import Viewer
from grover.media.enums import MediaAccess, MediaKind, MediaState
from grover.media.models import Media
from tests.content.people import block, follow, suspend
from tests.factories.accounts import make_user
from tests.factories.content import (
    counts_of,
    make_comment,
    make_post,
    make_revision,
    pin,
    react,
    save,
    view,
)


def make_image(owner: User, **fields: Any) -> Media:
    """Make an upload that hangs on nothing yet."""
    fields.setdefault("state", MediaState.READY)
    return Media.objects.create(
        owner_id=owner.pk,
        kind=MediaKind.IMAGE,
        content_type="image/webp",
        file_name=f"{uuid.uuid4()}/original.webp",
        size=1,
        **fields,
    )


def problem(response: Any) -> tuple[int, str]:
    """Give the status and code of a refusal."""
    return response.status_code, response.json()["code"]


def refused_at(response: Any) -> list[tuple[str, str]]:
    """Give where and why a body was refused."""
    assert problem(response) == (422, "invalid")
    return [(error["pointer"], error["code"]) for error in response.json()["errors"]]


# --- Publishing --------------------------------------------------------------------------------


def test_post_is_published(api: Any, ada: User) -> None:
    response = api(ada).post("posts", json={"text": "Hello, wörld 👋🏽"})

    card = response.json()
    assert response.status_code == 201
    assert response["Location"] == f"/api/v1/posts/{card['id']}"
    assert dt.datetime.fromisoformat(card.pop("created_at")) <= timezone.now()
    assert card == {
        "id": card["id"],
        "author": {
            "id": str(ada.pk),
            "username": "ada",
            "display_name": ada.display_name,
            "avatar_url": None,
            "is_verified": False,
        },
        "state": "published",
        "failure": None,
        "publish_at": None,
        "text": "Hello, wörld 👋🏽",
        "entities": [],
        "media": [],
        "poll": None,
        "quote_of": None,
        "quoted": None,
        "reposted_by": [],
        "visibility": "public",
        "is_locked": False,
        "price": None,
        "preview": "",
        "preview_media": [],
        "content_warning": "",
        "reply_policy": "everyone",
        "community_id": None,
        "category": None,
        "location": None,
        "is_pinned": False,
        "edited_at": None,
        "counts": {
            "reactions": 0,
            "by_reaction": {},
            "comments": 0,
            "reposts": 0,
            "quotes": 0,
            "saves": 0,
            "views": 0,
        },
        "viewer": {"reaction": None, "saved": False, "reposted": False},
    }
    ada.refresh_from_db()
    assert ada.post_count == 1


def test_post_shows_uploads_in_the_order_given(api: Any, ada: User) -> None:
    first, second = make_image(ada), make_image(ada)

    response = api(ada).post("posts", json={"media_ids": [str(second.pk), str(first.pk)]})

    assert response.status_code == 201
    assert [card["id"] for card in response.json()["media"]] == [str(second.pk), str(first.pk)]
    row = Post.objects.get()
    assert (row.text, row.has_image) == ("", True)
    first.refresh_from_db()
    assert (first.attached_to, first.access) == (f"post:{row.pk}", MediaAccess.PUBLIC)


@pytest.mark.parametrize(
    ("visibility", "is_private", "access"),
    [
        ("public", False, MediaAccess.PUBLIC),
        ("followers", False, MediaAccess.RESTRICTED),
        ("private", False, MediaAccess.RESTRICTED),
        ("public", True, MediaAccess.RESTRICTED),
    ],
)
def test_post_restricts_its_uploads(api: Any, visibility: str, is_private: bool, access: str) -> None:
    author = make_user("author", is_private=is_private)
    image = make_image(author)

    body = {"media_ids": [str(image.pk)], "visibility": visibility}
    assert api(author).post("posts", json=body).status_code == 201

    image.refresh_from_db()
    assert image.access == access


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({}, [("/text", "required")]),
        ({"text": ""}, [("/text", "required")]),
        ({"text": "   "}, [("/text", "required")]),
        ({"text": "x" * 10_001}, [("/text", "max_length")]),
        ({"text": None}, [("/text", "null")]),
        ({"text": 5}, [("/text", "invalid")]),
        ({"text": "a\0b"}, [("/text", "null_characters")]),
        ({"text": "a", "mood": "fine"}, [("/mood", "unknown")]),
        ({"text": "a", "visibility": "secret"}, [("/visibility", "invalid_choice")]),
        ({"text": "a", "reply_policy": "friends"}, [("/reply_policy", "invalid_choice")]),
        ({"text": "a", "content_warning": "x" * 201}, [("/content_warning", "max_length")]),
        ({"text": "a", "media_ids": "x"}, [("/media_ids", "not_a_list")]),
        ({"text": "a", "media_ids": ["x"]}, [("/media_ids/0", "invalid")]),
        ({"text": "a", "media_ids": [str(uuid.uuid4()) for _ in range(11)]}, [("/media_ids", "max_length")]),
        ({"text": "a", "media_ids": [str(uuid.UUID(int=1))] * 2}, [("/media_ids", "not_distinct")]),
    ],
)
def test_post_with_a_wrong_value_is_refused(api: Any, ada: User, body: Any, expected: Any) -> None:
    assert refused_at(api(ada).post("posts", json=body)) == expected
    assert not Post.objects.exists()


def test_post_takes_texts_of_the_largest_size(api: Any, ada: User) -> None:
    body = {"text": "🙂" * 10_000, "content_warning": "ß" * 200, "visibility": "private"}

    card = api(ada).post("posts", json=body).json()

    assert {name: card[name] for name in body} == body


def test_post_with_an_upload_that_is_not_free_is_refused_whole(api: Any, ada: User, bob: User) -> None:
    mine, theirs = make_image(ada), make_image(bob)
    used = make_image(ada, attached_to="post:other")

    for image in (theirs, used):
        body = {"text": "a", "media_ids": [str(mine.pk), str(image.pk)]}
        assert [pointer for pointer, _ in refused_at(api(ada).post("posts", json=body))] == ["/media_ids/1"]

    mine.refresh_from_db()
    ada.refresh_from_db()
    assert (mine.attached_to, ada.post_count, Post.objects.count()) == ("", 0, 0)


def test_publishing_needs_a_sign_in(api: Any) -> None:
    assert problem(api().post("posts", json={"text": "a"})) == (401, "not_signed_in")


# --- Reading -----------------------------------------------------------------------------------


def test_public_post_is_read_by_anyone(api: Any, post: Post, bob: User) -> None:
    for client in (api(), api(bob)):
        response = client.get(f"posts/{post.pk}")
        assert response.status_code == 200
        assert response.json()["text"] == "Hello, world."


def test_post_is_hidden_from_those_it_is_not_for(api: Any, ada: User, bob: User, eve: User) -> None:
    follow(bob, ada)
    for_followers, private = make_post(ada, visibility="followers"), make_post(ada, visibility="private")

    statuses = {
        name: [client.get(f"posts/{row.pk}").status_code for row in (for_followers, private)]
        for name, client in {"ada": api(ada), "bob": api(bob), "eve": api(eve), "nobody": api()}.items()
    }

    assert statuses == {
        "ada": [200, 200],
        "bob": [200, 404],
        "eve": [404, 404],
        "nobody": [404, 404],
    }


def test_post_is_hidden_across_a_block_and_of_the_suspended(
    api: Any, post: Post, ada: User, bob: User, eve: User
) -> None:
    block(bob, ada)
    block(ada, eve)
    assert [api(user).get(f"posts/{post.pk}").status_code for user in (bob, eve)] == [404, 404]

    suspend(ada)
    assert api().get(f"posts/{post.pk}").status_code == 404


@pytest.mark.parametrize(
    "post_id",
    ["x", "1", "00000000-0000-0000-0000-00000000000", "01980f7e-8a3b-7c41-9d2e-5b6f7a8c9d0e", "%20"],
)
def test_unknown_post_is_not_found(api: Any, ada: User, post_id: str) -> None:
    client = api(ada)
    for method, path, body in (
        ("get", "", None),
        ("patch", "", {}),
        ("delete", "", None),
        ("get", "/history", None),
        ("put", "/pin", None),
        ("delete", "/pin", None),
        ("put", "/reaction", {"kind": "like"}),
        ("delete", "/reaction", None),
        ("get", "/reactions", None),
        ("put", "/view", None),
        ("get", "/comments", None),
        ("post", "/comments", {"text": "a"}),
        ("put", "/save", None),
        ("delete", "/save", None),
    ):
        response = client.request(method, f"posts/{post_id}{path}", json=body)
        assert problem(response) == (404, "not_found"), (method, path)


def test_post_is_not_sent_again_while_it_is_the_same(api: Any, post: Post, bob: User) -> None:
    client = api(bob)
    etag = client.get(f"posts/{post.pk}")["ETag"]

    assert client.get(f"posts/{post.pk}", **{"If-None-Match": etag}).status_code == 304

    client.put(f"posts/{post.pk}/reaction", json={"kind": "like"})
    assert client.get(f"posts/{post.pk}", **{"If-None-Match": etag}).status_code == 200


# --- Editing -----------------------------------------------------------------------------------


def test_edit_keeps_what_the_post_said(api: Any, post: Post, ada: User) -> None:
    client = api(ada)
    first = client.patch(f"posts/{post.pk}", json={"text": "Second", "content_warning": "spiders"})
    client.patch(f"posts/{post.pk}", json={"text": "Third"})

    card = client.get(f"posts/{post.pk}").json()
    history = api().get(f"posts/{post.pk}/history").json()
    assert first.status_code == 200
    assert (first.json()["text"], first.json()["content_warning"]) == ("Second", "spiders")
    assert card["text"] == "Third"
    assert card["edited_at"] is not None
    assert [
        {name: entry[name] for name in ("version", "text", "content_warning")} for entry in history["results"]
    ] == [
        {"version": 2, "text": "Second", "content_warning": "spiders"},
        {"version": 1, "text": "Hello, world.", "content_warning": ""},
    ]
    assert history["next"] is None


def test_edit_of_the_audience_alone_is_no_new_wording(api: Any, ada: User) -> None:
    image = make_image(ada)
    post = make_post(ada, media=[image])
    client = api(ada)

    card = client.patch(f"posts/{post.pk}", json={"visibility": "followers", "reply_policy": "nobody"}).json()

    image.refresh_from_db()
    assert (card["visibility"], card["reply_policy"], card["edited_at"]) == ("followers", "nobody", None)
    assert image.access == MediaAccess.RESTRICTED
    assert not PostRevision.objects.exists()

    client.patch(f"posts/{post.pk}", json={"visibility": "public"})
    image.refresh_from_db()
    assert image.access == MediaAccess.PUBLIC


def test_edit_that_changes_nothing_leaves_no_trace(api: Any, post: Post, ada: User) -> None:
    for body in ({}, {"text": "Hello, world."}):
        response = api(ada).patch(f"posts/{post.pk}", json=body)
        assert (response.status_code, response.json()["edited_at"]) == (200, None)
    post.refresh_from_db()
    assert (post.version, PostRevision.objects.count()) == (1, 0)


def test_edit_may_empty_the_text_only_beside_uploads(api: Any, ada: User, post: Post) -> None:
    with_image = make_post(ada, media=[make_image(ada)])
    client = api(ada)

    assert refused_at(client.patch(f"posts/{post.pk}", json={"text": ""})) == [("/text", "required")]
    assert client.patch(f"posts/{with_image.pk}", json={"text": ""}).json()["text"] == ""


@pytest.mark.parametrize("name", ["media_ids", "poll", "quote_of", "publish_at", "state"])
def test_edit_does_not_take_what_is_settled(api: Any, ada: User, post: Post, name: str) -> None:
    value: Any = {"media_ids": [], "state": "draft"}.get(name)
    response = api(ada).patch(f"posts/{post.pk}", json={name: value})
    assert refused_at(response) == [(f"/{name}", "fixed")]


def test_edit_is_made_to_the_state_it_names_only(api: Any, ada: User, post: Post) -> None:
    client = api(ada)
    etag = client.get(f"posts/{post.pk}")["ETag"]

    first = client.patch(f"posts/{post.pk}", json={"text": "One"}, **{"If-Match": etag})
    second = client.patch(f"posts/{post.pk}", json={"text": "Two"}, **{"If-Match": etag})

    assert first.status_code == 200
    assert problem(second) == (412, "precondition_failed")
    assert client.get(f"posts/{post.pk}").json()["text"] == "One"


def test_edit_is_refused_to_others(api: Any, ada: User, bob: User, post: Post) -> None:
    hidden = make_post(ada, visibility="private")

    assert problem(api(bob).patch(f"posts/{post.pk}", json={"text": "b"})) == (403, "not_the_author")
    assert problem(api(bob).patch(f"posts/{hidden.pk}", json={"text": "b"})) == (404, "not_found")
    assert problem(api().patch(f"posts/{post.pk}", json={"text": "b"})) == (401, "not_signed_in")


def test_history_is_for_those_who_see_the_post(api: Any, ada: User, bob: User) -> None:
    post = make_post(ada, visibility="private")
    make_revision(post)

    assert api(ada).get(f"posts/{post.pk}/history").json()["results"][0]["text"] == "Helo, wrold."
    assert problem(api(bob).get(f"posts/{post.pk}/history")) == (404, "not_found")


# --- Deleting ----------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_delete_removes_all_that_hangs_on_the_post(api: Any) -> None:
    ada, bob = make_user("ada"), make_user("bob")
    post, other = make_post(ada, media=[make_image(ada)]), make_post(ada)
    for row in (post, other):
        comment = make_comment(row, bob)
        reply = make_comment(row, ada, parent=comment)
        react(reply, bob)
        react(row, bob)
        save(row, bob)
        view(row, bob)
        make_revision(row)
    pin(post)

    response = api(ada).delete(f"posts/{post.pk}")

    assert (response.status_code, response.content) == (204, b"")
    tables = (
        Post,
        Comment,
        CommentReaction,
        PostReaction,
        SavedPost,
        PostView,
        PostRevision,
        PinnedPost,
        Media,
    )
    assert [table._default_manager.count() for table in tables] == [1, 2, 1, 1, 1, 1, 1, 0, 0]
    ada.refresh_from_db()
    assert ada.post_count == 1
    assert problem(api(ada).delete(f"posts/{post.pk}")) == (404, "not_found")
    assert api(bob).get(f"posts/{other.pk}").status_code == 200


def test_delete_is_refused_to_others(api: Any, ada: User, bob: User, post: Post) -> None:
    hidden = make_post(ada, visibility="private")

    assert problem(api(bob).delete(f"posts/{post.pk}")) == (403, "not_the_author")
    assert problem(api(bob).delete(f"posts/{hidden.pk}")) == (404, "not_found")
    assert problem(api().delete(f"posts/{post.pk}")) == (401, "not_signed_in")
    assert Post.objects.count() == 2


# --- Pinning -----------------------------------------------------------------------------------


def test_pin_and_unpin(api: Any, ada: User, post: Post) -> None:
    client = api(ada)
    for method, is_pinned in (("put", True), ("put", True), ("delete", False), ("delete", False)):
        response = client.request(method, f"posts/{post.pk}/pin")
        assert (response.status_code, response.json()["is_pinned"]) == (200, is_pinned)
    assert not PinnedPost.objects.exists()


def test_fourth_pin_is_refused_until_one_is_free(api: Any, ada: User) -> None:
    client, posts = api(ada), [make_post(ada) for _ in range(4)]
    for post in posts[:3]:
        assert client.put(f"posts/{post.pk}/pin").status_code == 200

    assert problem(client.put(f"posts/{posts[3].pk}/pin")) == (409, "too_many_pins")
    client.delete(f"posts/{posts[1].pk}/pin")
    assert client.put(f"posts/{posts[3].pk}/pin").json()["is_pinned"] is True
    client.delete(f"posts/{posts[0].pk}")
    assert client.put(f"posts/{posts[1].pk}/pin").json()["is_pinned"] is True


def test_pin_is_refused_to_others(api: Any, ada: User, bob: User, post: Post) -> None:
    hidden = make_post(ada, visibility="private")
    for method in ("put", "delete"):
        assert problem(api(bob).request(method, f"posts/{post.pk}/pin")) == (403, "not_your_post")
        assert problem(api(bob).request(method, f"posts/{hidden.pk}/pin")) == (404, "not_found")
        assert problem(api().request(method, f"posts/{post.pk}/pin")) == (401, "not_signed_in")


# --- Views -------------------------------------------------------------------------------------


def test_view_counts_once_a_person_and_day(api: Any, post: Post, ada: User, bob: User) -> None:
    for user in (bob, bob, ada):
        response = api(user).put(f"posts/{post.pk}/view")
        assert (response.status_code, response.content) == (204, b"")
    view_post(Viewer(bob.pk, uuid.uuid4()), post_id=post.pk, now=timezone.now() + dt.timedelta(days=1))

    assert counts_of(post) == {"view_count": 3}
    assert api().get(f"posts/{post.pk}").json()["counts"]["views"] == 3


def test_view_of_a_hidden_post_is_refused(api: Any, ada: User, bob: User) -> None:
    post = make_post(ada, visibility="private")
    assert problem(api(bob).put(f"posts/{post.pk}/view")) == (404, "not_found")
    assert problem(api().put(f"posts/{post.pk}/view")) == (401, "not_signed_in")
    assert counts_of(post) == {}
