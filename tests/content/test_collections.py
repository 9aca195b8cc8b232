"""Collections of posts, and following them."""

from typing import Any

import pytest

from accounts.models import User
from content.actions import collections as acts
from content.actions.collections import follow_collection, unfollow_collection
from content.models import Collection, CollectionFollow, CollectionItem
from grover.core.viewers import on_behalf_of
from tests.content.costs import cost_of
from tests.content.people import block, follow
from tests.content.test_lists import texts
from tests.content.test_posts import problem, refused_at
from tests.factories.accounts import make_user
from tests.factories.content import make_collection, make_post
from tests.races import run_parallel


def titles(response: Any) -> list[str]:
    assert response.status_code == 200
    return [card["title"] for card in response.json()["results"]]


def test_collection_is_begun_private(api: Any, ada: User) -> None:
    response = api(ada).post("collections", json={"title": " Looms "})
    card = response.json()
    assert response.status_code == 201
    assert response["Location"] == f"/api/v1/collections/{card['id']}"
    assert {name: card[name] for name in ("title", "description", "is_public", "posts", "followers")} == {
        "title": "Looms",
        "description": "",
        "is_public": False,
        "posts": 0,
        "followers": 0,
    }
    assert problem(api().get(f"collections/{card['id']}")) == (404, "not_found")


@pytest.mark.parametrize(
    ("body", "refused"),
    [
        ({}, [("/title", "required")]),
        ({"title": ""}, [("/title", "blank")]),
        ({"title": "x" * 101}, [("/title", "max_length")]),
        ({"title": "x", "description": "x" * 501}, [("/description", "max_length")]),
        ({"title": "x", "is_public": "yes"}, [("/is_public", "invalid")]),
        ({"title": "x", "owner": 1}, [("/owner", "unknown")]),
    ],
)
def test_malformed_collection_is_refused(api: Any, ada: User, body: Any, refused: Any) -> None:
    assert refused_at(api(ada).post("collections", json=body)) == refused
    assert not Collection.objects.exists()


def test_collection_is_edited_and_deleted_by_its_owner(api: Any, ada: User, bob: User) -> None:
    post = make_post(bob)
    collection = make_collection(ada, post, is_public=True)
    path = f"collections/{collection.pk}"
    for method in ("patch", "delete"):
        refused = api(bob).request(method, path, json={"title": "x"} if method == "patch" else None)
        assert problem(refused) == (403, "not_your_collection")

    etag = api(ada).get(path)["ETag"]
    assert api(ada).patch(path, json={"title": "New"}, **{"If-Match": etag}).json()["title"] == "New"
    stale = api(ada).patch(path, json={"title": "Newer"}, **{"If-Match": etag})
    assert problem(stale) == (412, "precondition_failed")
    assert api(ada).delete(path).status_code == 204
    assert problem(api(ada).get(path)) == (404, "not_found")
    assert not CollectionItem.objects.exists()
    assert api().get(f"posts/{post.pk}").status_code == 200


def test_posts_are_put_in_once_and_taken_out(api: Any, ada: User, bob: User) -> None:
    first, second = make_post(bob, text="first"), make_post(bob, text="second")
    collection = make_collection(ada)
    path = f"collections/{collection.pk}/posts"
    for post in (second, first, second):
        assert api(ada).put(f"{path}/{post.pk}").status_code == 200
    assert texts(api(ada).get(path)) == ["first", "second"]
    assert problem(api(bob).put(f"{path}/{first.pk}")) == (404, "not_found")

    for _ in range(2):
        assert api(ada).delete(f"{path}/{first.pk}").json()["posts"] == 1
    hidden = make_post(bob, visibility="private")
    assert problem(api(ada).put(f"{path}/{hidden.pk}")) == (404, "not_found")


def test_collection_shows_its_reader_what_they_may_see(api: Any, ada: User, bob: User, eve: User) -> None:
    follow(bob, ada)
    posts = [make_post(ada, text=text, visibility=text) for text in ("public", "followers", "private")]
    collection = make_collection(ada, *posts, is_public=True)
    path = f"collections/{collection.pk}/posts"
    assert texts(api(ada).get(path)) == ["private", "followers", "public"]
    assert texts(api(bob).get(path)) == ["followers", "public"]
    assert texts(api().get(path)) == ["public"]
    block(ada, eve)
    assert problem(api(eve).get(path)) == (404, "not_found")


@pytest.mark.django_db(transaction=True)
def test_deleted_post_leaves_collections(api: Any) -> None:
    ada = make_user("ada")
    post = make_post(ada)
    collection = make_collection(ada, post)
    api(ada).delete(f"posts/{post.pk}")
    assert api(ada).get(f"collections/{collection.pk}").json()["posts"] == 0


def test_full_collection_takes_no_more(api: Any, ada: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(acts, "MOST_POSTS", 2)
    monkeypatch.setattr(acts, "MOST_COLLECTIONS", 1)
    collection = make_collection(ada, make_post(ada), make_post(ada))
    refused = api(ada).put(f"collections/{collection.pk}/posts/{make_post(ada).pk}")
    assert problem(refused) == (409, "collection_full")
    assert problem(api(ada).post("collections", json={"title": "x"})) == (409, "too_many_collections")


def test_collections_of_people_are_listed(api: Any, ada: User, bob: User) -> None:
    make_collection(ada, title="private")
    make_collection(ada, title="public", is_public=True)
    assert titles(api(ada).get("collections")) == ["public", "private"]
    assert titles(api(ada).get("users/@ada/collections")) == ["public", "private"]
    assert titles(api(bob).get("users/@ada/collections")) == ["public"]
    User.objects.filter(pk=ada.pk).update(is_private=True)
    assert titles(api(bob).get("users/@ada/collections")) == []
    block(ada, bob)
    assert problem(api(bob).get("users/@ada/collections")) == (404, "not_found")


def test_collection_is_followed_once(api: Any, ada: User, bob: User) -> None:
    collection = make_collection(ada, is_public=True)
    for following, method in ((True, "put"), (True, "put"), (False, "delete"), (False, "delete")):
        card = api(bob).request(method, f"collections/{collection.pk}/follow").json()
        assert (card["following"], card["followers"]) == (following, int(following))
    secret = make_collection(ada)
    assert problem(api(bob).put(f"collections/{secret.pk}/follow")) == (404, "not_found")


@pytest.mark.django_db(transaction=True)
def test_followers_are_counted_exactly() -> None:
    collection = make_collection(make_user(), is_public=True)
    people = [on_behalf_of(make_user().pk) for _ in range(20)]

    def act(number: int) -> None:
        follow_collection(people[number], collection_id=collection.pk)
        if number % 2:
            unfollow_collection(people[number], collection_id=collection.pk)

    assert [result for result in run_parallel(20, act) if result is not None] == []
    collection.refresh_from_db()
    assert collection.follower_count == CollectionFollow.objects.count() == 10


@pytest.mark.parametrize("path", ["collections", "users/@ada/collections", "collections/{one}/posts"])
def test_lists_cost_the_same_however_many(api: Any, ada: User, bob: User, path: str) -> None:
    collection = make_collection(ada, is_public=True)
    client = api(ada)

    def add() -> None:
        post = make_post(make_user())
        CollectionItem.objects.create(collection=collection, post=post)
        make_collection(ada, post, is_public=True)

    add()
    one = cost_of(client, path.format(one=collection.pk))
    add()
    add()
    assert cost_of(client, path.format(one=collection.pk)) == one
