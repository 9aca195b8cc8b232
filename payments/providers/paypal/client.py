"""Asking PayPal over HTTP: with a token that is kept, within a deadline, and again where that is harmless.

A POST is sent again under the same PayPal-Request-Id, under which PayPal does a thing once. So an answer
that was lost after its effect is asked for again, here at once and by the caller later.
"""

import threading
import time
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import httpx

from grover.core import encoding
from grover.core.providers import ProviderUnavailable
from payments.providers.paypal import trust
from payments.providers.paypal.answers import Json, PassingFailure, check_answer, find_link

SECONDS = 24.0
PING_SECONDS = 2.0
PAUSES = (0.2, 1.0)

_MOST_BYTES = 16 * 1024 * 1024
_MOST_PAGES = 1000
_LONGEST_REQUEST_ID = 38  # the least that one of the APIs takes
_REQUEST_IDS = uuid.UUID("9e0e1b3c-5a0d-4c35-8b0c-3a4f1f2c7d11")
_TOKEN_MARGIN = 60.0


@dataclass(frozen=True, slots=True)
class _Answer:
    status: int
    headers: Mapping[str, str]
    content: bytes


class Client:
    """Asks PayPal. A call ends within `seconds`, in which it is tried once more after each of `pauses`."""

    def __init__(
        self,
        url: str,
        client_id: str,
        secret: str,
        *,
        seconds: float = SECONDS,
        pauses: tuple[float, ...] = PAUSES,
    ) -> None:
        self._seconds, self._pauses = seconds, pauses
        self._credentials = httpx.BasicAuth(client_id, secret)
        self._http = httpx.Client(
            base_url=url, trust_env=False, verify=trust.tls(), headers={"user-agent": "Grover"}
        )
        self._token, self._token_ends_at = "", 0.0
        self._token_lock = threading.Lock()

    def get(self, path: str, **params: str | int) -> Json:
        """Read something."""
        return self._ask(self._http.build_request("GET", path, params=params or None))

    def post(self, path: str, body: Json, *, request_id: str) -> Json:
        """Have something done, once for a request id; the answer is the whole of what was made."""
        headers = {
            "content-type": "application/json",
            "prefer": "return=representation",
            "paypal-request-id": within_bounds(request_id),
        }
        content = encoding.dumps(body)
        return self._ask(self._http.build_request("POST", path, content=content, headers=headers))

    def pages(self, path: str, **params: str | int) -> Iterator[Json]:
        """Read a list page by page, by the links from each to the next; the host is always ours."""
        asked: dict[str, str | int] = params
        for _ in range(_MOST_PAGES):
            page = self.get(path, **asked)
            yield page
            following = dict(parse_qsl(urlsplit(find_link(page.get("links", []), "next")).query))
            if not following or following == asked:
                return
            asked = {**following}
        raise ProviderUnavailable("PayPal's pages do not end")

    def ping(self) -> None:
        """Ask for a token, once and for a short time."""
        self._fetch_token(time.monotonic() + PING_SECONDS)

    def close(self) -> None:
        """Close what connections there are."""
        self._http.close()

    def _ask(self, request: httpx.Request) -> Json:
        ends_at = time.monotonic() + self._seconds
        for pause in self._pauses:
            try:
                return self._attempt(request, ends_at)
            except PassingFailure as failure:
                wait = max(pause, failure.seconds)
                if time.monotonic() + wait >= ends_at:
                    raise
            time.sleep(wait)
        return self._attempt(request, ends_at)

    def _attempt(self, request: httpx.Request, ends_at: float) -> Json:
        """Send a request; with a new token, if PayPal does not know the one that was kept."""
        token = self._current_token(ends_at)
        answer = self._send_with(token, request, ends_at)
        if answer.status == HTTPStatus.UNAUTHORIZED:
            self._forget_token(token)
            answer = self._send_with(self._current_token(ends_at), request, ends_at)
        return check_answer(answer.status, answer.headers, answer.content)

    def _send_with(self, token: str, request: httpx.Request, ends_at: float) -> _Answer:
        request.headers["authorization"] = f"Bearer {token}"
        return self._send(request, ends_at)

    def _send(self, request: httpx.Request, ends_at: float) -> _Answer:
        """Send a request once, within what is left and no longer than an attempt's share of the whole."""
        attempt_ends_at = min(ends_at, time.monotonic() + self._seconds / (len(self._pauses) + 1))
        left = attempt_ends_at - time.monotonic()
        if left <= 0:
            raise PassingFailure("PayPal took too long")
        request.extensions["timeout"] = httpx.Timeout(left).as_dict()
        try:
            answer = self._http.send(request, stream=True)
            try:
                return _Answer(answer.status_code, answer.headers, _read(answer, attempt_ends_at))
            finally:
                answer.close()
        except (httpx.HTTPError, httpx.StreamError, OSError) as error:
            raise PassingFailure(f"PayPal does not answer: {type(error).__name__}") from error

    def _current_token(self, ends_at: float) -> str:
        """Give the token that is kept, or fetch one; others that need it meanwhile wait for it."""
        if not self._token_lock.acquire(timeout=max(0.0, ends_at - time.monotonic())):
            raise PassingFailure("PayPal took too long")
        try:
            if time.monotonic() >= self._token_ends_at:
                self._token, lasts = self._fetch_token(ends_at)
                self._token_ends_at = time.monotonic() + lasts - _TOKEN_MARGIN
            return self._token
        finally:
            self._token_lock.release()

    def _forget_token(self, token: str) -> None:
        with self._token_lock:
            if token == self._token:
                self._token_ends_at = 0.0

    def _fetch_token(self, ends_at: float) -> tuple[str, float]:
        request = self._http.build_request(
            "POST", "/v1/oauth2/token", data={"grant_type": "client_credentials"}
        )
        answer = self._send(next(self._credentials.auth_flow(request)), ends_at)
        if answer.status in (HTTPStatus.BAD_REQUEST, HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN):
            raise ProviderUnavailable("PayPal does not know PAYPAL_CLIENT_ID and PAYPAL_SECRET")
        said: dict[str, Any] = check_answer(answer.status, answer.headers, answer.content)
        token, lasts = said.get("access_token"), said.get("expires_in")
        if not isinstance(token, str) or not isinstance(lasts, int):
            raise ProviderUnavailable("PayPal gave no token")
        return token, float(lasts)


def within_bounds(request_id: str) -> str:
    """Give a request id that every API takes: a long one gets a short name, always the same."""
    if len(request_id) <= _LONGEST_REQUEST_ID:
        return request_id
    return str(uuid.uuid5(_REQUEST_IDS, request_id))


def _read(answer: httpx.Response, ends_at: float) -> bytes:
    content = bytearray()
    for part in answer.iter_bytes():
        content += part
        if len(content) > _MOST_BYTES:
            raise ProviderUnavailable("PayPal answered too much")
        if time.monotonic() > ends_at:
            raise PassingFailure("PayPal took too long")
    return bytes(content)
