"""The simulator, listening."""

import contextlib
import json
import re
import socket
import struct
import sys
import threading
import time
from collections.abc import Collection, Iterator, Sequence
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import httpx
from cryptography import x509

from tests.payments.paypal.authority import Authority, SentEvent
from tests.payments.paypal.faults import BEFORE, Fault, Faults
from tests.payments.paypal.payouts import Books, Disputes, Payouts
from tests.payments.paypal.state import MERCHANT_ID, WEBHOOK_ID, Asked, Handler, Json, Refusal, Reply

CLIENT_ID, SECRET = "client-of-grover", "s3cret:of/grover"
BASIC = httpx.BasicAuth(CLIENT_ID, SECRET)._auth_header
SLOW_SECONDS = 0.05
LONGEST_HANG = 10.0
_CERTIFICATES = "/v1/notifications/certs/"


class PayPalServer(Payouts, Disputes, Books):
    """All that PayPal is to us.

    `requests` are those that came, as (operation, request id); `errors` are its own, and there must be none.
    """

    def __init__(self) -> None:
        self.authority = Authority()
        self.certificates: dict[str, bytes] = {}
        self._let_go = threading.Event()
        super().__init__()
        self._routes = [
            (name, method, re.compile(re.escape(path).replace(r"\{\}", "([^/]+)")), answer)
            for name, (method, path, answer) in self.operations().items()
        ]
        self.faults = Faults(frozenset(self.operations()))

    @property
    def roots(self) -> list[x509.Certificate]:
        """What has to be trusted for webhooks to be."""
        return [self.authority.root]

    @property
    def credentials(self) -> dict[str, str]:
        """What a client needs to be known here."""
        return {
            "url": self.url,
            "client_id": CLIENT_ID,
            "secret": SECRET,
            "webhook_id": WEBHOOK_ID,
            "merchant_id": MERCHANT_ID,
        }

    def clear(self) -> None:
        super().clear()
        self.tokens: list[str] = []
        self.requests: list[tuple[str, str]] = []
        self.errors: list[BaseException | None] = []
        self.most_lines = Books.most_lines
        self.retry_after = 0
        self.token_seconds = 32_400

    def reset(self) -> None:
        """Forget everything, and let go of whoever still waits."""
        self._let_go.set()
        with self.lock:
            self._let_go = threading.Event()
            self.clear()
            self.certificates.clear()
            self.faults.clear()

    def operations(self) -> dict[str, tuple[str, str, Handler]]:
        return super().operations() | {
            "token": ("POST", "/v1/oauth2/token", self._token),
            "certificate": ("GET", f"{_CERTIFICATES}{{}}", lambda asked: Reply(200)),
        }

    def expire_tokens(self) -> None:
        """Know none of the tokens any more that were handed out."""
        with self.lock:
            self.tokens.clear()

    def asked(self, operation: str) -> list[str]:
        """List the request ids under which an operation was asked for, in turn."""
        return [request_id for name, request_id in self.requests if name == operation]

    def deliver(
        self,
        url: str,
        events: Sequence[SentEvent] | None = None,
        *,
        duplicate: int = 1,
        order: Sequence[int] | None = None,
        drop: Collection[int] = (),
    ) -> list[int]:
        """Send events to an address, and give the statuses it answers with.

        `order` lists positions in the order to send them, those in `drop` are left out, and each of the
        others is sent `duplicate` times in a row.
        """
        events = self.events if events is None else events
        positions = [each for each in order or range(len(events)) if each not in drop]
        with httpx.Client(trust_env=False) as client:
            return [
                client.post(url, content=events[each].body, headers=events[each].headers).status_code
                for each in positions
                for _ in range(duplicate)
            ]

    def answer(self, method: str, target: str, headers: Any, content: bytes) -> tuple[int, bytes] | Fault:
        """Answer a request, or say in what way not to."""
        parts = urlsplit(target)
        if parts.path.startswith(_CERTIFICATES):
            return self._certificate(parts.path.removeprefix(_CERTIFICATES))
        for name, wanted, pattern, handler in self._routes:
            found = pattern.fullmatch(parts.path)
            if found and wanted == method:
                fault = self.faults.take(name)
                asked = Asked(
                    operation=name,
                    ids=found.groups(),
                    params=dict(parse_qsl(parts.query)),
                    body=_decode(name, content),
                    request_id=headers.get("paypal-request-id") or "",
                    fault=fault,
                )
                return self._answer(handler, asked, method, headers.get("authorization") or "")
        return 404, b"<html>Not Found</html>"

    def _answer(
        self, handler: Handler, asked: Asked, method: str, authorization: str
    ) -> tuple[int, bytes] | Fault:
        with self.lock:
            self.requests.append((asked.operation, asked.request_id))
            if asked.fault in BEFORE:
                return _fault_answer(asked.fault)
            try:
                self._check(asked, method, authorization)
                reply = self._once(handler, asked)
                status, said = reply.status, reply.view()
            except Refusal as refusal:
                status, said = refusal.status, refusal.body
            content = json.dumps(said).encode() if status != 204 else b""
        if asked.fault == Fault.SLOW:
            time.sleep(SLOW_SECONDS)
        if asked.fault in (Fault.TIMEOUT_AFTER, Fault.RESET_AFTER):
            return asked.fault
        return (500, b"") if asked.fault == Fault.ERROR_AFTER else (status, content)

    def _check(self, asked: Asked, method: str, authorization: str) -> None:
        if asked.operation == "token":
            if authorization != BASIC:
                raise Refusal(401, "invalid_client")
        elif authorization.removeprefix("Bearer ") not in self.tokens:
            raise Refusal(401, "AUTHENTICATION_FAILURE")
        elif method == "POST" and not 1 <= len(asked.request_id) <= 38:
            raise Refusal(400, "INVALID_REQUEST", "PAYPAL_REQUEST_ID_REQUIRED")

    def _once(self, handler: Handler, asked: Asked) -> Reply:
        """Do what was asked for, once for a request id; with another body the id is refused."""
        key = (f"{asked.operation}/{'/'.join(asked.ids)}", asked.request_id)
        if not asked.request_id:
            return handler(asked)
        if key in self.replies:
            body, reply = self.replies[key]
            if body != asked.body:
                raise Refusal(422, "UNPROCESSABLE_ENTITY", "DUPLICATE_REQUEST_ID")
            return reply
        reply = handler(asked)
        if asked.operation != "create_payouts":  # which knows by its name that a batch is the same
            self.replies[key] = asked.body, reply
        return reply

    def _token(self, asked: Asked) -> Reply:
        assert asked.body == {"grant_type": "client_credentials"}
        token = self.new_id("A21AA")
        self.tokens.append(token)
        lasts = self.token_seconds
        return Reply(200, lambda: {"access_token": token, "token_type": "Bearer", "expires_in": lasts})

    def _certificate(self, name: str) -> tuple[int, bytes]:
        with self.lock:
            self.requests.append(("certificate", name))
            if name.startswith("CERT-2"):
                self.certificates.setdefault(name, self.authority.issue())
            found = self.certificates.get(name)
        return (404, b"") if found is None else (200, found)

    def hang(self, seconds: float = LONGEST_HANG) -> bool:
        """Wait until whoever asks has surely given up, and tell whether all is over."""
        return self._let_go.wait(seconds)


def _decode(operation: str, content: bytes) -> Json:
    if not content:
        return {}
    body = dict(parse_qsl(content.decode())) if operation == "token" else json.loads(content)
    assert isinstance(body, dict)
    return body


def _fault_answer(fault: Fault) -> tuple[int, bytes] | Fault:
    answers = {
        Fault.ERROR_BEFORE: (503, b"<html>Service Unavailable</html>"),
        Fault.CONFLICT: (409, _error("RESOURCE_CONFLICT", "PREVIOUS_REQUEST_IN_PROGRESS")),
        Fault.TOO_MANY: (429, _error("RATE_LIMIT_REACHED")),
        Fault.UNAUTHORIZED: (401, _error("AUTHENTICATION_FAILURE")),
        Fault.NONSENSE: (200, b"<html>Welcome</html>"),
        Fault.STRANGE_404: (404, b"<html>Not Found</html>"),
    }
    return answers.get(fault, fault)


def _error(name: str, issue: str = "") -> bytes:
    return json.dumps(Refusal(400, name, issue).body).encode()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = -1  # an answer in two packets would wait for the first to be acknowledged
    paypal: PayPalServer

    def do_GET(self) -> None:
        self._respond()

    def do_POST(self) -> None:
        self._respond()

    def _respond(self) -> None:
        content = self.rfile.read(int(self.headers.get("content-length") or 0))
        answer = self.paypal.answer(self.command, self.path, self.headers, content)
        if isinstance(answer, Fault):
            self._fail(answer)
            return
        status, said = answer
        with contextlib.suppress(OSError):  # whoever asked has given up
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            if status == HTTPStatus.TOO_MANY_REQUESTS:
                self.send_header("Retry-After", str(self.paypal.retry_after))
            self.send_header("Content-Length", str(len(said)))
            self.end_headers()
            self.wfile.write(said)
            self.wfile.flush()

    def _fail(self, fault: Fault) -> None:
        self.close_connection = True
        if fault in (Fault.TIMEOUT_BEFORE, Fault.TIMEOUT_AFTER):
            self.paypal.hang()
            return
        if fault == Fault.TRICKLE:
            self._trickle()
            return
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.connection.close()

    def _trickle(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", "1000000")
        self.end_headers()
        with contextlib.suppress(OSError):
            while not self.paypal.hang(SLOW_SECONDS):
                self.wfile.write(b" ")
                self.wfile.flush()

    def log_message(self, *args: Any) -> None:
        pass


class _Threads(ThreadingHTTPServer):
    daemon_threads = True

    paypal: PayPalServer

    def handle_error(self, *args: Any) -> None:
        """Keep what is wrong with the simulator; broken connections were ordered."""
        error = sys.exception()
        if not isinstance(error, OSError):
            self.paypal.errors.append(error)


@contextlib.contextmanager
def running_paypal_server() -> Iterator[PayPalServer]:
    """Have the simulator run."""
    found = PayPalServer()
    listening = _Threads(("127.0.0.1", 0), type("Handler", (_Handler,), {"paypal": found}))
    listening.paypal = found
    found.url = f"http://127.0.0.1:{listening.server_address[1]}"
    thread = threading.Thread(target=listening.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield found
    finally:
        found.reset()
        listening.shutdown()
        thread.join()
        listening.server_close()
