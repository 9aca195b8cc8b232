"""Hostile and conditional requests, through the whole product: 4xx problems, never 5xx, never a surprise."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from content.models import Comment, Post
from grover.core.errors import PROBLEM_TYPE
from tests.conftest import ApiClient
from tests.factories.accounts import make_user
from tests.factories.content import make_comment, make_post

pytestmark = pytest.mark.django_db

Api = Callable[..., ApiClient]

SOMEWHERE = "01980f7e-8a3b-7c41-9d2e-5b6f7a8c9d0e"
WITH_BODY = [
    ("post", "posts"),
    ("patch", "me"),
    ("patch", "me/settings"),
    ("post", "reports"),
    ("post", "auth/login"),
    ("post", "auth/register"),
    ("put", f"posts/{SOMEWHERE}/reaction"),
    ("post", "stories"),
    ("post", f"stories/{SOMEWHERE}/reply"),
    ("post", "highlights"),
    ("patch", f"highlights/{SOMEWHERE}"),
    ("delete", "me"),
]
with_body = pytest.mark.parametrize(("method", "path"), WITH_BODY, ids=lambda part: part)


@pytest.fixture
def ada(db: None) -> User:
    return make_user("ada")


def refused(answer: Any, status: int, code: str) -> None:
    """Check that an answer is a problem of a status and code."""
    said = (answer.status_code, answer.headers["Content-Type"], json.loads(answer.content).get("code"))
    assert said == (status, PROBLEM_TYPE, code)


@with_body
@pytest.mark.parametrize(
    "body",
    [
        b"[" * 100_000,
        b'{"text":' + b"[" * 100_000 + b"]" * 100_000 + b"}",
        b'{"text":' * 50_000,
        b'{"text": "\xff\xfe"}',
        b'{"text": "\\ud800"}',
        b'{"text": 1' + b"0" * 10_000 + b"}",
        b'{"text": 18446744073709551616}',
        b'["text"]',
        b'"text"',
        b"null",
        b'{"text": "open',
    ],
    ids=lambda body: body[:20].decode(errors="replace"),
)
def test_a_malformed_body_is_refused(api: Api, ada: User, method: str, path: str, body: bytes) -> None:
    refused(api(ada).request(method, path, json=body), 400, "malformed_body")


@with_body
@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1e400"])
def test_a_number_that_is_none_is_pointed_at(
    api: Api, ada: User, method: str, path: str, number: str
) -> None:
    answer = api(ada).request(method, path, json=f'{{"text": [1, {number}]}}')

    refused(answer, 422, "invalid")
    assert [(error["pointer"], error["code"]) for error in answer.json()["errors"]] == [
        ("/text/1", "not_a_number")
    ]


@with_body
def test_a_body_without_end_is_refused(api: Api, ada: User, method: str, path: str) -> None:
    refused(api(ada).request(method, path, json=b'{"text": "' + b"a" * 1_100_000 + b'"}'), 413, "too_large")


@with_body
@pytest.mark.parametrize("text", ["a\0b", "\0"])
def test_a_null_character_in_a_body_is_refused(
    api: Api, ada: User, method: str, path: str, text: str
) -> None:
    for body in ({"text": text}, {text: "text"}, {"target": {"kind": text}}):
        refused(api(ada).request(method, path, json=body), 422, "invalid")


@with_body
def test_an_unknown_field_is_named(api: Api, ada: User, method: str, path: str) -> None:
    answer = api(ada).request(method, path, json={"is_staff": True})

    refused(answer, 422, "invalid")
    assert {"pointer": "/is_staff", "code": "unknown", "detail": "There is no such field"} in answer.json()[
        "errors"
    ]


@with_body
@pytest.mark.parametrize("content_type", ["text/plain", "application/xml", "multipart/form-data", "nonsense"])
def test_another_content_type_is_refused(
    api: Api, ada: User, method: str, path: str, content_type: str
) -> None:
    headers = {"Content-Type": content_type}
    client = api(ada)
    answer = Client().generic(
        method.upper(),
        f"/api/v1/{path}",
        b'{"text": "a"}',
        content_type,
        headers={**headers, "Authorization": f"Bearer {client.token}"},
    )

    refused(answer, 415, "unsupported_media_type")


@pytest.mark.parametrize(
    "path",
    [
        "posts/%00",
        "users/a%00b",
        "feed?cursor=%00",
        "users/@ada/posts?pinned=%00",
        "/media/%00/a",
        "/docs?%00",
    ],
)
def test_a_null_character_in_a_path_or_query_is_refused(api: Api, ada: User, path: str) -> None:
    refused(api(ada).get(path), 400, "bad_request")


@pytest.mark.parametrize("name", ["%FF%FE", "a" * 3_000, "..%2F..%2Fetc", "%F0%9F%98%80", "-1", "0", "1e999"])
@pytest.mark.parametrize(
    "path",
    [
        "posts/{}",
        "posts/{}/comments",
        "stories/{}",
        "highlights/{}",
        "comments/{}",
        "users/{}",
        "media/{}",
        "reports/{}",
        "me/export/{}",
    ],
)
def test_a_malformed_id_is_not_found(api: Api, ada: User, path: str, name: str) -> None:
    refused(api(ada).get(path.format(name)), 404, "not_found")


@pytest.mark.parametrize("limit", ["0", "-1", "101", "99999999999999999999", "1e2", "ten", "", "\uff11"])
@pytest.mark.parametrize("path", ["feed", "me/blocks", "me/saved", "users/@ada/posts", "auth/sessions"])
def test_a_limit_out_of_range_is_refused(api: Api, ada: User, path: str, limit: str) -> None:
    answer = api(ada).get(f"{path}?limit={limit}")

    refused(answer, 422, "invalid")
    assert [error["pointer"] for error in answer.json()["errors"]] == ["/limit"]


@pytest.mark.parametrize("cursor", ["", "a", "AAAA", "%FF", "é", "=" * 50, "a" * 5_000])
@pytest.mark.parametrize(
    "path",
    ["feed", "stories", "highlights", "me/blocks", "me/saved", "users/@ada/posts", "auth/sessions"],
)
def test_a_made_up_cursor_is_refused(api: Api, ada: User, path: str, cursor: str) -> None:
    refused(api(ada).get(f"{path}?cursor={cursor}"), 400, "invalid_cursor")


def test_a_changed_cursor_and_one_of_another_list_are_refused(api: Api, ada: User) -> None:
    post = make_post(ada)
    for _ in range(2):
        make_comment(post, ada)
        make_post(ada)
    client = api(ada)
    following = client.get("feed?limit=1").json()["next"]
    cursor = following.partition("cursor=")[2].partition("&")[0]
    middle = len(cursor) // 2
    other = "A" if cursor[middle] != "A" else "B"

    assert client.get("feed").status_code == 200
    assert client.get(f"feed?limit=1&cursor={cursor}").status_code == 200
    refused(client.get(f"feed?cursor={cursor[:middle]}{other}{cursor[middle + 1 :]}"), 400, "invalid_cursor")
    for path in ("users/@ada/posts", f"posts/{post.pk}/comments", "me/saved"):
        refused(client.get(f"{path}?cursor={cursor}"), 400, "invalid_cursor")


POSTS: list[tuple[str, dict[str, Any], Callable[[], int]]] = [
    ("posts", {"text": "Once."}, Post.objects.count),
    ("posts/{post}/comments", {"text": "Once."}, Comment.objects.count),
    (
        "auth/register",
        {
            "username": "newcomer",
            "email": "newcomer@example.com",
            "password": "correct horse battery staple",
            "birth_date": "1990-12-10",
        },
        User.objects.count,
    ),
]


@pytest.mark.parametrize(
    ("path", "body", "count"), POSTS, ids=lambda part: part if isinstance(part, str) else ""
)
def test_a_key_gives_the_first_answer_again(
    api: Api, ada: User, path: str, body: dict[str, Any], count: Callable[[], int]
) -> None:
    client = api(ada)
    path = path.format(post=make_post(ada).pk)
    before = count()

    first = client.post(path, json=body, **{"Idempotency-Key": "one"})
    again = client.post(path, json=body, **{"Idempotency-Key": "one"})

    assert (first.status_code, again.status_code) == (201, 201)
    assert (first.content, first["Location"]) == (again.content, again["Location"])
    assert ("Idempotency-Replayed" in first, again["Idempotency-Replayed"]) == (False, "true")
    assert count() == before + 1
    changed = {**body, next(iter(body)): "another"}
    refused(client.post(path, json=changed, **{"Idempotency-Key": "one"}), 422, "idempotency_key_reused")


@pytest.mark.parametrize("key", ["", "a" * 256, "é"])
def test_a_malformed_key_is_refused(api: Api, ada: User, key: str) -> None:
    answer = api(ada).post("posts", json={"text": "a"}, **{"Idempotency-Key": key})

    refused(answer, 400, "idempotency_key_invalid")


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("me", {"bio": "New."}),
        ("me/settings", {"is_private": True}),
        ("posts/{post}", {"text": "New."}),
        ("comments/{comment}", {"text": "New."}),
    ],
)
def test_tags_guard_reads_and_changes(api: Api, ada: User, path: str, body: dict[str, Any]) -> None:
    client = api(ada)
    post = make_post(ada)
    path = path.format(post=post.pk, comment=make_comment(post, ada).pk)
    etag = client.get(path)["ETag"]

    unchanged = client.get(path, **{"If-None-Match": etag})
    assert (unchanged.status_code, unchanged.content, unchanged["ETag"]) == (304, b"", etag)
    refused(client.patch(path, json=body, **{"If-Match": '"other"'}), 412, "precondition_failed")
    assert client.get(path)["ETag"] == etag
    assert client.patch(path, json=body, **{"If-Match": etag}).status_code == 200
    refused(client.patch(path, json=body, **{"If-Match": etag}), 412, "precondition_failed")
    assert client.get(path, **{"If-None-Match": etag}).status_code == 200


@pytest.mark.parametrize("path", ["feed", "me", "users/@ada", "posts/nothing", "posts?limit=0"])
def test_every_answer_tells_what_is_left_of_the_limit(api: Api, ada: User, path: str) -> None:
    for client in (api(ada), api()):
        answer = client.get(path)
        assert {"RateLimit", "RateLimit-Policy"} <= set(answer.headers), answer.status_code


@pytest.mark.parametrize("path", ["feed", "posts/nothing", "/nowhere", "/api/live", "posts?a=%00"])
def test_a_request_id_is_echoed(api: Api, ada: User, path: str) -> None:
    answer = api(ada).get(path, **{"X-Request-ID": "of-the-client-1"})

    assert answer["X-Request-ID"] == "of-the-client-1"
    if answer.headers["Content-Type"] == PROBLEM_TYPE:
        assert answer.json()["request_id"] == "of-the-client-1"


@pytest.mark.parametrize("offered", ["a b", "a\tb", "é", "a" * 129, "<script>"])
def test_a_malformed_request_id_is_replaced(api: Api, ada: User, offered: str) -> None:
    assert len(api(ada).get("feed", **{"X-Request-ID": offered})["X-Request-ID"]) == 32


@pytest.mark.parametrize("method", ["get", "post", "put", "patch", "delete"])
@pytest.mark.parametrize(
    "path", ["nowhere", "posts/", "/nowhere", "/api", "/api/v1", "/api/v1/", "/api/v2/feed", "/media/"]
)
def test_an_unknown_path_is_not_found(api: Api, ada: User, method: str, path: str) -> None:
    refused(api(ada).request(method, path), 404, "not_found")


@pytest.mark.parametrize(
    ("method", "path"), [("put", "posts"), ("post", "feed"), ("trace", "me"), ("brew", "me")]
)
def test_an_unknown_method_is_refused(api: Api, ada: User, method: str, path: str) -> None:
    answer = api(ada).request(method, path)

    refused(answer, 405, "method_not_allowed")
    assert answer["Allow"]
