"""Posts in messages: shared by who sees them, shown to each reader as just they may see them."""

from typing import Any

import pytest

from accounts.models import User
from messaging.models import Conversation, Message
from tests.content.costs import cost_of
from tests.content.people import block, follow, suspend
from tests.content.test_posts import refused_at
from tests.factories.accounts import make_user
from tests.factories.content import make_post
from tests.factories.media import make_media
from tests.factories.messaging import make_message
from tests.messaging.frames import published
from tests.messaging.test_messages import path_of, summary


def share(client: Any, conversation: Conversation, post: Any, **more: Any) -> Any:
    """Share a post in a conversation."""
    body = {"shared": {"kind": "post", "id": str(post.pk)}, **more}
    return client.post(path_of(conversation), json=body)


def card_for(client: Any, message_id: str) -> Any:
    """Give what somebody sees of what a message shares."""
    return client.get(f"messages/{message_id}").json()["shared"]["card"]


def test_post_is_shared(api: Any, talk: Conversation, ada: User, bob: User, eve: User) -> None:
    post = make_post(eve, text="x" * 400)

    with published() as frames:
        response = share(api(ada), talk, post, text="look")

    message = response.json()
    reference = {"kind": "post", "id": str(post.pk)}
    card = {**reference, "author": summary(eve), "text": "x" * 300, "image_url": None}
    assert (response.status_code, message["kind"], message["text"]) == (201, "shared", "look")
    assert message["shared"] == {**reference, "card": card}
    assert card_for(api(bob), message["id"]) == card
    assert frames[0].data["message"]["shared"] == {**reference, "card": None}
    assert frames[0].data["message"]["kind"] == "shared"
    row = Message.objects.get()
    assert (row.shared_kind, row.shared_id, row.text) == ("post", post.pk, "look")


def test_shared_post_is_shown_to_each_as_they_may_see_it(
    api: Any, group: Conversation, ada: User, bob: User, eve: User
) -> None:
    author = make_user("author")
    follow(ada, author)
    follow(bob, author)
    upload = make_media(author.pk)
    post = make_post(author, visibility="followers", media=[upload])

    message_id = share(api(ada), group, post).json()["id"]

    assert card_for(api(bob), message_id)["text"] == "Hello, world."
    assert api().get(card_for(api(bob), message_id)["image_url"]).status_code == 200
    assert card_for(api(eve), message_id) is None
    block(author, bob)
    assert card_for(api(bob), message_id) is None
    assert card_for(api(ada), message_id) is not None
    suspend(author)
    assert card_for(api(ada), message_id) is None


def test_warning_of_a_shared_post_stands_before_it(
    api: Any, talk: Conversation, ada: User, eve: User
) -> None:
    post = make_post(eve, text="secret", content_warning="spoilers", media=[make_media(eve.pk)])
    card = share(api(ada), talk, post).json()["shared"]["card"]
    assert (card["text"], card["image_url"]) == ("spoilers", None)


def test_post_that_is_deleted_later_is_no_longer_shown(
    api: Any, talk: Conversation, ada: User, bob: User, eve: User
) -> None:
    post = make_post(eve)
    message_id = share(api(ada), talk, post).json()["id"]
    api(eve).delete(f"posts/{post.pk}")
    assert card_for(api(bob), message_id) is None


@pytest.mark.parametrize("visibility", ["followers", "private"])
def test_post_the_sender_does_not_see_is_not_shared(
    api: Any, talk: Conversation, ada: User, eve: User, visibility: str
) -> None:
    post = make_post(eve, visibility=visibility)
    assert refused_at(share(api(ada), talk, post)) == [("/shared/id", "unknown")]
    assert not Message.objects.exists()


def test_shared_thing_takes_no_uploads(api: Any, talk: Conversation, ada: User, eve: User) -> None:
    media_ids = [str(make_media(ada.pk).pk)]
    response = share(api(ada), talk, make_post(eve), media_ids=media_ids)
    assert refused_at(response) == [("/media_ids", "not_of_kind")]


def test_shared_posts_cost_the_same_however_many(api: Any, talk: Conversation, ada: User) -> None:
    def fill(number: int) -> None:
        post = make_post(make_user(f"author{number}"), media=[make_media(ada.pk)])
        make_message(talk, ada, kind="shared", shared_kind="post", shared_id=post.pk)

    client = api(ada)
    fill(1)
    one = cost_of(client, path_of(talk))
    fill(2)
    fill(3)
    assert (one, cost_of(client, path_of(talk))) == (10, 10)
