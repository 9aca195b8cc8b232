"""Requests as bytes, made before the clock starts."""

import functools
import http.client
import json
import socket
import uuid
from typing import Any

from bench.data import Person
from grover.core.tokens import mint_access_token


@functools.cache
def authorization(person: Person) -> str:
    """Sign a person in."""
    return f"Bearer {mint_access_token(person.id, person.session_id)}"


def request(person: Person, method: str, path: str, body: Any = None, *, key: str = "") -> bytes:
    """Write a request of somebody signed in, as the proxy in front of a worker would pass it on."""
    content = b"" if body is None else json.dumps(body).encode()
    lines = [
        f"{method} /api/v1{path} HTTP/1.1",
        "Host: 127.0.0.1",
        "Accept: application/json",
        "User-Agent: grover-bench",
        "X-Forwarded-For: 127.0.0.1",
        "X-Forwarded-Proto: https",
        f"Authorization: {authorization(person)}",
    ]
    if key:
        lines.append(f"Idempotency-Key: {key}")
    if body is not None:
        lines += ["Content-Type: application/json", f"Content-Length: {len(content)}"]
    return "\r\n".join([*lines, "", ""]).encode() + content


def read_feed(person: Person) -> bytes:
    """Ask for the first page of the home feed."""
    return request(person, "GET", "/feed")


def read_posts_of(person: Person, author_id: uuid.UUID) -> bytes:
    """Ask for the first page of somebody's posts."""
    return request(person, "GET", f"/users/{author_id}/posts")


def publish(person: Person, text: str) -> bytes:
    """Publish a text."""
    return request(person, "POST", "/posts", {"text": text})


def exchange(port: int, sent: bytes) -> Any:
    """Send one request to a server on this machine, and read its answer."""
    with socket.create_connection(("127.0.0.1", port), timeout=30) as connection:
        connection.sendall(sent)
        response = http.client.HTTPResponse(connection)
        response.begin()
        body = response.read()
    if response.status >= http.HTTPStatus.MULTIPLE_CHOICES:
        raise RuntimeError(f"The server answers {response.status}: {body[:300]!r}")
    return json.loads(body)
