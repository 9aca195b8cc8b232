"""The files of uploads: to whom they are handed out, and how."""

import time
import uuid
from typing import Any

import pytest
from django.core.files.storage import default_storage

from accounts.models import User
from content.enums import Visibility
from content.models import Post
from grover.core.viewers import Viewer
from grover.media import cards
from grover.media.actions import uploads
from grover.media.cards import viewer_pass
from grover.media.enums import MediaAccess
from grover.media.models import Media
from tests.content.costs import cost_of
from tests.content.people import block, follow
from tests.factories.content import make_post
from tests.factories.media import make_media, picture


@pytest.fixture
def restricted(ada: User) -> Media:
    """A picture in a post of Ada's for followers."""
    media = make_media(ada.pk)
    make_post(ada, media=[media], visibility=Visibility.FOLLOWERS)
    return media


@pytest.fixture
def public(ada: User) -> Media:
    """A picture in a public post of Ada's."""
    media = make_media(ada.pk, access=MediaAccess.PUBLIC)
    make_post(ada, media=[media])
    return media


def path_of(media: Media, file_name: str = "original.jpg") -> str:
    return f"/media/{media.pk}/{file_name}"


def fetch_as(api: Any, media: Media, user: User, **headers: str) -> Any:
    """Fetch a file with nothing but a pass."""
    return api().get(f"{path_of(media)}?as={viewer_pass(user.pk)}", **headers)


def test_a_public_file_is_for_anyone_for_good(api: Any, public: Media) -> None:
    answer = api().get(path_of(public))

    assert (answer.status_code, answer.getvalue()) == (200, picture())
    assert {name: answer.get(name) for name in HEADERS} == {
        "Cache-Control": "public, max-age=31536000, immutable",
        "Content-Disposition": f'inline; filename="{public.pk}-original.jpg"',
        "Content-Length": str(len(picture())),
        "Content-Security-Policy": "default-src 'none'; sandbox",
        "Content-Type": "image/jpeg",
        "Cross-Origin-Resource-Policy": "cross-origin",
        "ETag": f'"{public.pk}/original.jpg"',
        "X-Content-Type-Options": "nosniff",
    }
    assert "Authorization" not in answer.get("Vary", "")


HEADERS = (
    "Cache-Control",
    "Content-Disposition",
    "Content-Length",
    "Content-Security-Policy",
    "Content-Type",
    "Cross-Origin-Resource-Policy",
    "ETag",
    "X-Content-Type-Options",
)


def test_a_copy_is_sent_as_what_it_is(api: Any, public: Media) -> None:
    answer = api().get(path_of(public, "200.webp"))
    assert (answer.status_code, answer["Content-Type"], answer.getvalue()) == (
        200,
        "image/webp",
        picture("WEBP"),
    )


@pytest.mark.parametrize(
    ("asked", "start", "end"),
    [
        ("bytes=0-9", 0, 10),
        ("bytes=10-", 10, None),
        ("bytes=-7", -7, None),
        ("bytes=5-99999999", 5, None),
        ("bytes=-99999999", 0, None),
        ("bytes= 3 - 3", 3, 4),
    ],
)
def test_a_range_of_a_file_is_sent(api: Any, public: Media, asked: str, start: int, end: int | None) -> None:
    whole = picture()
    first, last, _ = slice(start, end).indices(len(whole))

    answer = api().get(path_of(public), Range=asked)

    assert (answer.status_code, answer.getvalue()) == (206, whole[first:last])
    assert answer["Content-Range"] == f"bytes {first}-{last - 1}/{len(whole)}"
    assert (answer["Content-Length"], answer["Accept-Ranges"]) == (str(last - first), "bytes")
    assert answer["ETag"] == f'"{public.pk}/original.jpg"'


@pytest.mark.parametrize("asked", ["bytes=0-1,4-5", "bytes=5-2", "bytes=-", "bytes=a-b", "lines=1-2", ""])
def test_what_is_no_single_range_is_the_whole_file(api: Any, public: Media, asked: str) -> None:
    answer = api().get(path_of(public), Range=asked)
    assert (answer.status_code, answer.getvalue()) == (200, picture())


@pytest.mark.parametrize("asked", ["bytes=99999999-", "bytes=-0"])
def test_a_range_beyond_the_file_is_refused(api: Any, public: Media, asked: str) -> None:
    answer = api().get(path_of(public), Range=asked)
    assert (answer.status_code, answer.json()["code"]) == (416, "range_not_satisfiable")
    assert answer["Content-Range"] == f"bytes */{len(picture())}"


def test_a_range_of_another_state_is_the_whole_file(api: Any, public: Media) -> None:
    headers = {"Range": "bytes=0-1"}
    same = api().get(path_of(public), **headers, **{"If-Range": f'"{public.pk}/original.jpg"'})
    other = api().get(path_of(public), **headers, **{"If-Range": '"another"'})
    assert (same.status_code, other.status_code) == (206, 200)


def test_a_range_of_a_restricted_file_is_for_whom_it_is_shown_to(
    api: Any, restricted: Media, ada: User, eve: User
) -> None:
    assert fetch_as(api, restricted, ada, Range="bytes=0-1").status_code == 206
    assert fetch_as(api, restricted, eve, Range="bytes=0-1").status_code == 404


def test_a_file_is_not_compressed_again(api: Any, public: Media) -> None:
    answer = api().get(path_of(public), **{"Accept-Encoding": "gzip"})
    assert answer.getvalue() == picture()
    assert answer["Content-Length"] == str(len(picture()))


def test_head_answers_the_same_without_the_file(api: Any, public: Media) -> None:
    got, head = (api().request(method, path_of(public)) for method in ("get", "head"))
    assert head.status_code == 200
    assert head.getvalue() == b""
    assert {name: head.get(name) for name in HEADERS} == {name: got.get(name) for name in HEADERS}


def test_a_client_that_holds_the_file_is_told_so(api: Any, public: Media) -> None:
    etag = api().get(path_of(public))["ETag"]
    answer = api().get(path_of(public), **{"If-None-Match": etag})
    assert (answer.status_code, answer.content, answer["ETag"]) == (304, b"", etag)
    assert answer["Cache-Control"] == "public, max-age=31536000, immutable"
    assert api().get(path_of(public), **{"If-None-Match": '"other"'}).status_code == 200


def test_a_restricted_file_is_asked_for_anew_each_time(api: Any, ada: User, restricted: Media) -> None:
    answer = api(ada).get(path_of(restricted))
    assert (answer.status_code, answer["Cache-Control"]) == (200, "private, no-cache")
    assert "Authorization" in answer["Vary"]
    assert answer["Content-Security-Policy"] == "default-src 'none'; sandbox"


@pytest.mark.parametrize("named_by", ["header", "pass"])
def test_a_restricted_file_is_for_those_who_see_the_post(
    api: Any, ada: User, bob: User, eve: User, restricted: Media, named_by: str
) -> None:
    follow(bob, ada)

    def status(user: User) -> int:
        if named_by == "pass":
            return int(fetch_as(api, restricted, user).status_code)
        return int(api(user).get(path_of(restricted)).status_code)

    assert [status(user) for user in (ada, bob, eve)] == [200, 200, 404]
    assert api().get(path_of(restricted)).status_code == 404


def test_a_restricted_file_is_hidden_like_one_that_does_not_exist(
    api: Any, eve: User, restricted: Media
) -> None:
    hidden = api(eve).get(path_of(restricted)).json()
    missing = api(eve).get(f"/media/{uuid.uuid4()}/original.jpg").json()
    assert {**hidden, "request_id": None} == {**missing, "request_id": None}
    assert hidden["code"] == "not_found"


def test_a_blocked_person_gets_no_file(api: Any, ada: User, bob: User, restricted: Media) -> None:
    follow(bob, ada)
    assert fetch_as(api, restricted, bob).status_code == 200
    block(ada, bob)
    assert fetch_as(api, restricted, bob).status_code == 404
    assert api(bob).get(path_of(restricted)).status_code == 404


def test_a_pass_ends_at_once_with_the_follow(api: Any, ada: User, bob: User, restricted: Media) -> None:
    assert api(bob).put(f"users/{ada.pk}/follow").status_code == 200
    held = fetch_as(api, restricted, bob)
    assert held.status_code == 200

    api(bob).delete(f"users/{ada.pk}/follow")

    assert fetch_as(api, restricted, bob).status_code == 404
    holds = {"If-None-Match": held["ETag"]}
    assert fetch_as(api, restricted, bob, **holds).status_code == 404
    assert api(bob).get(path_of(restricted), **holds).status_code == 404


def test_a_pass_lasts_ten_to_twenty_minutes(
    api: Any, ada: User, restricted: Media, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = time.time()
    url = f"{path_of(restricted)}?as={viewer_pass(ada.pk)}"

    def status_after(seconds: int) -> int:
        monkeypatch.setattr(cards.time, "time", lambda: now + seconds)
        return int(api().get(url).status_code)

    assert [status_after(599), status_after(1201)] == [200, 404]


def test_a_pass_that_is_not_ours_names_nobody(api: Any, ada: User, eve: User, restricted: Media) -> None:
    good, others = viewer_pass(ada.pk), viewer_pass(eve.pk)
    viewer, expires, signature = good.split(".")
    tampered = [
        f"{viewer}.{expires}.{others.split('.')[2]}",
        f"{viewer}.{int(expires) + 1}.{signature}",
        f"{viewer}.{expires}.",
        f"{viewer}.{expires}",
        f"{viewer}.-{expires}.{signature}",
        f"{viewer}.{'9' * 5000}.{signature}",
        f"{viewer}.{expires}.{signature}é",
        f"{good}.x",
        "",
        "x",
        "..",
    ]
    assert api().get(f"{path_of(restricted)}?as={good}").status_code == 200
    assert [api().get(f"{path_of(restricted)}?as={text}").status_code for text in tampered] == [404] * 11


def test_an_invalid_token_is_told_so(api: Any, public: Media) -> None:
    answer = api().get(path_of(public), Authorization="Bearer nonsense")
    assert (answer.status_code, answer.json()["code"]) == (401, "not_signed_in")


@pytest.mark.parametrize(
    "path",
    [
        "/media/{id}/../{id}/original.jpg",
        "/media/{id}/..%2f..%2fsettings.py",
        "/media/{id}/%2e%2e/%2e%2e/etc/passwd",
        "/media/{id}/..",
        "/media/{id}/",
        "/media/{id}",
        "/media/{id}/original.png",
        "/media/{id}/original.jpg/",
        "/media/{id}/640.webp",
        "/media/{id}//original.jpg",
        "/media//etc/passwd",
        "/media/../grover/settings.py",
        "/media/not-an-id/original.jpg",
        "/media/{id}/original.jpg%0aX-Evil:1",
    ],
)
def test_other_paths_lead_nowhere(api: Any, ada: User, public: Media, path: str) -> None:
    answer = api(ada).get(path.format(id=public.pk))
    assert (answer.status_code, answer["Content-Type"]) == (404, "application/problem+json")


def test_a_path_with_nul_is_refused(api: Any, public: Media) -> None:
    assert api().get(path_of(public, "original.jpg%00.png")).status_code == 400


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_files_are_only_read(api: Any, ada: User, public: Media, method: str) -> None:
    assert api(ada).request(method, path_of(public)).status_code == 405


def test_a_file_that_the_disk_lost_is_not_found(api: Any, public: Media) -> None:
    default_storage.delete(public.file_name)
    assert api().get(path_of(public)).status_code == 404


def test_an_upload_that_nothing_shows_is_for_its_owner(api: Any, ada: User, bob: User) -> None:
    media = make_media(ada.pk)
    assert [fetch_as(api, media, user).status_code for user in (ada, bob)] == [200, 404]


def test_a_file_changes_with_its_post(api: Any, ada: User, public: Media) -> None:
    post = Post.objects.get()
    assert api().get(path_of(public)).status_code == 200
    api(ada).patch(f"posts/{post.pk}", json={"visibility": "private"})
    assert api().get(path_of(public)).status_code == 404
    assert fetch_as(api, public, ada).status_code == 200
    api(ada).patch(f"posts/{post.pk}", json={"visibility": "public"})
    assert api().get(path_of(public)).status_code == 200


def test_the_files_of_a_deleted_post_are_gone(api: Any, ada: User, public: Media) -> None:
    assert api().get(path_of(public)).status_code == 200
    assert api(ada).delete(f"posts/{Post.objects.get().pk}").status_code == 204
    assert api().get(path_of(public)).status_code == 404
    assert not default_storage.exists(public.file_name)
    assert not default_storage.exists(f"{public.pk}/200.webp")


def test_a_card_of_a_restricted_post_carries_passes(
    api: Any, ada: User, bob: User, restricted: Media
) -> None:
    follow(bob, ada)
    card = api(bob).get(f"posts/{Post.objects.get().pk}").json()["media"][0]
    urls = [card["url"], *(variant["url"] for variant in card["variants"])]
    assert [api().get(url).status_code for url in urls] == [200, 200]
    assert all("?as=" in url for url in urls)


def test_reading_a_file_costs_one_query_then_none(api: Any, ada: User, bob: User, public: Media) -> None:
    client = api(bob)
    assert cost_of(client, path_of(public)) == 1
    assert cost_of(client, path_of(public), cold=False) == 0


def test_reading_a_restricted_file_costs_the_same_however_many_there_are(
    api: Any, ada: User, bob: User, restricted: Media
) -> None:
    follow(bob, ada)
    client = api(bob)
    once = cost_of(client, path_of(restricted))
    for _ in range(2):
        make_post(ada, media=[make_media(ada.pk)], visibility=Visibility.FOLLOWERS)
    assert cost_of(client, path_of(restricted)) == once <= 4


def test_a_deleted_upload_is_gone_at_once(api: Any, ada: User) -> None:
    media = make_media(ada.pk)
    assert fetch_as(api, media, ada).status_code == 200
    uploads.delete_media(Viewer(ada.pk, uuid.uuid4()), media_id=media.pk)
    assert fetch_as(api, media, ada).status_code == 404
