"""What was read and kept is never shown after it has changed."""

from typing import Any

import pytest

from accounts.models import User
from content.models import Post
from grover.core import caching
from tests.content.costs import cost_of
from tests.content.people import block, suspend
from tests.factories.content import make_comment, make_post, pin, react, save

ACTIONS = {
    "react": ("bob", "put", "posts/{post}/reaction", {"kind": "wow"}),
    "change a reaction": ("eve", "put", "posts/{post}/reaction", {"kind": "wow"}),
    "unreact": ("eve", "delete", "posts/{post}/reaction", None),
    "save": ("bob", "put", "posts/{post}/save", None),
    "unsave": ("eve", "delete", "posts/{post}/save", None),
    "view": ("bob", "put", "posts/{post}/view", None),
    "pin": ("ada", "put", "posts/{post}/pin", None),
    "unpin": ("ada", "delete", "posts/{pinned}/pin", None),
    "edit": ("ada", "patch", "posts/{post}", {"text": "Anew"}),
    "make private": ("ada", "patch", "posts/{post}", {"visibility": "private"}),
    "delete": ("ada", "delete", "posts/{post}", None),
    "publish": ("ada", "post", "posts", {"text": "One more"}),
    "comment": ("bob", "post", "posts/{post}/comments", {"text": "a"}),
    "reply": ("bob", "post", "posts/{post}/comments", {"text": "a", "parent_id": "{comment}"}),
    "edit a comment": ("eve", "patch", "comments/{comment}", {"text": "Anew"}),
    "delete a comment": ("eve", "delete", "comments/{comment}", None),
    "delete a reply": ("ada", "delete", "comments/{reply}", None),
    "hide a comment": ("ada", "put", "comments/{comment}/hide", None),
    "show a comment": ("ada", "delete", "comments/{hidden}/hide", None),
    "react to a comment": ("bob", "put", "comments/{comment}/reaction", {"kind": "wow"}),
    "unreact to a comment": ("eve", "delete", "comments/{comment}/reaction", None),
}

READS = (
    "posts/{post}",
    "posts/{pinned}",
    "posts/{post}/comments",
    "posts/{post}/comments?sort=top",
    "posts/{post}/reactions",
    "comments/{comment}",
    "comments/{hidden}",
    "comments/{reply}",
    "comments/{comment}/replies",
    "users/@ada/posts",
)


@pytest.fixture
def things(ada: User, bob: User, eve: User) -> dict[str, str]:
    """A post with comments, and a pinned one, by name."""
    post, pinned = make_post(ada), make_post(ada)
    pin(pinned)
    comment, hidden = make_comment(post, eve), make_comment(post, eve, is_hidden=True)
    reply = make_comment(post, ada, parent=comment)
    react(post, eve)
    react(comment, eve)
    save(post, eve)
    rows = {"post": post, "pinned": pinned, "comment": comment, "hidden": hidden, "reply": reply}
    return {name: str(row.pk) for name, row in rows.items()}


def read_all(clients: dict[str, Any], things: dict[str, str]) -> dict[tuple[str, str], Any]:
    """Read everything as everybody."""
    return {
        (name, path): (response.status_code, response.status_code == 200 and response.json())
        for name, client in clients.items()
        for path in READS
        for response in [client.get(path.format(**things))]
    }


def named(body: Any, things: dict[str, str]) -> Any:
    """Put ids in the place of names."""
    return body and {
        key: value.format(**things) if isinstance(value, str) else value for key, value in body.items()
    }


@pytest.mark.parametrize("action", ACTIONS)
def test_what_was_kept_follows_every_action(
    api: Any, ada: User, bob: User, eve: User, things: dict[str, str], action: str
) -> None:
    clients = {"ada": api(ada), "bob": api(bob), "eve": api(eve), "nobody": api()}
    before = read_all(clients, things)
    assert cost_of(clients["bob"], f"posts/{things['post']}", cold=False) == 0

    who, method, path, body = ACTIONS[action]
    response = clients[who].request(method, path.format(**things), json=named(body, things))
    assert response.status_code in (200, 201, 204)

    after = read_all(clients, things)
    caching.forget_everything()
    assert after == read_all(clients, things)
    assert after != before


def test_what_was_kept_of_comments_follows_blocks_and_suspensions(
    api: Any, post: Post, bob: User, eve: User
) -> None:
    comment = make_comment(post, eve)
    client = api(bob)
    paths = (f"posts/{post.pk}/comments", f"comments/{comment.pk}", f"comments/{comment.pk}/replies")

    for change, expected in (
        (lambda: None, [200, 200, 200]),
        (lambda: block(bob, eve), [200, 404, 404]),
    ):
        change()
        assert [client.get(path).status_code for path in paths] == expected
    assert client.get(paths[0]).json()["results"] == []

    assert len(api().get(paths[0]).json()["results"]) == 1
    suspend(eve)
    assert api().get(paths[0]).json()["results"] == []
