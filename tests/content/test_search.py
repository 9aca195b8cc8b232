"""Searching people, tags and posts."""

import datetime as dt
import threading
from importlib import import_module
from typing import Any
from urllib.parse import quote

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import connection
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from accounts.actions.names import keep_name_words
from accounts.models import NameWord, User
from content.actions.indexing import index_post, reindex
from content.models import IndexedPost, Post, Tag
from content.policies.relevance import closeness, score
from content.selectors import search
from content.selectors.matches import Reader, post_index
from grover.core.words import words_of
from tests.content.costs import cost_of
from tests.content.people import block, follow, mute, suspend
from tests.content.test_posts import refused_at
from tests.factories.accounts import make_user
from tests.factories.content import make_community, make_post, make_tag
from tests.races import run_parallel

NOW = dt.datetime(2026, 11, 27, tzinfo=dt.UTC)


def found(client: Any, q: str, kind: str = "posts", **query: Any) -> list[str]:
    """Search, and give the texts or names of what is found."""
    more = "".join(f"&{name}={value}" for name, value in query.items())
    response = client.get(f"search?q={quote(q)}&type={kind}{more}")
    assert response.status_code == 200, response.json()
    return [_name(item) for item in response.json()["results"]]


def _name(item: dict[str, Any]) -> str:
    [thing] = [item[kind] for kind in ("user", "tag", "post") if item[kind] is not None]
    assert item[item["kind"]] is thing
    name: str = {"user": lambda: thing["user"]["username"], "tag": lambda: thing["name"]}.get(
        item["kind"], lambda: thing["text"]
    )()
    return name


def write(author: User, text: str, **fields: Any) -> Post:
    """Make a post that is in the index."""
    post = make_post(author, text=text, **fields)
    index_post(post.pk)
    return post


# --- Posts ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "q",
    [
        "loom",
        "LOOMS",
        "looming",
        "löom",
        "weaver loom",
        "loom the weavers",
        "\uff2c\uff2f\uff2f\uff2d",
        '"loom" -weavers*',
    ],
)
def test_posts_are_found_by_their_words_in_any_form(api: Any, ada: User, q: str) -> None:
    write(ada, "The weaver's loom: weavers weave.")
    write(ada, "Nothing of that kind")
    assert found(api(), q) == ["The weaver's loom: weavers weave."]


@pytest.mark.parametrize("q", ["loo", "loom missing", "the loom nothing", "oom"])
def test_posts_without_all_the_words_are_not_found(api: Any, ada: User, q: str) -> None:
    write(ada, "The loom")
    write(ada, "Nothing")
    assert found(api(), q) == []


def test_scripts_without_spaces_are_searched(api: Any, ada: User) -> None:
    write(ada, "今日は日本語のテストです")
    assert found(api(), "日本語") == ["今日は日本語のテストです"]
    assert found(api(), "猫") == []


def test_publishing_editing_and_deleting_is_followed(api: Any, ada: User) -> None:
    client = api(ada)
    card = client.post("posts", json={"text": "A red loom"}).json()
    assert found(api(), "red") == ["A red loom"]

    client.patch(f"posts/{card['id']}", json={"text": "A green loom"})
    assert (found(api(), "red"), found(api(), "green")) == ([], ["A green loom"])

    client.patch(f"posts/{card['id']}", json={"visibility": "private"})
    assert (found(api(), "green"), found(client, "green")) == ([], ["A green loom"])

    client.delete(f"posts/{card['id']}")
    assert found(client, "green") == []
    assert not IndexedPost.objects.exists()


def test_account_that_becomes_private_is_found_by_followers_alone(
    api: Any, ada: User, bob: User, eve: User
) -> None:
    follow(bob, ada)
    api(ada).post("posts", json={"text": "Of looms"})
    assert found(api(eve), "loom") == ["Of looms"]

    api(ada).patch("me/settings", json={"is_private": True})

    assert [found(client, "loom") for client in (api(), api(eve), api(bob), api(ada))] == [
        [],
        [],
        ["Of looms"],
        ["Of looms"],
    ]


def test_posts_for_members_are_found_by_members(api: Any, ada: User, bob: User, eve: User) -> None:
    community = make_community(ada, bob, is_private=True)
    write(ada, "loom", community_id=community.pk, members_only=True, is_listed=False)
    follow(eve, ada)
    assert [found(client, "loom") for client in (api(), api(eve), api(bob))] == [[], [], ["loom"]]


def test_nothing_is_found_across_a_block_or_mute_or_of_the_suspended(
    api: Any, ada: User, bob: User, eve: User
) -> None:
    write(ada, "loom")
    block(ada, bob)
    mute(eve, ada)
    assert [found(client, "loom") for client in (api(bob), api(eve), api())] == [[], [], ["loom"]]
    suspend(ada)
    assert found(api(), "loom") == []


def test_what_is_hidden_by_the_index_takes_no_place(
    api: Any, ada: User, bob: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Visibility is asked inside the query: newer posts of others do not keep older ones from being found."""
    monkeypatch.setattr(search, "RANKED_TOGETHER", 3)
    write(ada, "loom for all")
    for _ in range(65):
        write(bob, "loom of Bob's", visibility="private", is_listed=False)
    assert found(api(), "loom") == ["loom for all"]


def test_the_best_comes_first(api: Any, ada: User) -> None:
    texts = {
        "phrase": "a red loom",
        "liked": "a loom that is red, liked",
        "disliked": "a loom that is red, disliked",
        "long": "a loom that is red " + "and so on " * 20,
    }
    write(ada, texts["long"])
    write(ada, texts["disliked"], reaction_count=30, dislike_count=30)
    write(ada, texts["liked"], reaction_count=500)
    write(ada, texts["phrase"], reaction_count=5)
    expected = [texts[name].strip() for name in ("liked", "phrase", "disliked", "long")]
    assert [text.strip() for text in found(api(), "red loom")] == expected


def test_formula_is_that_of_the_page() -> None:
    words = words_of("red loom, red wool")
    assert closeness(words, ["red"]) == pytest.approx(2 * 2.2 / (2 + 1.2 * (0.25 + 0.75 * 4 / 30)))
    assert closeness(["red", "loom"], ["red", "loom"]) == 1 + closeness(["loom", "red"], ["red", "loom"])
    base = score(words, ["red"], 0, NOW)
    assert score(words, ["red"], 99, NOW) == pytest.approx(base + 2)
    assert score(words, ["red"], 0, NOW - dt.timedelta(days=30)) == pytest.approx(base - 1)


def test_pages_neither_repeat_nor_skip(api: Any, ada: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search, "RANKED_TOGETHER", 4)
    texts = [f"loom {number}" for number in range(11)]
    for number, text in enumerate(texts):
        write(ada, text, reaction_count=number * 7 % 5)
    path, seen = "search?q=loom&type=posts&limit=3", []
    while path:
        page = api().get(path).json()
        seen += [item["post"]["text"] for item in page["results"]]
        path = page["next"].removeprefix("http://testserver") if page["next"] else None
    assert sorted(seen) == sorted(texts)
    assert set(seen[:4]) == set(texts[-4:])  # the newest are ranked together


def test_what_was_kept_is_read_anew_once_it_changes(api: Any, ada: User, settled_at_once: None) -> None:
    write(ada, "loom one")
    assert found(api(), "loom") == ["loom one"]
    write(ada, "loom two")
    assert sorted(found(api(), "loom")) == ["loom one", "loom two"]


# --- People and tags -----------------------------------------------------------------------------


def test_people_are_found_by_the_beginnings_of_their_names(api: Any, bob: User) -> None:
    for username, name, followers in (
        ("ada", "Ada Lovelace", 1),
        ("adam", "", 9),
        ("countess", "Lady Åda King", 5),
        ("anna", "Anna", 7),
    ):
        person = make_user(username, display_name=name, follower_count=followers)
        keep_name_words(person.pk, name)

    assert found(api(bob), "ada", "users") == ["ada", "adam", "countess"]
    assert found(api(), "@ADA", "users") == ["ada", "adam", "countess"]
    assert found(api(), "king ad", "users") == ["countess"]
    assert found(api(), "love ki", "users") == []
    assert found(api(), "da", "users") == []
    assert found(api(), "a", "users", limit=2) == ["adam", "anna"]


def test_people_are_not_found_across_a_block_nor_when_gone(api: Any, ada: User, bob: User) -> None:
    block(ada, bob)
    assert (found(api(bob), "ada", "users"), found(api(), "ada", "users")) == ([], ["ada"])
    suspend(ada)
    assert found(api(), "ada", "users") == []


def test_a_new_name_is_found_and_the_old_one_is_not(api: Any, ada: User) -> None:
    api(ada).patch("me", json={"display_name": "Countess of Lovelace"})
    assert found(api(), "lovelace", "users") == ["ada"]
    api(ada).patch("me", json={"display_name": "Countess"})
    assert (found(api(), "lovelace", "users"), found(api(), "countess", "users")) == ([], ["ada"])
    assert NameWord.objects.count() == 1


def test_names_from_before_are_found(api: Any) -> None:
    make_user("ada", display_name="Ada Lovelace")
    import_module("accounts.migrations.0002_names").note_words(apps, None)
    assert found(api(), "lovelace", "users") == ["ada"]


def test_tags_are_found_by_their_beginning(api: Any) -> None:
    for name, posts in (("art", 1), ("artists", 9), ("artisan", 5), ("arts", 0), ("smart", 3)):
        make_tag(name)
        Tag.objects.filter(name=name).update(post_count=posts)
    assert found(api(), "#ART", "tags") == ["art", "artists", "artisan"]
    assert found(api(), "two words", "tags") == []


def test_all_kinds_are_found_together(api: Any, ada: User, bob: User) -> None:
    make_tag("adage")
    Tag.objects.update(post_count=1)
    for number in range(6):
        write(bob, f"Ada {number}")
    first = api().get("search?q=ada&limit=4").json()
    assert [_name(item) for item in first["results"]] == ["ada", "adage", "Ada 5", "Ada 4"]
    second = api().get(first["next"].removeprefix("http://testserver")).json()
    assert [_name(item) for item in second["results"]] == ["Ada 3", "Ada 2", "Ada 1", "Ada 0"]


# --- What is sent --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", [("/q", "required")]),
        ("q=", [("/q", "blank")]),
        ("q=%20", [("/q", "blank")]),
        ("q=" + "x" * 201, [("/q", "max_length")]),
        ("q=x&type=products", [("/type", "invalid_choice")]),
        ("q=x&sort=new", [("/sort", "unknown")]),
    ],
)
def test_wrong_queries_are_refused(api: Any, query: str, expected: list[tuple[str, str]]) -> None:
    assert refused_at(api().get(f"search?{query}")) == expected


@pytest.mark.parametrize(
    "q",
    [
        "!!!",
        "a OR b",
        "NEAR(a b)",
        "'; DROP TABLE content_post; --",
        "a & | ! ( ) <-> b",
        "*",
        '"',
        "{$ne: 1}",
        "%_%",
    ],
)
@pytest.mark.parametrize("kind", ["all", "users", "tags", "posts"])
def test_syntax_is_only_words(api: Any, ada: User, q: str, kind: str) -> None:
    write(ada, "unrelated")
    assert found(api(), q, kind) == []


@pytest.mark.django_db
@hypothesis_settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(q=st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=60).filter(str.strip))
def test_any_text_can_be_sought(api: Any, q: str) -> None:
    assert found(api(), q, "all") == []


# --- The index -----------------------------------------------------------------------------------


def test_reindex_mends_the_index_while_search_goes_on(api: Any, ada: User, capsys: Any) -> None:
    stale, missing, gone = (
        write(ada, "loom"),
        make_post(ada, text="a new loom"),
        write(ada, "loom of the past"),
    )
    Post.objects.filter(pk=stale.pk).update(text="loom, mended")
    Post.objects.filter(pk=gone.pk).delete()

    call_command("reindex")

    assert sorted(found(api(), "loom")) == ["a new loom", "loom, mended"]
    assert set(IndexedPost.objects.values_list("post_id", flat=True)) == {stale.pk, missing.pk}
    assert capsys.readouterr().out == "2 posts are indexed.\n"


def test_common_and_rare_words_are_found_alike(ada: User, monkeypatch: pytest.MonkeyPatch) -> None:
    """However few of the newest posts are looked through first, the answer is the same."""
    if connection.vendor == "postgresql":
        from content.selectors import matches_postgresql

        text = matches_postgresql._FIND.replace("LIMIT 20000", "LIMIT 2")
        monkeypatch.setattr(matches_postgresql, "_FIND", text)
    posts = [write(ada, f"common {'rare' if number in (0, 1) else ''}") for number in range(6)]
    ids = [post.pk for post in reversed(posts)]

    def newest(word: str, **part: Any) -> list[Any]:
        return [match.post_id for match in post_index().newest([word], Reader(), **part)]

    assert newest("common", before=None, limit=2) == ids[:2]
    assert newest("common", before=None, limit=10) == ids
    assert newest("rare", before=None, limit=10) == ids[-2:]
    assert newest("rare", before=ids[-2], limit=10) == ids[-1:]


@pytest.mark.django_db(transaction=True)
def test_the_last_wording_is_indexed_whoever_comes_last() -> None:
    post = make_post(make_user("ada"), text="wording 0")

    def act(number: int) -> None:
        Post.objects.filter(pk=post.pk).update(text=f"wording {number}")
        index_post(post.pk)

    assert run_parallel(8, act) == [None] * 8
    text = Post.objects.get(pk=post.pk).text
    assert IndexedPost.objects.get(pk=post.pk).words == words_of(text)


@pytest.mark.django_db(transaction=True)
def test_reindex_and_jobs_do_not_break_each_other(api: Any) -> None:
    ada = make_user("ada")
    posts = [make_post(ada, text=f"loom {number}") for number in range(20)]
    stop = threading.Event()

    def act(number: int) -> Any:
        if number == 0:
            try:
                return {reindex() for _ in range(3)}
            finally:
                stop.set()
        while not stop.is_set():
            index_post(posts[number].pk)
        return None

    assert run_parallel(3, act) == [{20}, None, None]
    assert IndexedPost.objects.count() == 20
    assert len(found(api(), "loom")) == 20


# --- What it costs -------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["all", "users", "tags", "posts"])
def test_search_costs_the_same_however_much_is_found(api: Any, kind: str, settled_at_once: None) -> None:
    client = api(make_user("reader"))

    def add(number: int) -> None:
        write(make_user(f"loom{number}"), "loom")
        make_tag(f"loom{number}")
        Tag.objects.update(post_count=1)

    add(1)
    one = cost_of(client, f"search?q=loom&type={kind}")
    add(2)
    add(3)
    assert cost_of(client, f"search?q=loom&type={kind}") == one
    assert one <= {"all": 11, "users": 4, "tags": 2, "posts": 7}[kind]
    assert cost_of(client, f"search?q=loom&type={kind}", cold=False) == 0
