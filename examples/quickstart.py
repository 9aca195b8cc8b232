"""The whole story in one file: register, upload a photo, post, follow, react, comment, read the feed.

    python examples/quickstart.py [http://127.0.0.1:8000]

Needs httpx and a running server. Every step is checked; what is printed is what the server answered.
"""

import io
import secrets
import struct
import sys
import zlib
from typing import Any

import httpx

PASSWORD = "a quiet walk before breakfast"


def main(base_url: str) -> None:
    with httpx.Client(base_url=f"{base_url.rstrip('/')}/api/v1", timeout=30) as client:
        ada, ada_name = register(client, "ada")
        bob, bob_name = register(client, "bob")

        photo = upload(client, ada)
        post = call(
            client, ada, "POST", "posts", 201, json={"text": "Good morning!", "media_ids": [photo["id"]]}
        )
        print(
            f"@{ada_name} posted {post['text']!r} with a photo of {photo['width']}x{photo['height']} pixels"
        )

        relation = call(client, bob, "PUT", f"users/@{ada_name}/follow", 200)
        assert relation["following"], relation
        call(client, bob, "PUT", f"posts/{post['id']}/reaction", 200, json={"kind": "love"})
        call(client, bob, "POST", f"posts/{post['id']}/comments", 201, json={"text": "What a light!"})
        print(f"@{bob_name} follows @{ada_name}, loves the post and has commented on it")

        feed = call(client, bob, "GET", "feed", 200)["results"]
        assert [item["id"] for item in feed] == [post["id"]], feed
        counts = feed[0]["counts"]
        assert (counts["reactions"], counts["comments"]) == (1, 1), counts
        assert feed[0]["viewer"]["reaction"] == "love", feed[0]
        print(f"the feed of @{bob_name} shows it with {counts['reactions']} reaction and 1 comment")

        picture = httpx.get(httpx.URL(base_url).join(feed[0]["media"][0]["url"]))
        assert picture.headers["content-type"].startswith("image/"), picture.headers
        print(f"and its photo is served as {picture.headers['content-type']}, {len(picture.content)} bytes")


def register(client: httpx.Client, name: str) -> tuple[str, str]:
    """Open an account under a new name and sign in; give the access token and the name."""
    username = f"{name}_{secrets.token_hex(4)}"
    account = {
        "username": username,
        "email": f"{username}@example.com",
        "password": PASSWORD,
        "birth_date": "1990-12-10",
    }
    call(client, None, "POST", "auth/register", 201, json=account)
    tokens = call(
        client, None, "POST", "auth/login", 200, json={"identifier": username, "password": PASSWORD}
    )
    return tokens["access_token"], username


def upload(client: httpx.Client, token: str) -> Any:
    """Upload a small picture and wait until its smaller copies are made."""
    files = {"file": ("sunrise.png", io.BytesIO(sunrise(640, 480)), "image/png")}
    media = call(client, token, "POST", "media", 201, files=files, data={"alt_text": "A sunrise"})
    while media["state"] == "processing":
        media = call(client, token, "GET", f"media/{media['id']}", 200)
    assert media["state"] == "ready", media
    return media


def sunrise(width: int, height: int) -> bytes:
    """Draw a PNG from dark blue to orange, without any library."""
    rows = b"".join(
        b"\0" + bytes((40 + 200 * y // height, 30 + 110 * y // height, 90 - 50 * y // height)) * width
        for y in range(height)
    )

    def chunk(kind: bytes, content: bytes) -> bytes:
        body = kind + content
        return struct.pack(">I", len(content)) + body + struct.pack(">I", zlib.crc32(body))

    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def call(
    client: httpx.Client, token: str | None, method: str, path: str, expected: int, **kwargs: Any
) -> Any:
    """Send a request, insist on its status, and give the answer's JSON."""
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    answer = client.request(method, path, headers=headers, **kwargs)
    if answer.status_code != expected:
        sys.exit(f"{method} {path}: expected {expected}, got {answer.status_code}: {answer.text}")
    return answer.json()


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "http://127.0.0.1:8000")
