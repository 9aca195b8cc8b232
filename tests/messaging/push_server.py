"""A server on this machine that speaks web push and Expo's API as documented, and checks what it is sent."""

import base64
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import ec

from messaging.providers.push.vapid import make_keys
from tests.factories.push import Browser

PRIVATE_KEY, PUBLIC_KEY = make_keys()
SUBJECT = "mailto:push@grover.test"
TOKEN = "expo-access-token"

Answer = tuple[int, Any]


@dataclass
class Request:
    """What was sent to a browser or to Expo."""

    path: str
    headers: Message
    body: bytes

    def json(self) -> Any:
        return json.loads(self.body)


@dataclass
class PushServer:
    """What was sent, and what is answered: by path, or by token of a phone, in turn; the last for ever."""

    url: str = ""
    requests: list[Request] = field(default_factory=list)
    answers: dict[str, list[Answer | float]] = field(default_factory=dict)
    receipts: dict[str, Any] = field(default_factory=dict)

    def endpoint(self, name: str) -> str:
        return f"{self.url}/wp/{name}"

    def names(self) -> list[str]:
        """Name whom something was sent to, in order."""
        return [self._name(request) for request in self.requests]

    def _name(self, request: Request) -> str:
        return request.json()[0]["to"] if request.path == "/expo/send" else request.path.rpartition("/")[2]

    def answer(self, request: Request) -> Answer:
        self.requests.append(request)
        if request.path == "/expo/getReceipts":
            return self._next("getReceipts") or (200, {"data": self._receipts(request.json()["ids"])})
        name = self._name(request)
        planned = self._next(name)
        if planned is not None:
            return planned
        if request.path == "/expo/send":
            return 200, {"data": [{"status": "ok", "id": f"receipt-{len(self.requests)}"}]}
        return 201, b""

    def _next(self, name: str) -> Answer | None:
        planned = self.answers.get(name, [])
        answer = planned[0] if len(planned) == 1 else planned.pop(0) if planned else None
        if isinstance(answer, float):
            time.sleep(answer)
            return None
        return answer

    def _receipts(self, ids: list[str]) -> dict[str, Any]:
        assert len(ids) <= 300
        return {key: self.receipts[key] for key in ids if key in self.receipts}


@contextmanager
def running_push_server() -> Iterator[PushServer]:
    """Have the server run."""
    found = PushServer()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            status, said = found.answer(Request(self.path, self.headers, body))
            content = said if isinstance(said, bytes) else json.dumps(said).encode()
            try:
                self.send_response(status)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)
            except OSError:
                pass  # whoever asked has given up

        def log_message(self, *args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    found.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield found
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def read_push(request: Request, browser: Browser, origin: str) -> Any:
    """Read what came for a browser as its push service and it do; every check of RFC 8291 and 8292."""
    assert request.headers["content-encoding"] == "aes128gcm"
    scheme, _, rest = request.headers["authorization"].partition(" ")
    said = dict(part.split("=", 1) for part in rest.split(","))
    assert (scheme, said["k"]) == ("vapid", PUBLIC_KEY)
    point = base64.urlsafe_b64decode(said["k"] + "=")
    key: Any = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point)
    claims = jwt.decode(said["t"], key, algorithms=["ES256"], audience=origin)
    assert claims["sub"] == SUBJECT
    assert 0 < claims["exp"] - time.time() <= 24 * 60 * 60
    return json.loads(browser.decrypt(request.body))


def expo_error(name: str) -> Answer:
    """Answer as Expo does when it does not take a note."""
    return 200, {"data": [{"status": "error", "message": "No.", "details": {"error": name}}]}
