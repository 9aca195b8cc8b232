"""A server on this machine that speaks what Grover uses of Cloudinary, and checks every signature.

It follows Cloudinary's documentation, not its package: what is signed, and how, is written here anew.
"""

import base64
import hashlib
import json
import re
import socket
import threading
import time
from dataclasses import dataclass, field
from typing import Any

from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

KEY, SECRET, CLOUD = "111222333", "s3cret&more", "Test-Cloud"

_TYPES = {b"\xff\xd8\xff": "jpg", b"\x89PNG": "png", b"RIFF": "webp", b"GIF8": "gif"}
_UNSIGNED = {"file", "api_key", "signature", "resource_type", "cloud_name"}


@dataclass
class CloudinaryServer:
    """What is stored there, what was asked, and how it is to fail."""

    http: HTTPServer
    files: dict[str, bytes] = field(default_factory=dict)
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
            rf"^/v1_1/{CLOUD}/image/upload$": self._upload,
            rf"^/v1_1/{CLOUD}/image/destroy$": self._destroy,
            rf"^/v1_1/{CLOUD}/image/download$": self._download,
            rf"^/v1_1/{CLOUD}/resources/image/authenticated/.+$": self._resource,
            rf"^/v1_1/{CLOUD}/ping$": self._ping,
            rf"^/{CLOUD}/image/authenticated/.+$": self._deliver,
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
        content = request.files["file"].read()
        kind = next((kind for start, kind in _TYPES.items() if content.startswith(start)), None)
        if kind is None:
            return _error(400, "Invalid image file")
        if request.form.get("type") != "authenticated":
            return _error(400, "Only authenticated files are expected")
        public_id = request.form["public_id"]
        if public_id in self.files and request.form.get("overwrite") not in ("1", "True", "true"):
            return _json({"existing": True})
        self.files[public_id] = content
        return _json({"public_id": public_id, "format": kind, "bytes": len(content)})

    def _destroy(self, request: Request) -> Response:
        if refusal := _check_form(request.form):
            return refusal
        is_known = request.form.get("type") == "authenticated"
        gone = self.files.pop(request.form["public_id"], None) if is_known else None
        return _json({"result": "not found" if gone is None else "ok"})

    def _download(self, request: Request) -> Response:
        if refusal := _check_form(request.args):
            return refusal
        if int(request.args["expires_at"]) < time.time():
            return _error(401, "Expired")
        if request.args.get("type") != "authenticated":
            return _error(404, "Resource not found")
        return self._file(request.args["public_id"])

    def _resource(self, request: Request) -> Response:
        if not _is_signed_in(request):
            return _error(401, "Invalid credentials")
        public_id = request.path.partition("/authenticated/")[2]
        if public_id not in self.files:
            return _error(404, f"Resource not found - {public_id}")
        return _json({"public_id": public_id, "bytes": len(self.files[public_id])})

    def _ping(self, request: Request) -> Response:
        return _json({"status": "ok"}) if _is_signed_in(request) else _error(401, "Invalid credentials")

    def _deliver(self, request: Request) -> Response:
        signature, _, name = request.path.partition("/authenticated/")[2].partition("/")
        digest = hashlib.sha1((name + SECRET).encode()).digest()
        if signature != f"s--{base64.urlsafe_b64encode(digest).decode()[:8]}--":
            return _error(401, "Invalid signature")
        return self._file(name.rpartition(".")[0])

    def _file(self, public_id: str) -> Response:
        content = self.files.get(public_id)
        return _error(404, "Resource not found") if content is None else Response(content)


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


def _is_signed_in(request: Request) -> bool:
    said = request.authorization
    return said is not None and (said.username, said.password) == (KEY, SECRET)


def _json(document: Any, status: int = 200) -> Response:
    return Response(json.dumps(document), status=status, content_type="application/json")


def _error(status: int, message: str) -> Response:
    return _json({"error": {"message": message}}, status)
