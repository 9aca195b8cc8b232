"""A server on this machine that speaks what Grover uses of Cloudinary, and checks every signature.

It follows Cloudinary's documentation, not its package: what is signed, and how, is written here anew.
"""

import base64
import contextlib
import hashlib
import io
import json
import re
import socket
import threading
import time
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import av
from PIL import Image
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from tests.factories.media import picture

KEY, SECRET, CLOUD = "111222333", "s3cret&more", "Test-Cloud"

_TYPES = {
    "image": {b"\xff\xd8\xff": "jpg", b"\x89PNG": "png", b"RIFF": "webp", b"GIF8": "gif"},
    "video": {b"ftyp": "mp4", b"\x1a\x45": "webm", b"ID3": "mp3", b"\xff\xfb": "mp3", b"OggS": "ogg"},
}
SORT = "(?:image|video)"

_UNSIGNED = {"file", "api_key", "signature", "resource_type", "cloud_name"}


@dataclass
class CloudinaryServer:
    """What is stored there, what was asked, and how it is to fail."""

    http: HTTPServer
    files: dict[str, bytes] = field(default_factory=dict)
    sorts: dict[str, str] = field(default_factory=dict)
    made: list[tuple[str, str]] = field(default_factory=list)
    calls: list[str] = field(default_factory=list)
    fails_with: tuple[int, Any] | None = None
    answers: threading.Event = field(default_factory=threading.Event)

    @property
    def url(self) -> str:
        """What CLOUDINARY_URL has to say to come here."""
        return account_at(self.http.port)

    def start(self) -> None:
        self.http.clear()
        self.answers.set()
        for pattern, handler in {
            rf"^/v1_1/{CLOUD}/{SORT}/upload$": self._upload,
            rf"^/v1_1/{CLOUD}/{SORT}/destroy$": self._destroy,
            rf"^/v1_1/{CLOUD}/{SORT}/download$": self._download,
            rf"^/v1_1/{CLOUD}/resources/{SORT}/authenticated/.+$": self._resource,
            rf"^/v1_1/{CLOUD}/ping$": self._ping,
            rf"^/{CLOUD}/{SORT}/authenticated/.+$": self._deliver,
        }.items():
            self.http.expect_request(re.compile(pattern)).respond_with_handler(self._failing(handler))

    def _failing(self, handler: Any) -> Any:
        def handle(request: Request) -> Response:
            self.calls.append(handler.__name__.removeprefix("_"))
            body_is_read = request.form  # before it answers, as the real one does
            del body_is_read
            self.answers.wait(timeout=30)
            if self.fails_with is not None:
                status, body = self.fails_with
                return Response(body if isinstance(body, str) else json.dumps(body), status=status)
            response: Response = handler(request)
            return response

        return handle

    def _upload(self, request: Request) -> Response:
        if refusal := _check_form(request.form):
            return refusal
        sort = request.path.split("/")[3]
        sent = request.files.get("file")
        content = self._made_of(request.form["file"]) if sent is None else sent.read()
        if content is None:
            return _error(400, "Error in loading the file")
        kind = next((kind for start, kind in _TYPES[sort].items() if start in content[:12]), None)
        allowed = request.form.get("allowed_formats", kind or "").split(",")
        if kind is None or kind not in allowed:
            return _error(400, f"Invalid {sort} file")
        if request.form.get("type") != "authenticated":
            return _error(400, "Only authenticated files are expected")
        public_id = request.form["public_id"]
        if public_id in self.files and request.form.get("overwrite") in ("0", "False", "false"):
            return _json({"existing": True})
        self.files[public_id], self.sorts[public_id] = content, sort
        return _json({"public_id": public_id, **_facts(kind, content)})

    def _made_of(self, address: str) -> bytes | None:
        """Fetch, from this server itself, what an address makes of a file, as its transformation says."""
        _, _, path = urlsplit(address).path.partition("/authenticated/")
        signature, _, signed = path.partition("/")
        transformation, _, name = signed.partition("/")
        public_id, _, file_format = name.rpartition(".")
        if signature != _signature_of(signed) or public_id not in self.files:
            return None
        self.made.append((transformation, file_format))
        return picture("WEBP") if file_format == "webp" else self.files[public_id]

    def _destroy(self, request: Request) -> Response:
        if refusal := _check_form(request.form):
            return refusal
        is_known = request.form.get("type") == "authenticated"
        is_there = is_known and self._has(request, request.form["public_id"])
        gone = self.files.pop(request.form["public_id"]) if is_there else None
        return _json({"result": "not found" if gone is None else "ok"})

    def _download(self, request: Request) -> Response:
        if refusal := _check_form(request.args):
            return refusal
        if int(request.args["expires_at"]) < time.time():
            return _error(401, "Expired")
        if request.args.get("type") != "authenticated":
            return _error(404, "Resource not found")
        return self._file(request, request.args["public_id"])

    def _resource(self, request: Request) -> Response:
        if not _is_signed_in(request):
            return _error(401, "Invalid credentials")
        public_id = request.path.partition("/authenticated/")[2]
        if not self._has(request, public_id):
            return _error(404, f"Resource not found - {public_id}")
        content = self.files[public_id]
        types = _TYPES[self.sorts[public_id]]
        kind = next(kind for start, kind in types.items() if start in content[:12])
        return _json({"public_id": public_id, **_facts(kind, content)})

    def _ping(self, request: Request) -> Response:
        return _json({"status": "ok"}) if _is_signed_in(request) else _error(401, "Invalid credentials")

    def _deliver(self, request: Request) -> Response:
        signature, _, name = request.path.partition("/authenticated/")[2].partition("/")
        if signature != _signature_of(name):
            return _error(401, "Invalid signature")
        return self._file(request, name.rpartition(".")[0])

    def _file(self, request: Request, public_id: str) -> Response:
        if not self._has(request, public_id):
            return _error(404, "Resource not found")
        return Response(self.files[public_id])

    def _has(self, request: Request, public_id: str) -> bool:
        """Tell whether there is such a file of the sort that the path names."""
        return public_id in self.files and f"/{self.sorts[public_id]}/" in request.path


def account_at(port: int) -> str:
    secret = SECRET.replace("&", "%26")
    return (
        f"cloudinary://{KEY}:{secret}@{CLOUD}?upload_prefix=http://127.0.0.1:{port}"
        f"&secure=false&cname=127.0.0.1:{port}"
    )


def account_at_nobody() -> str:
    """Name a port at which nothing listens."""
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        return account_at(unused.getsockname()[1])


def _check_form(values: Any) -> Response | None:
    """Check the signature of a request, as documented: sorted, joined, with the secret at the end."""
    signed = {name: value for name, value in values.items() if name not in _UNSIGNED and value}
    pairs = [f"{name}={signed[name]}".replace("&", "%26") for name in sorted(signed)]
    expected = hashlib.sha1(("&".join(pairs) + SECRET).encode()).hexdigest()
    if values.get("api_key") != KEY:
        return _error(401, "Unknown API key")
    if values.get("signature") != expected:
        return _error(401, f"Invalid Signature {values.get('signature')}. String to sign - {pairs}")
    if abs(time.time() - int(values["timestamp"])) > 3600:
        return _error(400, "Stale request")
    return None


def _signature_of(name: str) -> str:
    digest = hashlib.sha1((name + SECRET).encode()).digest()
    return f"s--{base64.urlsafe_b64encode(digest).decode()[:8]}--"


def _facts(kind: str, content: bytes) -> dict[str, Any]:
    """Tell of a file what Cloudinary tells."""
    facts: dict[str, Any] = {"format": kind, "bytes": len(content)}
    if kind in _TYPES["image"].values():
        with contextlib.suppress(OSError), Image.open(io.BytesIO(content)) as image:
            facts |= {"width": image.width, "height": image.height}
        return facts
    with av.open(io.BytesIO(content)) as file:
        picture_track = next(iter(file.streams.video), None)
        facts |= {"duration": (file.duration or 0) / av.time_base, "is_audio": picture_track is None}
        if picture_track is not None:
            facts |= {"width": picture_track.width, "height": picture_track.height}
    return facts


def _is_signed_in(request: Request) -> bool:
    said = request.authorization
    return said is not None and (said.username, said.password) == (KEY, SECRET)


def _json(document: Any, status: int = 200) -> Response:
    return Response(json.dumps(document), status=status, content_type="application/json")


def _error(status: int, message: str) -> Response:
    return _json({"error": {"message": message}}, status)
