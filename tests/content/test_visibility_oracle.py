"""Every road to a post gives the same answer as a slow, obvious oracle, in random worlds."""

from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings
from hypothesis import HealthCheck, Phase, given
from hypothesis import settings as hypothesis_settings

from accounts.models import User
from content.actions.indexing import reindex
from content.models import Category, Collection, Post, Tag
from grover.core import caching
from grover.core.viewers import ANONYMOUS
from grover.media.models import Media
from payments.models import Entitlement
from tests.conftest import ApiClient, sign_in
from tests.content.worlds import PEOPLE, PREVIEW, World, build, worlds

WORLDS = 20 if "sqlite3" in settings.DATABASES["default"]["ENGINE"] else 5


def empty_the_world() -> None:
    Post.objects.all().delete()
    Media.objects.all().delete()
    Tag.objects.all().delete()
    Category.objects.get_or_create(slug="art", defaults={"name": "Art"})
    User.objects.all().delete()
    Entitlement.objects.all().delete()
    caching.forget_everything()


def client_of(world: World, viewer: int | None) -> ApiClient:
    if viewer is None:
        return ApiClient(ANONYMOUS, None)
    return ApiClient(*sign_in(world.people[viewer]))


def ids(response: Any) -> list[str]:
    assert response.status_code == 200
    return [item["id"] for item in response.json()["results"]]


@pytest.mark.django_db
@hypothesis_settings(
    max_examples=WORLDS,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    phases=[Phase.explicit, Phase.reuse, Phase.generate],  # shrinking takes longer than reading a world
)
@given(world=worlds())
def test_every_road_to_a_post_agrees_with_the_oracle(world: World) -> None:
    empty_the_world()
    build(world)
    reindex()
    viewers = [None, *(number for number in range(PEOPLE) if number not in world.suspended)]

    for viewer in viewers:
        client = client_of(world, viewer)
        _check_single_posts(world, viewer, client)
        _check_profiles(world, viewer, client)
        if viewer is not None:
            expected = [str(world.rows[post].pk) for post in world.feed_of(viewer)]
            feed = client.get("feed")
            assert ids(feed) == expected
            _check_locks(world, viewer, feed.json()["results"])
            saved = {str(row.pk) for number, row in enumerate(world.rows) if world.sees(viewer, number)}
            assert set(ids(client.get("me/saved"))) == saved
            mentions = client.get("me/mentions").json()["results"]
            assert {mention["post"]["id"] for mention in mentions} == saved
            _check_locks(world, viewer, [mention["post"] for mention in mentions])
        tagged = [str(world.rows[post].pk) for post in world.tagged_for(viewer)]
        assert ids(client.get("tags/here/posts")) == tagged
        shelf = client.get("categories/art/posts")
        assert ids(shelf) == [str(world.rows[post].pk) for post in world.shelf_of(viewer)]
        _check_locks(world, viewer, shelf.json()["results"])
        _check_collections(world, viewer, client)
        _check_search(world, viewer, client)


def _check_search(world: World, viewer: int | None, client: ApiClient) -> None:
    """Find all posts by what stands in previews, too; by what does not, those that are not for payers."""
    by_all = client.get(f"search?q={PREVIEW}&type=posts").json()["results"]
    by_text = client.get("search?q=hello&type=posts").json()["results"]
    expected = world.found_by(viewer)
    assert {item["post"]["id"] for item in by_all} == {str(world.rows[post].pk) for post in expected}
    assert {item["post"]["id"] for item in by_text} == {
        str(world.rows[post].pk) for post in expected if not world.is_for_payers(post)
    }
    _check_locks(world, viewer, [item["post"] for item in by_all])


def _check_locks(world: World, viewer: int | None, cards: list[dict[str, Any]]) -> None:
    numbers = {str(row.pk): number for number, row in enumerate(world.rows)}
    for card in cards:
        is_locked = world.is_locked(viewer, numbers[card["id"]])
        shown = (card["is_locked"], "Hello" in str(card), len(card["media"]), len(card["preview_media"]))
        assert shown == ((True, False, 0, 1) if is_locked else (False, True, 1, 0))


def _check_single_posts(world: World, viewer: int | None, client: ApiClient) -> None:
    for number, row in enumerate(world.rows):
        expected = 200 if world.sees(viewer, number) else 404
        roads: dict[str, Callable[[], Any]] = {
            "detail": lambda row=row: client.get(f"posts/{row.pk}"),
            "reactions": lambda row=row: client.get(f"posts/{row.pk}/reactions"),
            "reposts": lambda row=row: client.get(f"posts/{row.pk}/reposts"),
            "quotes": lambda row=row: client.get(f"posts/{row.pk}/quotes"),
        }
        if viewer is not None:
            roads["reacting"] = lambda row=row: client.put(f"posts/{row.pk}/reaction", json={"kind": "like"})
            roads["viewing"] = lambda row=row: client.put(f"posts/{row.pk}/view")
        statuses = {road: go().status_code for road, go in roads.items()}
        answered = {road: 200 if status in (200, 204) else status for road, status in statuses.items()}
        assert answered == dict.fromkeys(roads, expected)
        read = 200 if world.reads(viewer, number) else 403 if expected == 200 else 404
        for what in ("comments", "history"):
            assert client.get(f"posts/{row.pk}/{what}").status_code == read
        if expected == 200:
            _check_locks(world, viewer, [client.get(f"posts/{row.pk}").json()])
        picture = client.get(f"/media/{row.media_ids[0]}/200.webp")
        assert picture.status_code == (200 if world.may_fetch_files(viewer, number) else 404)


def _check_collections(world: World, viewer: int | None, client: ApiClient) -> None:
    seen = {str(row.pk) for number, row in enumerate(world.rows) if world.sees(viewer, number)}
    for row in Collection.objects.select_related("owner"):
        owner = world.people.index(row.owner)
        response = client.get(f"collections/{row.pk}/posts")
        if world.may_look_at(viewer, owner):
            assert set(ids(response)) == seen
            _check_locks(world, viewer, response.json()["results"])
        else:
            assert response.status_code == 404


def _check_profiles(world: World, viewer: int | None, client: ApiClient) -> None:
    for author, person in enumerate(world.people):
        is_hidden = author in world.suspended or {(viewer, author), (author, viewer)} & world.blocks
        for road in ("posts", "media"):
            response = client.get(f"users/@{person.username}/{road}")
            if is_hidden:
                assert response.status_code == 404
            else:
                expected = [
                    str(world.rows[number].pk)
                    for number in reversed(range(len(world.posts)))
                    if world.posts[number][0] == author and world.sees(viewer, number)
                ]
                assert ids(response) == expected
                _check_locks(world, viewer, response.json()["results"])
