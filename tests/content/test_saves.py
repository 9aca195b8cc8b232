"""Keeping posts for later."""

from typing import Any

from accounts.models import User
from content.models import Post, SavedPost
from tests.content.costs import cost_of
from tests.content.people import block
from tests.content.test_posts import problem
from tests.factories.accounts import make_user
from tests.factories.content import counts_of, make_post, save


def test_save_and_unsave(api: Any, post: Post, bob: User) -> None:
    client = api(bob)
    for method, saved in (("put", True), ("put", True), ("delete", False), ("delete", False)):
        response = client.request(method, f"posts/{post.pk}/save")
        card = response.json()
        assert response.status_code == 200
        assert (card["viewer"]["saved"], card["counts"]["saves"]) == (saved, int(saved))
    assert not SavedPost.objects.exists()


def test_save_is_seen_by_nobody_else(api: Any, post: Post, ada: User, bob: User) -> None:
    api(bob).put(f"posts/{post.pk}/save")

    assert api(ada).get(f"posts/{post.pk}").json()["viewer"] == {
        "reaction": None,
        "saved": False,
        "reposted": False,
    }
    assert api(ada).get("me/saved").json()["results"] == []


def test_save_of_a_hidden_post_is_refused(api: Any, ada: User, bob: User) -> None:
    post = make_post(ada, visibility="private")
    for method in ("put", "delete"):
        assert problem(api(bob).request(method, f"posts/{post.pk}/save")) == (404, "not_found")
        assert problem(api().request(method, f"posts/{post.pk}/save")) == (401, "not_signed_in")
    assert counts_of(post) == {}


def test_saved_posts_are_listed_last_saved_first(api: Any, ada: User, bob: User) -> None:
    posts = [make_post(ada, text=str(number)) for number in range(4)]
    for number in (2, 0, 3, 1):
        api(bob).put(f"posts/{posts[number].pk}/save")

    first = api(bob).get("me/saved?limit=3").json()
    second = api(bob).get(first["next"].removeprefix("http://testserver")).json()

    assert [card["text"] for card in first["results"]] == ["1", "3", "0"]
    assert first["results"][0]["viewer"] == {"reaction": None, "saved": True, "reposted": False}
    assert ([card["text"] for card in second["results"]], second["next"]) == (["2"], None)
    assert problem(api().get("me/saved")) == (401, "not_signed_in")


def test_saved_posts_that_are_hidden_by_now_leave_no_gap(api: Any, ada: User, bob: User, eve: User) -> None:
    kept = [make_post(ada, text=str(number)) for number in range(2)]
    for post in (kept[0], make_post(ada, visibility="private"), make_post(eve), kept[1], make_post(eve)):
        save(post, bob)
    block(eve, bob)

    page = api(bob).get("me/saved?limit=2").json()

    assert ([card["text"] for card in page["results"]], page["next"]) == (["1", "0"], None)


def test_saved_posts_cost_the_same_however_many(api: Any, bob: User) -> None:
    client = api(bob)
    save(make_post(make_user("author0")), bob)
    one = cost_of(client, "me/saved")
    for number in (1, 2):
        save(make_post(make_user(f"author{number}")), bob)
    assert (one, cost_of(client, "me/saved")) == (5, 5)
