"""What a browser is told, by a whole server of production."""

import gzip
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from django.db import connection

from tests.operations.processes import PRODUCTION, database_url, running_server
from tests.services import running_redis

pytestmark = pytest.mark.django_db(transaction=True)

THROUGH_PROXY = {
    "Host": "api.grover.test",
    "X-Forwarded-For": "203.0.113.9",
    "X-Forwarded-Proto": "https",
}


@pytest.fixture(scope="module")
def production(
    tmp_path_factory: pytest.TempPathFactory, django_db_setup: None, django_db_blocker: object
) -> Iterator[httpx.Client]:
    """A server of production, asked as nginx asks it."""
    database = {} if connection.vendor == "sqlite" else {"DATABASE_URL": database_url()}
    folder = tmp_path_factory.mktemp("production")
    with running_redis() as redis:
        variables = {**PRODUCTION, "REDIS_URL": redis.url, "BROKER_URL": redis.url, **database}
        with running_server(folder, **variables) as (_, client):
            client.headers.update(THROUGH_PROXY)
            yield client


def test_answers_of_the_api_are_trusted_with_nothing(production: httpx.Client) -> None:
    response = production.get("/api/live")

    assert response.status_code == 200
    expected = {
        "Content-Type": "application/json",
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
        "Referrer-Policy": "same-origin",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Strict-Transport-Security": "max-age=31536000; includeSubDomains; preload",
        "Content-Security-Policy": (
            "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
        ),
    }
    assert {name: response.headers.get(name) for name in expected} == expected
    assert "camera=()" in response.headers["Permissions-Policy"]
    assert response.headers["X-Request-ID"]
    assert "Set-Cookie" not in response.headers


@pytest.mark.parametrize("path", ["/docs", "/redoc", "/docs/errors", "/admin/login/"])
def test_pages_run_no_script_but_our_own(production: httpx.Client, path: str) -> None:
    response = production.get(path)

    assert response.status_code == 200
    policy = dict(part.split(" ", 1) for part in response.headers["Content-Security-Policy"].split("; "))
    assert policy.get("script-src", policy["default-src"]) == "'self'"
    assert policy["frame-ancestors"] == "'none'"
    assert "unsafe-eval" not in response.headers["Content-Security-Policy"]


def test_plain_http_is_redirected_but_for_probes_from_inside(production: httpx.Client) -> None:
    plain = {"X-Forwarded-Proto": "http"}

    redirected = production.get("/docs", headers=plain)
    assert (redirected.status_code, redirected.headers["Location"]) == (301, "https://api.grover.test/docs")
    for path in ("/api/live", "/api/health", "/api/ready"):
        assert production.get(path, headers=plain).status_code in (200, 503)


def test_other_hosts_are_refused(production: httpx.Client) -> None:
    response = production.get("/docs", headers={"Host": "evil.test"})

    assert (response.status_code, response.json()["code"]) == (400, "bad_request")
    assert "evil.test" not in response.text


def test_metrics_are_hidden_from_the_outside(production: httpx.Client) -> None:
    assert production.get("/metrics").status_code == 404
    assert (
        production.get("/metrics", headers={"X-Forwarded-For": "127.0.0.1, 203.0.113.9"}).status_code == 404
    )
    assert production.get("/metrics", headers={"X-Forwarded-For": "127.0.0.1"}).status_code == 200


def test_long_answers_are_compressed_for_those_who_take_it(production: httpx.Client) -> None:
    with production.stream("GET", "/docs/errors", headers={"Accept-Encoding": "gzip"}) as response:
        packed = b"".join(response.iter_raw())
    plain = production.get("/docs/errors", headers={"Accept-Encoding": "identity"})

    assert response.headers["Content-Encoding"] == "gzip"
    assert "Accept-Encoding" in response.headers["Vary"]
    assert gzip.decompress(packed) == plain.content
    assert len(packed) < len(plain.content) / 2
    assert "Content-Encoding" not in plain.headers


def test_named_origins_may_call_the_api_and_others_may_not(production: httpx.Client) -> None:
    asked = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "authorization"}

    ours = production.options("/api/v1/posts", headers={"Origin": "https://app.grover.test", **asked})
    theirs = production.options("/api/v1/posts", headers={"Origin": "https://evil.test", **asked})

    assert ours.status_code == 200
    assert ours.headers["Access-Control-Allow-Origin"] == "https://app.grover.test"
    assert "POST" in ours.headers["Access-Control-Allow-Methods"]
    assert "authorization" in ours.headers["Access-Control-Allow-Headers"]
    assert "Access-Control-Allow-Credentials" not in ours.headers
    assert "Access-Control-Allow-Origin" not in theirs.headers


def test_refusals_reach_pages_of_named_origins_too(production: httpx.Client) -> None:
    response = production.get("/api/v1/feed", headers={"Origin": "https://app.grover.test"})

    assert response.status_code == 401
    assert response.headers["Access-Control-Allow-Origin"] == "https://app.grover.test"
    assert "ratelimit" in response.headers["Access-Control-Expose-Headers"].lower()


def test_unknown_paths_are_problems(production: httpx.Client) -> None:
    response = production.get("/nothing")

    assert (response.status_code, response.headers["Content-Type"]) == (404, "application/problem+json")
    assert response.json()["code"] == "not_found"


def test_realtime_serves_probes_and_closes_what_it_does_not_know(tmp_path: Path) -> None:
    with running_server(tmp_path, "realtime.sh") as (process, client):
        assert client.get("/api/live").json() == {"status": "live"}
        refused = client.get(
            "/ws/elsewhere",
            headers={
                "Connection": "Upgrade",
                "Upgrade": "websocket",
                "Sec-WebSocket-Version": "13",
                "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
            },
        )
        assert refused.status_code == 403
        assert "Traceback" not in process.output()
        process.terminate()
        assert process.wait() in (0, 143, -15)
