import gzip
import json
from pathlib import Path
from typing import Any

import pytest
from pytest_httpserver import HTTPServer

from tests.operations.probes.files import until
from tests.operations.processes import running_server

pytestmark = pytest.mark.django_db(transaction=True)

SECRETS = {
    "body": "4111111111111111",
    "other value of the body": "hunter2hunter2",
    "path": "grace-hopper",
    "query": "grace@example.org",
    "cookie": "c00kie-of-grace",
    "bearer token": "tok3n-of-grace",
    "custom header": "k3y-of-grace",
    "browser": "GraceBrowser/7",
    "address": "203.0.113.77",
    "referrer": "referrer-of-grace",
}


def test_error_reaches_sentry_without_anything_personal(tmp_path: Path, httpserver: HTTPServer) -> None:
    httpserver.expect_request("/api/7/envelope/", method="POST").respond_with_json({"id": "1"})
    dsn = f"http://publickey@127.0.0.1:{httpserver.port}/7"

    with running_server(tmp_path, SENTRY_DSN=dsn, TRUSTED_PROXIES="1") as (process, client):
        response = client.post(
            f"/probes/faulty/{SECRETS['path']}",
            params={"email": SECRETS["query"]},
            json={"card": SECRETS["body"], "password": SECRETS["other value of the body"]},
            headers={
                "Authorization": f"Bearer {SECRETS['bearer token']}",
                "Cookie": f"sessionid={SECRETS['cookie']}",
                "X-Api-Key": SECRETS["custom header"],
                "User-Agent": SECRETS["browser"],
                "X-Forwarded-For": SECRETS["address"],
                "Referer": f"https://app.grover.test/{SECRETS['referrer']}",
                "X-Request-ID": "request-17",
            },
        )
        assert (response.status_code, response.json()["code"]) == (500, "internal")
        until(lambda: httpserver.log)
        log = process.output()

    events = [event for request, _ in httpserver.log for event in _events(request)]
    assert [event["exception"]["values"][0]["type"] for event in events] == ["RuntimeError"]
    event = events[0]
    assert event["tags"] == {"request_id": "request-17"}
    assert event["transaction"] == "/probes/faulty/{owner}"
    assert (event["release"], event["environment"]) == ("grover@1.0.0", "development")
    assert event["request"]["method"] == "POST"
    assert set(event["request"]) == {"method", "headers"}
    assert {name.lower() for name in event["request"]["headers"]} == {"content-type", "content-length"}
    frames = event["exception"]["values"][0]["stacktrace"]["frames"]
    assert frames[-1]["function"] == "create"

    sent = json.dumps(event) + str(httpserver.log[0][0].headers)
    told = {place for place, secret in SECRETS.items() if secret in sent}
    assert told == set()
    assert "127.0.0.1" not in json.dumps(event)
    logged = {place for place in ("query", "bearer token", "cookie") if SECRETS[place] in log}
    assert logged == set()


def _events(request: Any) -> list[dict[str, Any]]:
    """Unpack the events of an envelope: a line on it, then a line on each item and the item."""
    body = request.get_data()
    if request.headers.get("Content-Encoding") == "gzip":
        body = gzip.decompress(body)
    lines = [json.loads(line) for line in body.splitlines() if line.strip()]
    return [item for head, item in zip(lines[1::2], lines[2::2], strict=False) if head["type"] == "event"]
