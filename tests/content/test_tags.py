"""Tags and mentions in texts, the pages of tags and categories, following tags."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.models import User
from content.actions.tags import follow_tag, unfollow_tag
from content.models import Category, Mention, Post, PostTag, Tag, TagFollow
from content.selectors.entities import tag_name
from grover.core.viewers import on_behalf_of
from tests.content.costs import cost_of
from tests.content.people import block, follow, mute
from tests.content.test_lists import texts
from tests.content.test_posts import problem, refused_at
from tests.factories.accounts import make_user
from tests.factories.content import make_comment, make_mention, make_post, make_tag
from tests.races import run_parallel


def publish(client: Any, text: str, **fields: Any) -> dict[str, Any]:
    """Publish a post over REST."""
    response = client.post("posts", json={"text": text, **fields})
    assert response.status_code == 201, response.json()
    card: dict[str, Any] = response.json()
    return card


def tags_of(card: dict[str, Any]) -> list[str]:
    return [entity["tag"] for entity in card["entities"] if entity["kind"] == "tag"]


# --- In texts ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "tags"),
    [
        ("#Art and #ART, #art!", ["art", "art", "art"]),
        ("(#one)#two ##three x#four", ["one", "two"]),
        ("#2026 #2026a # #_", ["2026a", "_"]),
        ("#Straße #\uff26\uff35\uff2c\uff2c #été", ["strasse", "full", "été"]),
        ("#नमस्ते #日本", ["नमस्ते", "日本"]),
        ("https://example.com/#top &#39;", []),
        ("#" + "x" * 51, []),
        (" ".join(f"#t{number}" for number in range(40)), [f"t{number}" for number in range(30)]),
    ],
)
def test_tags_are_found_in_texts(api: Any, ada: User, text: str, tags: list[str]) -> None:
    assert tags_of(publish(api(ada), text)) == tags


def test_entities_say_where_they_stand(api: Any, ada: User, bob: User) -> None:
    text = "👋🏽 @bob, see #Art and @nobody"
    card = publish(api(ada), text)

    found = [(text[one["start"] : one["end"]], one["tag"], one["user_id"]) for one in card["entities"]]

    assert found == [("@bob", None, str(bob.pk)), ("#Art", "art", None)]


def test_comments_have_entities_too(api: Any, ada: User, bob: User) -> None:
    post = make_post(ada)
    path = f"posts/{post.pk}/comments"
    comment = api(bob).post(path, json={"text": "Hm @ada #art"}).json()
    assert [(one["kind"], one["start"]) for one in comment["entities"]] == [("mention", 3), ("tag", 8)]

    edited = api(bob).patch(f"comments/{comment['id']}", json={"text": "Hm"}).json()
    assert edited["entities"] == []


@given(st.text())
def test_names_of_tags_are_stable(text: str) -> None:
    name = tag_name(text)
    assert name is None or tag_name(name) == name


# --- Their pages ---------------------------------------------------------------------------------


def test_tag_is_read_in_any_spelling(api: Any, ada: User) -> None:
    publish(api(ada), "#Art")
    expected = {"name": "art", "posts": 1, "followers": 0, "following": False}
    for spelling in ("art", "ART", "a%EF%BD%92t"):
        assert api().get(f"tags/{spelling}").json() == expected
    for unknown in ("nothing", "a%20b", "%23art", "x" * 51):
        assert problem(api().get(f"tags/{unknown}")) == (404, "not_found")
        assert problem(api().get(f"tags/{unknown}/posts")) == (404, "not_found")


def test_page_of_a_tag_has_what_everybody_may_see(api: Any, ada: User, bob: User, eve: User) -> None:
    hermit = make_user("hermit", is_private=True)
    follow(bob, hermit)
    for author, visibility in ((ada, "public"), (ada, "followers"), (ada, "private"), (hermit, "public")):
        publish(api(author), f"{author.username} {visibility} #art", visibility=visibility)
    publish(api(eve), "eve public #Art #art")

    assert texts(api(bob).get("tags/art/posts")) == ["eve public #Art #art", "ada public #art"]
    assert api().get("tags/art").json()["posts"] == 2
    mute(bob, ada)
    block(eve, bob)
    assert texts(api(bob).get("tags/art/posts")) == []
    assert texts(api().get("tags/art/posts?limit=1")) == ["eve public #Art #art"]


@pytest.mark.django_db(transaction=True)
def test_page_of_a_tag_follows_edits_privacy_and_deletion(api: Any, ada: User) -> None:
    client = api(ada)
    post_id = publish(client, "#art and #music")["id"]

    def listed() -> list[bool]:
        tags = ("art", "music", "film")
        known = [tag for tag in tags if api().get(f"tags/{tag}").status_code == 200]
        found = [bool(api().get(f"tags/{tag}/posts").json()["results"]) for tag in known]
        assert [api().get(f"tags/{tag}").json()["posts"] for tag in known] == list(map(int, found))
        return found

    assert listed() == [True, True]
    client.patch(f"posts/{post_id}", json={"text": "#film and #art"})
    assert listed() == [True, False, True]
    client.patch(f"posts/{post_id}", json={"visibility": "followers"})
    assert listed() == [False, False, False]
    client.patch(f"posts/{post_id}", json={"visibility": "public"})
    assert listed() == [True, False, True]
    client.patch("me/settings", json={"is_private": True})
    assert listed() == [False, False, False]
    client.patch("me/settings", json={"is_private": False})
    assert listed() == [True, False, True]
    client.delete(f"posts/{post_id}")
    assert listed() == [False, False, False]
    assert not PostTag.objects.exists()


def test_categories_are_listed_in_the_order_of_the_staff(api: Any) -> None:
    Category.objects.all().delete()
    for slug, position in (("b", 2), ("c", 1), ("a", 2)):
        Category.objects.create(slug=slug, name=slug.upper(), position=position)
    first = api().get("categories?limit=2").json()
    second = api().get(first["next"].removeprefix("http://testserver")).json()
    assert first["results"] == [{"slug": "c", "name": "C"}, {"slug": "a", "name": "A"}]
    assert second["results"] == [{"slug": "b", "name": "B"}]


def test_posts_of_a_category_are_listed(api: Any, ada: User) -> None:
    Category.objects.get_or_create(slug="art", defaults={"name": "Art"})
    card = publish(api(ada), "one", category="art")
    publish(api(ada), "two", category="art", visibility="followers")
    publish(api(ada), "three")

    assert card["category"] == "art"
    assert texts(api().get("categories/art/posts")) == ["one"]
    api(ada).patch(f"posts/{card['id']}", json={"category": ""})
    assert texts(api().get("categories/art/posts")) == []
    assert problem(api().get("categories/unknown/posts")) == (404, "not_found")
    refused = api(ada).post("posts", json={"text": "x", "category": "unknown"})
    assert refused_at(refused) == [("/category", "unknown")]


@pytest.mark.parametrize(
    ("location", "pointer"),
    [
        ({}, "/location/name"),
        ({"name": ""}, "/location/name"),
        ({"name": "x" * 101}, "/location/name"),
        ({"name": "x", "latitude": 91, "longitude": 0}, "/location/latitude"),
        ({"name": "x", "latitude": "1", "longitude": 0}, "/location/latitude"),
        ({"name": "x", "latitude": True, "longitude": 0}, "/location/latitude"),
        ({"name": "x", "latitude": 1}, "/location/longitude"),
        ("Paris", "/location"),
    ],
)
def test_malformed_place_is_refused(api: Any, ada: User, location: Any, pointer: str) -> None:
    post = make_post(ada)
    for response in (
        api(ada).post("posts", json={"text": "x", "location": location}),
        api(ada).patch(f"posts/{post.pk}", json={"location": location}),
    ):
        assert [where for where, _ in refused_at(response)] == [pointer]
    assert Post.objects.get().location is None


def test_place_is_shown(api: Any, ada: User) -> None:
    place = {"name": "Delft", "latitude": 52.01, "longitude": 4.36}
    assert publish(api(ada), "x", location=place)["location"] == place
    nowhere = {"name": "Home", "latitude": None, "longitude": None}
    card = publish(api(ada), "x", location={"name": "Home"})
    assert card["location"] == nowhere
    for change in (place, None, {"name": "Home"}):
        edited = api(ada).patch(f"posts/{card['id']}", json={"location": change}).json()
        assert edited["location"] == (nowhere if change == {"name": "Home"} else change)


# --- Following -----------------------------------------------------------------------------------


def test_tag_is_followed_once(api: Any, ada: User) -> None:
    make_tag("art")
    for following, method in ((True, "put"), (True, "put"), (False, "delete"), (False, "delete")):
        card = api(ada).request(method, "tags/ART/follow").json()
        assert (card["following"], card["followers"]) == (following, int(following))
    assert problem(api(ada).put("tags/unknown/follow")) == (404, "not_found")


@pytest.mark.django_db(transaction=True)
def test_followers_of_a_tag_are_counted_exactly() -> None:
    make_tag("art")
    people = [on_behalf_of(make_user().pk) for _ in range(20)]

    def act(number: int) -> None:
        follow_tag(people[number], text="art")
        follow_tag(people[number], text="Art")
        if number % 2:
            unfollow_tag(people[number], text="art")

    assert [result for result in run_parallel(20, act) if result is not None] == []
    assert Tag.objects.get().follower_count == TagFollow.objects.count() == 10


@pytest.mark.django_db(transaction=True)
def test_tag_that_many_bring_up_at_once_is_one(api: Any) -> None:
    clients = [api(make_user()) for _ in range(12)]

    results = run_parallel(12, lambda number: clients[number].post("posts", json={"text": "#new #tag"}))

    assert [response.status_code for response in results] == [201] * 12
    assert dict(Tag.objects.values_list("name", "post_count")) == {"new": 12, "tag": 12}


# --- Mentions ------------------------------------------------------------------------------------


def test_mentions_are_listed_last_first(api: Any, ada: User, bob: User) -> None:
    post_id = publish(api(ada), "Hello @bob")["id"]
    publish(api(ada), "Psst @bob", visibility="private")
    comment_id = api(ada).post(f"posts/{post_id}/comments", json={"text": "@bob?"}).json()["id"]

    found = api(bob).get("me/mentions").json()["results"]

    assert [(one["kind"], (one["post"] or one["comment"])["id"]) for one in found] == [
        ("comment", comment_id),
        ("post", post_id),
    ]
    api(ada).patch(f"posts/{post_id}", json={"text": "Hello"})
    api(ada).delete(f"comments/{comment_id}")
    assert api(bob).get("me/mentions").json()["results"] == []
    assert not Mention.objects.filter(comment__isnull=True).exclude(post__visibility="private").exists()


# --- What it costs -------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["tags/art/posts", "categories/art/posts", "me/mentions", "categories"])
def test_lists_cost_the_same_however_many(api: Any, ada: User, bob: User, path: str) -> None:
    Category.objects.all().delete()
    Category.objects.create(slug="art", name="Art")
    make_tag("art")
    client = api(bob)

    def add() -> None:
        post = make_post(make_user(), category="art", tags=["art"])
        make_mention(post, bob)
        make_mention(post, bob, make_comment(post, ada))
        Category.objects.create(slug=f"c{Category.objects.count()}", name="Another")

    add()
    one = cost_of(client, path)
    add()
    add()
    assert cost_of(client, path) == one
