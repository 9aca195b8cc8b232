"""Pictures in messages: whose they are, who may fetch them, and what a kind of message shows."""

import uuid
from typing import Any

import pytest
from django.core.files.storage import default_storage

from accounts.models import User
from grover.media.enums import MediaState
from grover.media.models import Media
from messaging.models import Conversation, Message
from tests.content.costs import cost_of
from tests.content.people import block
from tests.content.test_posts import problem, refused_at
from tests.factories.accounts import make_user
from tests.factories.content import make_post
from tests.factories.media import as_upload, make_media
from tests.factories.messaging import make_conversation, make_message, seat
from tests.media import clips
from tests.messaging.frames import published
from tests.messaging.test_messages import path_of


def ids(*uploads: Media) -> list[str]:
    return [str(upload.pk) for upload in uploads]


def test_message_shows_up_to_ten_pictures(api: Any, talk: Conversation, ada: User, bob: User) -> None:
    uploads = [make_media(ada.pk) for _ in range(10)]

    with published() as frames:
        response = api(ada).post(path_of(talk), json={"media_ids": ids(*reversed(uploads))})

    card = response.json()
    assert (response.status_code, card["kind"], card["text"]) == (201, "text", "")
    assert [media["id"] for media in card["media"]] == ids(*reversed(uploads))
    assert {Media.objects.get(pk=upload.pk).attached_to for upload in uploads} == {f"message:{card['id']}"}
    told = frames[0].data["message"]["media"]
    assert [media["id"] for media in told] == ids(*reversed(uploads))
    assert not any("?as=" in media["url"] for media in told)
    assert all("?as=" in media["url"] for media in card["media"])
    read = api(bob).get(f"messages/{card['id']}").json()
    assert api().get(read["media"][0]["url"]).status_code == 200


def test_message_takes_no_eleventh_picture(api: Any, talk: Conversation, ada: User) -> None:
    uploads = [make_media(ada.pk) for _ in range(11)]
    assert refused_at(api(ada).post(path_of(talk), json={"media_ids": ids(*uploads)})) == [
        ("/media_ids", "max_length")
    ]


@pytest.mark.parametrize("case", ["foreign", "failed", "of a post", "of a message"])
def test_upload_that_is_not_free_is_refused(
    api: Any, talk: Conversation, ada: User, bob: User, case: str
) -> None:
    if case == "foreign":
        upload = make_media(bob.pk)
    elif case == "failed":
        upload = make_media(ada.pk, state=MediaState.FAILED)
    else:
        upload = make_media(ada.pk)
    if case == "of a post":
        make_post(ada, media=[upload])
    if case == "of a message":
        api(ada).post(path_of(talk), json={"media_ids": ids(upload)})
    free = make_media(ada.pk)

    before = Message.objects.count()
    body = {"text": "look", "media_ids": ids(free, upload)}
    assert refused_at(api(ada).post(path_of(talk), json=body)) == [("/media_ids/1", "not_available")]
    assert Message.objects.count() == before


@pytest.mark.django_db(transaction=True)
def test_refused_message_leaves_its_uploads_free_and_no_hole(api: Any) -> None:
    ada = make_user("ada")
    group = make_conversation("group", ada)
    free = make_media(ada.pk)

    refused = api(ada).post(path_of(group), json={"media_ids": [*ids(free), str(uuid.uuid4())]})
    sent = api(ada).post(path_of(group), json={"media_ids": ids(free)})

    assert refused_at(refused) == [("/media_ids/1", "not_available")]
    assert (sent.status_code, sent.json()["seq"]) == (201, 1)


@pytest.mark.django_db(transaction=True)
def test_message_with_pictures_sent_again_is_the_first(api: Any) -> None:
    ada = make_user("ada")
    group = make_conversation("group", ada)
    body = {"client_id": "c", "media_ids": ids(make_media(ada.pk))}
    first, again = (api(ada).post(path_of(group), json=body) for _ in range(2))
    assert (first.status_code, again.status_code) == (201, 200)
    assert (first.json()["id"], len(again.json()["media"])) == (again.json()["id"], 1)


def test_pictures_are_for_who_may_read_the_message(
    api: Any, group: Conversation, ada: User, bob: User, eve: User
) -> None:
    upload = make_media(ada.pk)
    card = api(ada).post(path_of(group), json={"media_ids": ids(upload)}).json()
    path = f"/media/{upload.pk}/200.webp"

    def statuses() -> list[int]:
        clients = (api(ada), api(bob), api(eve), api(make_user()), api())
        return [client.get(path).status_code for client in clients]

    assert statuses() == [200, 200, 200, 404, 404]
    assert api(bob).get(f"media/{upload.pk}").status_code == 200
    assert problem(api(make_user()).get(f"media/{upload.pk}")) == (404, "not_found")
    seat(group, eve, first_seq=card["seq"])
    block(bob, ada)
    assert statuses() == [200, 404, 404, 404, 404]
    assert problem(api(ada).delete(f"media/{upload.pk}")) == (409, "media_in_use")


@pytest.mark.django_db(transaction=True)
def test_unsent_message_takes_its_pictures_along(api: Any) -> None:
    ada = make_user("ada")
    upload = make_media(ada.pk)
    sent = api(ada).post(path_of(make_conversation("group", ada)), json={"media_ids": ids(upload)}).json()

    tombstone = api(ada).delete(f"messages/{sent['id']}").json()

    assert tombstone["media"] == []
    assert not Media.objects.exists()
    assert not default_storage.exists(upload.file_name)
    assert api(ada).get(f"/media/{upload.pk}/200.webp").status_code == 404


def test_text_of_a_message_with_pictures_may_be_taken_away(api: Any, talk: Conversation, ada: User) -> None:
    sent = api(ada).post(path_of(talk), json={"text": "look", "media_ids": ids(make_media(ada.pk))}).json()
    edited = api(ada).patch(f"messages/{sent['id']}", json={"text": ""})
    assert (edited.status_code, edited.json()["text"], len(edited.json()["media"])) == (200, "", 1)


@pytest.mark.parametrize(("kind", "upload"), [("gif", "image"), ("voice", "audio"), ("video", "video")])
def test_message_of_a_kind_is_one_upload(
    api: Any, talk: Conversation, ada: User, kind: str, upload: str
) -> None:
    first, second = make_media(ada.pk, kind=upload), make_media(ada.pk, kind=upload)
    client = api(ada)
    for media_ids in ([], ids(first, second)):
        body = {"kind": kind, "media_ids": media_ids}
        assert refused_at(client.post(path_of(talk), json=body)) == [("/media_ids", "exactly_one")]

    card = client.post(path_of(talk), json={"kind": kind, "media_ids": ids(first)}).json()
    assert (card["kind"], len(card["media"])) == (kind, 1)


@pytest.mark.parametrize(
    ("kind", "upload", "expected"),
    [
        ("voice", "audio", []),
        ("voice", "image", [("/media_ids/0", "wrong_kind")]),
        ("video", "video", []),
        ("video", "audio", [("/media_ids/0", "wrong_kind")]),
        ("gif", "image", []),
        ("gif", "video", [("/media_ids/0", "wrong_kind")]),
        ("text", "image", []),
        ("text", "audio", [("/media_ids/0", "wrong_kind")]),
    ],
)
def test_upload_must_be_of_the_kind_that_the_message_shows(
    api: Any, talk: Conversation, ada: User, kind: str, upload: str, expected: Any
) -> None:
    body = {"kind": kind, "media_ids": ids(make_media(ada.pk, kind=upload))}

    response = api(ada).post(path_of(talk), json=body)

    if expected:
        assert refused_at(response) == expected
    else:
        assert (response.status_code, response.json()["media"][0]["kind"]) == (201, upload)


def test_voice_is_heard_by_who_may_read_the_message(
    api: Any, talk: Conversation, ada: User, bob: User, eve: User
) -> None:
    """A recorder of a browser writes a video without pictures."""
    sent = as_upload(clips.clip("webm", sound="libopus"), "voice.webm", "video/webm")
    upload = api(ada).post("media", data={"file": sent}).json()
    body = {"kind": "voice", "media_ids": [upload["id"]]}
    message = api(ada).post(path_of(talk), json=body).json()

    heard = api(bob).get(f"messages/{message['id']}").json()["media"][0]
    path = heard["rendition"]["url"].partition("?")[0]
    assert (heard["kind"], round(heard["duration"])) == ("audio", 1)
    assert [api(user).get(path).status_code for user in (ada, bob, eve)] == [200, 200, 404]
    part = api().get(heard["rendition"]["url"], Range="bytes=0-99")
    assert (part.status_code, part["Content-Type"], len(part.getvalue())) == (206, "audio/mp4", 100)


def test_messages_with_pictures_cost_the_same_however_many(api: Any, talk: Conversation, ada: User) -> None:
    def fill() -> None:
        make_message(talk, ada, media_ids=ids(make_media(ada.pk)))

    fill()
    client = api(ada)
    one = cost_of(client, path_of(talk))
    fill()
    fill()
    assert (one, cost_of(client, path_of(talk))) == (7, 7)
