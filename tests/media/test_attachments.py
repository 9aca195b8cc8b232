"""Reading, describing, attaching and deleting uploads."""

import uuid
from typing import Any

import pytest

from accounts.models import User
from content.enums import Visibility
from content.models import Post
from grover.core.errors import Invalid
from grover.core.ids import new_id
from grover.core.viewers import Viewer
from grover.media.actions import attachments, uploads
from grover.media.cards import with_viewer
from grover.media.enums import MediaAccess, MediaState
from grover.media.models import Media, StorageUse
from grover.media.selectors import media_by_id
from tests.content.costs import cost_of
from tests.content.people import block, follow
from tests.factories.content import make_post
from tests.factories.media import make_media, picture
from tests.media.conftest import stored_files
from tests.races import run_parallel


def viewer(user: User) -> Viewer:
    return Viewer(user.pk, uuid.uuid4())


def attach(owner: User, *ids: uuid.UUID, to: str = "post:1", restricted: bool = False) -> Any:
    return attachments.attach_media(owner.pk, media_ids=ids, to=to, restricted=restricted)


def test_ones_own_upload_is_read_with_passes(api: Any, ada: User) -> None:
    media = make_media(ada.pk, alt_text="Two halves")
    answer = api(ada).get(f"media/{media.pk}")
    assert answer.status_code == 200
    own = with_viewer(media_by_id([media.pk])[media.pk], viewer(ada))
    assert answer.json() == {
        "id": str(media.pk),
        "kind": "image",
        "state": "ready",
        "content_type": "image/jpeg",
        "size": 700,
        "width": 64,
        "height": 48,
        "duration": 0.0,
        "progress": 100,
        "failure": None,
        "blurhash": "",
        "alt_text": "Two halves",
        "url": own.url,
        "variants": [{"width": 64, "height": 48, "url": own.variants[0].url}],
        "rendition": None,
        "created_at": answer.json()["created_at"],
    }
    assert "?as=" in own.url


@pytest.mark.parametrize(
    ("access", "seen_by"),
    [(MediaAccess.PUBLIC, {"ada", "follower", "stranger"}), (MediaAccess.RESTRICTED, {"ada", "follower"})],
)
def test_an_upload_is_read_by_those_it_is_shown_to(
    api: Any, ada: User, bob: User, eve: User, access: str, seen_by: set[str]
) -> None:
    follow(bob, ada)
    media = make_media(ada.pk, access=access)
    visibility = Visibility.PUBLIC if access == MediaAccess.PUBLIC else Visibility.FOLLOWERS
    make_post(ada, media=[media], visibility=visibility)
    people = {"ada": ada, "follower": bob, "stranger": eve}
    statuses = {name: api(user).get(f"media/{media.pk}").status_code for name, user in people.items()}
    assert statuses == {name: 200 if name in seen_by else 404 for name in people}
    assert api().get(f"media/{media.pk}").status_code == 401


def test_a_blocked_person_does_not_read_a_restricted_upload(api: Any, ada: User, bob: User) -> None:
    follow(bob, ada)
    media = make_media(ada.pk)
    make_post(ada, media=[media], visibility=Visibility.FOLLOWERS)
    block(ada, bob)
    assert api(bob).get(f"media/{media.pk}").status_code == 404


@pytest.mark.parametrize("method", ["get", "patch", "delete"])
@pytest.mark.parametrize("media_id", ["x", "00000000-0000-7000-8000-000000000000", "1"])
def test_an_unknown_upload_is_not_found(api: Any, ada: User, method: str, media_id: str) -> None:
    body = {"json": {"alt_text": "x"}} if method == "patch" else {}
    answer = api(ada).request(method, f"media/{media_id}", **body)
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


def test_a_client_that_holds_the_card_is_told_so(api: Any, ada: User) -> None:
    client, media = api(ada), make_media(ada.pk)
    etag = client.get(f"media/{media.pk}")["ETag"]
    assert client.get(f"media/{media.pk}", **{"If-None-Match": etag}).status_code == 304


def test_an_upload_is_described(api: Any, ada: User) -> None:
    client, media = api(ada), make_media(ada.pk)
    etag = client.get(f"media/{media.pk}")["ETag"]

    answer = client.patch(f"media/{media.pk}", json={"alt_text": "A sunset"}, **{"If-Match": etag})
    stale = client.patch(f"media/{media.pk}", json={"alt_text": "Lost"}, **{"If-Match": etag})

    assert (answer.status_code, answer.json()["alt_text"]) == (200, "A sunset")
    assert (stale.status_code, stale.json()["code"]) == (412, "precondition_failed")
    assert client.get(f"media/{media.pk}").json() == answer.json()


@pytest.mark.parametrize(
    ("body", "pointer", "code"),
    [
        ({}, "/alt_text", "required"),
        ({"alt_text": "x" * 1001}, "/alt_text", "max_length"),
        ({"alt_text": None}, "/alt_text", "null"),
        ({"alt_text": "x", "state": "ready"}, "/state", "unknown"),
    ],
)
def test_a_wrong_description_is_refused(
    api: Any, ada: User, body: dict[str, Any], pointer: str, code: str
) -> None:
    media = make_media(ada.pk)
    answer = api(ada).patch(f"media/{media.pk}", json=body)
    assert answer.status_code == 422
    assert [(error["pointer"], error["code"]) for error in answer.json()["errors"]] == [(pointer, code)]


def test_a_public_upload_of_somebody_else_is_neither_described_nor_deleted(
    api: Any, ada: User, bob: User
) -> None:
    media = make_media(ada.pk, access=MediaAccess.PUBLIC)
    make_post(ada, media=[media])
    client = api(bob)
    assert client.get(f"media/{media.pk}").status_code == 200
    assert client.patch(f"media/{media.pk}", json={"alt_text": "x"}).status_code == 403
    assert client.delete(f"media/{media.pk}").status_code == 403
    assert Media.objects.get().alt_text == ""


def test_a_hidden_upload_of_somebody_else_is_not_found(api: Any, ada: User, bob: User) -> None:
    media = make_media(ada.pk)
    client = api(bob)
    assert client.patch(f"media/{media.pk}", json={"alt_text": "x"}).status_code == 404
    assert client.delete(f"media/{media.pk}").status_code == 404
    assert Media.objects.get().alt_text == ""


def test_a_new_description_is_seen_in_the_post(api: Any, ada: User) -> None:
    media = make_media(ada.pk, access=MediaAccess.PUBLIC)
    post = make_post(ada, media=[media])
    client = api(ada)
    assert client.get(f"posts/{post.pk}").json()["media"][0]["alt_text"] == ""
    client.patch(f"media/{media.pk}", json={"alt_text": "A sunset"})
    assert client.get(f"posts/{post.pk}").json()["media"][0]["alt_text"] == "A sunset"


def test_an_upload_is_deleted_with_its_files_and_makes_room(upload: Any, api: Any, ada: User) -> None:
    card = upload(ada, picture()).json()
    assert StorageUse.objects.get().used == card["size"]
    assert api(ada).delete(f"media/{card['id']}").status_code == 204
    assert stored_files() == set()
    assert StorageUse.objects.get().used == 0
    assert api(ada).get(f"media/{card['id']}").status_code == 404
    assert api(ada).delete(f"media/{card['id']}").status_code == 404


def test_an_upload_in_use_is_not_deleted(api: Any, ada: User) -> None:
    media = make_media(ada.pk)
    make_post(ada, media=[media])
    answer = api(ada).delete(f"media/{media.pk}")
    assert (answer.status_code, answer.json()["code"]) == (409, "media_in_use")
    assert media.file_name in stored_files()


def test_uploads_are_attached_in_order(db: None, ada: User) -> None:
    first, second = make_media(ada.pk), make_media(ada.pk, state=MediaState.PROCESSING)
    given = attach(ada, second.pk, first.pk, restricted=False)
    assert [card.id for card in given] == [second.pk, first.pk]
    assert [card.url for card in given] == [f"/media/{media.pk}/original.jpg" for media in (second, first)]
    rows = Media.objects.filter(pk__in=[first.pk, second.pk])
    assert {(row.attached_to, row.access) for row in rows} == {("post:1", MediaAccess.PUBLIC)}


def test_a_restricted_attachment_is_restricted(db: None, ada: User) -> None:
    media = make_media(ada.pk, access=MediaAccess.PUBLIC)
    attach(ada, media.pk, restricted=True)
    assert Media.objects.get().access == MediaAccess.RESTRICTED


@pytest.mark.parametrize("why", ["unknown", "another's", "failed", "attached", "twice"])
def test_what_cannot_be_attached_is_named_and_nothing_is_attached(
    db: None, ada: User, bob: User, why: str
) -> None:
    good = make_media(ada.pk)
    bad = {
        "unknown": new_id,
        "another's": lambda: make_media(bob.pk).pk,
        "failed": lambda: make_media(ada.pk, state=MediaState.FAILED).pk,
        "attached": lambda: make_media(ada.pk, attached_to="post:2").pk,
        "twice": lambda: good.pk,
    }[why]()
    with pytest.raises(Invalid) as caught:
        attach(ada, good.pk, bad)
    assert [(error.pointer, error.code) for error in caught.value.errors] == [
        ("/media_ids/1", "not_available")
    ]


@pytest.mark.django_db(transaction=True)
def test_what_was_attached_before_a_refusal_is_free_again(ada: User) -> None:
    good = make_media(ada.pk)
    with pytest.raises(Invalid):
        attach(ada, good.pk, new_id())
    assert Media.objects.get().attached_to == ""


@pytest.mark.django_db(transaction=True)
def test_an_upload_hangs_on_one_thing_however_many_grab_it() -> None:
    from tests.factories.accounts import make_user

    owner = make_user()
    media = make_media(owner.pk)
    results = run_parallel(8, lambda number: attach(owner, media.pk, to=f"post:{number}"))
    winners = [number for number, result in enumerate(results) if not isinstance(result, Exception)]
    assert len(winners) == 1
    assert {type(result) for result in results if isinstance(result, Exception)} == {Invalid}
    assert Media.objects.get().attached_to == f"post:{winners[0]}"


@pytest.mark.django_db(transaction=True)
def test_an_upload_is_either_attached_or_deleted() -> None:
    from tests.factories.accounts import make_user

    owner = make_user()
    for _ in range(5):
        media = make_media(owner.pk)
        grabbed, deleted = run_parallel(
            2,
            lambda number, media=media: (
                attach(owner, media.pk)
                if number == 0
                else uploads.delete_media(viewer(owner), media_id=media.pk)
            ),
        )
        is_attached = Media.objects.filter(pk=media.pk, attached_to="post:1").exists()
        assert is_attached == (not isinstance(grabbed, Exception)) == isinstance(deleted, Exception)
        assert (media.file_name in stored_files()) == is_attached


def test_a_post_with_a_foreign_upload_is_not_published(api: Any, ada: User, bob: User) -> None:
    media = make_media(bob.pk)
    answer = api(ada).post("posts", json={"text": "Mine!", "media_ids": [str(media.pk)]})
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == "/media_ids/0"
    assert Media.objects.get().attached_to == ""


def test_an_upload_goes_through_a_post(upload: Any, api: Any, ada: User) -> None:
    card = upload(ada, picture(), alt_text="Two halves").json()
    post = api(ada).post("posts", json={"text": "Look", "media_ids": [card["id"]]}).json()
    assert post["media"] == [
        {**card, "url": card["url"].partition("?")[0], "variants": _without_passes(card["variants"])}
    ]
    assert Post.objects.get().has_image


def _without_passes(variants: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{**variant, "url": variant["url"].partition("?")[0]} for variant in variants]


def test_reading_an_upload_costs_one_query(api: Any, ada: User) -> None:
    media = make_media(ada.pk)
    assert cost_of(api(ada), f"media/{media.pk}") == 1


@pytest.mark.parametrize("count", [1, 3])
def test_reading_uploads_costs_one_query_however_many(
    db: None, ada: User, count: int, django_assert_num_queries: Any
) -> None:
    ids = [make_media(ada.pk).pk for _ in range(count)]
    with django_assert_num_queries(1):
        cards = media_by_id(ids)
    assert set(cards) == set(ids)
