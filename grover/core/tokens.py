"""Access tokens: short-lived JWTs that carry a person and their session.

They are signed by simplejwt with the first of `JWT_SIGNING_KEYS` and verified by any of them, named
by `kid`, so a key is rotated by putting a new one in front. No row is read to verify one; the
sessions that ended early are kept in this process, at most a second behind the database.
"""

import datetime as dt
import functools
import threading
import time
import uuid
from collections.abc import Collection
from typing import Any

import jwt
from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone
from rest_framework.authentication import BaseAuthentication
from rest_framework_simplejwt.backends import TokenBackend
from rest_framework_simplejwt.exceptions import TokenBackendError, TokenError
from rest_framework_simplejwt.tokens import AccessToken

from grover.core.errors import NotSignedIn
from grover.core.ports import Slot
from grover.core.viewers import Viewer

ENDED_SESSIONS_KNOWN_FOR = 1.0  # seconds; the promise is two
VERIFIED_TOKENS_KNOWN = 10_000
CLOCK_OVERLAP = dt.timedelta(seconds=5)

sessions_ended_since: Slot[[dt.datetime], list[tuple[uuid.UUID, dt.datetime]]] = Slot("sessions_ended_since")


class KeyRing(TokenBackend):
    """The signing keys by `kid`, as simplejwt's backend."""

    def __init__(self, keys: dict[str, str]) -> None:
        self._keys = keys
        self._kid = next(iter(keys))
        super().__init__("HS256", signing_key=keys[self._kid], issuer="grover")

    def encode(self, payload: dict[str, Any]) -> str:
        return jwt.encode(
            {**payload, "iss": self.issuer},
            self._keys[self._kid],
            algorithm=self.algorithm,
            headers={"kid": self._kid},
        )

    def get_verifying_key(self, token: Any) -> str:
        kid = jwt.get_unverified_header(token).get("kid")
        try:
            return self._keys[str(kid)]
        except (KeyError, TypeError) as error:
            raise TokenBackendError("Unknown signing key") from error


class GroverAccessToken(AccessToken):
    """An access token for one session; `sub` is the person, `sid` the session."""

    lifetime = settings.ACCESS_TOKEN_LIFETIME
    _token_backend = KeyRing(settings.JWT_SIGNING_KEYS)

    @property
    def token_backend(self) -> KeyRing:
        return self._token_backend


def mint_access_token(user_id: uuid.UUID, session_id: uuid.UUID) -> str:
    """Sign an access token for a session, good for `ACCESS_TOKEN_LIFETIME`."""
    token = GroverAccessToken()
    token["sub"] = str(user_id)
    token["sid"] = str(session_id)
    return str(token)


def viewer_of(access_token: str) -> Viewer:
    """Verify an access token; NotSignedIn when it is not ours, has expired or its session ended."""
    return viewer_until(access_token)[0]


def viewer_until(access_token: str) -> tuple[Viewer, dt.datetime]:
    """Verify an access token as `viewer_of` does; give the viewer and when it expires."""
    viewer, expires_at = _verified(access_token)
    if expires_at <= time.time():
        raise NotSignedIn("The access token is not valid or has expired")
    if ended_sessions.contains(viewer.session_id):
        raise NotSignedIn("The session has ended")
    return viewer, dt.datetime.fromtimestamp(expires_at, dt.UTC)


@functools.lru_cache(maxsize=VERIFIED_TOKENS_KNOWN)
def _verified(access_token: str) -> tuple[Viewer, float]:
    """Check and read a token. What is found of a good one stays true until it expires, so it is kept."""
    try:
        claims = GroverAccessToken(access_token)  # type: ignore[arg-type]
        viewer = Viewer(uuid.UUID(claims["sub"]), uuid.UUID(claims["sid"]))
        return viewer, float(claims["exp"])
    except (TokenError, KeyError, ValueError, TypeError, AttributeError, jwt.PyJWTError) as error:
        raise NotSignedIn("The access token is not valid or has expired") from error


class EndedSessions:
    """The sessions that ended while an access token of theirs may still be alive."""

    def __init__(self) -> None:
        self._ended: dict[uuid.UUID, dt.datetime] = {}
        self._lock = threading.Lock()
        self._asked_at = float("-inf")
        self._newest: dt.datetime | None = None

    def contains(self, session_id: uuid.UUID) -> bool:
        """Tell whether a session has ended; asks the database at most once a second."""
        if time.monotonic() - self._asked_at > ENDED_SESSIONS_KNOWN_FOR:
            self._ask()
        return session_id in self._ended

    def among(self, session_ids: Collection[uuid.UUID]) -> set[uuid.UUID]:
        """Find those of these sessions that have ended, as `contains` does."""
        if time.monotonic() - self._asked_at > ENDED_SESSIONS_KNOWN_FOR:
            self._ask()
        return self._ended.keys() & set(session_ids)

    def add(self, session_id: uuid.UUID) -> None:
        """Refuse a session in this process at once."""
        self._ended[session_id] = timezone.now()

    def forget(self) -> None:
        """Drop what is known, so that the next question goes to the database."""
        self._ended.clear()
        self._asked_at = float("-inf")
        self._newest = None

    def _ask(self) -> None:
        with self._lock:
            if time.monotonic() - self._asked_at <= ENDED_SESSIONS_KNOWN_FOR:
                return
            oldest_that_matters = timezone.now() - settings.ACCESS_TOKEN_LIFETIME - CLOCK_OVERLAP
            since = oldest_that_matters
            if self._newest is not None:
                since = max(since, self._newest - CLOCK_OVERLAP)
            asked_at, now = time.monotonic(), timezone.now()
            for rows in sessions_ended_since.call(since):
                self._ended.update(rows)
            for session_id in [key for key, at in self._ended.items() if at < oldest_that_matters]:
                del self._ended[session_id]
            self._asked_at, self._newest = asked_at, now


ended_sessions = EndedSessions()


def bearer_token(header: str) -> str:
    """Take the access token out of an `Authorization` header; NotSignedIn when it has none."""
    scheme, _, token = header.partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise NotSignedIn("The Authorization header must be: Bearer <access token>")
    return token.strip()


class BearerAuthentication(BaseAuthentication):
    """Sign in a request by its `Authorization: Bearer` header."""

    def authenticate(self, request: HttpRequest) -> tuple[Viewer, None] | None:
        header = request.META.get("HTTP_AUTHORIZATION", "")
        if not header:
            return None
        return viewer_of(bearer_token(header)), None

    def authenticate_header(self, request: HttpRequest) -> str:
        return 'Bearer realm="grover"'
