import base64
import datetime as dt
import json
import time
import uuid
from collections.abc import Iterator
from typing import Any

import jwt
import pytest
import time_machine
from django.conf import settings
from django.test import RequestFactory
from django.utils import timezone

from grover.core import tokens
from grover.core.errors import NotSignedIn
from grover.core.tokens import BearerAuthentication, EndedSessions, KeyRing, mint_access_token, viewer_of
from grover.core.viewers import Viewer

ADA = Viewer(uuid.uuid4(), uuid.uuid4())
KID, KEY = next(iter(settings.JWT_SIGNING_KEYS.items()))


@pytest.fixture(autouse=True)
def no_ended_sessions(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(tokens.sessions_ended_since, "_fillers", [])
    tokens.ended_sessions.forget()
    yield
    tokens.ended_sessions.forget()


def claims(**changes: Any) -> dict[str, Any]:
    now = int(time.time())
    good = {
        "token_type": "access",
        "exp": now + 60,
        "iat": now,
        "jti": "1",
        "iss": "grover",
        "sub": str(ADA.id),
        "sid": str(ADA.session_id),
    }
    return {name: value for name, value in {**good, **changes}.items() if value is not None}


def sign(payload: dict[str, Any], *, key: str = KEY, kid: Any = KID, algorithm: str = "HS256") -> str:
    return jwt.encode(payload, key, algorithm=algorithm, headers={"kid": kid} if kid is not None else {})


def test_token_carries_a_person_and_their_session() -> None:
    assert viewer_of(mint_access_token(ADA.id, ADA.session_id)) == ADA


def test_token_that_is_signed_by_hand_is_the_same() -> None:
    """So that the refusals below are refused for what they change."""
    assert viewer_of(sign(claims())) == ADA


def test_token_lasts_fifteen_minutes() -> None:
    with time_machine.travel(1_800_000_000.0, tick=False) as clock:
        token = mint_access_token(ADA.id, ADA.session_id)
        clock.shift(15 * 60 - 1)
        assert viewer_of(token) == ADA
        clock.shift(2)
        with pytest.raises(NotSignedIn):
            viewer_of(token)


def unsigned(payload: dict[str, Any], algorithm: str) -> str:
    parts = [{"alg": algorithm, "typ": "JWT", "kid": KID}, payload]
    encoded = [base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode() for part in parts]
    return ".".join([*encoded, ""])


@pytest.mark.parametrize(
    "token",
    [
        "",
        "rubbish",
        "a.b.c",
        "..",
        "é" * 50,
        "\0",
        "x" * 100_000,
        unsigned(claims(), "none"),
        unsigned(claims(), "None"),
        unsigned(claims(), "HS256"),
        sign(claims(), key="another key, long enough for the algorithm"),
        sign(claims(), kid="another"),
        sign(claims(), kid=None),
        sign(claims(), kid=""),
        sign(claims(), algorithm="HS384"),
        sign(claims(exp=1)),
        sign(claims(exp=None)),
        sign(claims(iss="another")),
        sign(claims(iss=None)),
        sign(claims(token_type="refresh")),
        sign(claims(token_type=None)),
        sign(claims(sub=None)),
        sign(claims(sid=None)),
        sign(claims(sub="ada")),
        sign(claims(sid="1")),
        mint_access_token(ADA.id, ADA.session_id)[:-3] + "AAA",
    ],
)
def test_token_that_is_not_ours_is_refused(token: str) -> None:
    with pytest.raises(NotSignedIn) as caught:
        viewer_of(token)
    assert caught.value.headers["WWW-Authenticate"].startswith("Bearer")


def test_key_is_rotated_by_putting_a_new_one_in_front() -> None:
    old = KeyRing({"old": "o" * 40})
    rotated = KeyRing({"new": "n" * 40, "old": "o" * 40})
    token = old.encode({"sub": "1", "exp": time.time() + 60})
    assert rotated.decode(token)["sub"] == "1"
    assert jwt.get_unverified_header(rotated.encode({"sub": "1"}))["kid"] == "new"


@pytest.mark.parametrize("header", ["Basic YTpi", "Bearer", "Bearer ", "Token x", "x", "bearer\tx"])
def test_header_of_another_kind_is_refused(header: str) -> None:
    with pytest.raises(NotSignedIn):
        BearerAuthentication().authenticate(RequestFactory().get("/", HTTP_AUTHORIZATION=header))


@pytest.mark.parametrize("scheme", ["Bearer", "bearer", "BEARER"])
def test_header_signs_in(scheme: str) -> None:
    header = f"{scheme} {mint_access_token(ADA.id, ADA.session_id)}"
    request = RequestFactory().get("/", HTTP_AUTHORIZATION=header)
    assert BearerAuthentication().authenticate(request) == (ADA, None)


def test_no_header_signs_nobody_in() -> None:
    assert BearerAuthentication().authenticate(RequestFactory().get("/")) is None


class Sessions:
    """What the app above knows of ended sessions, and how often it was asked."""

    def __init__(self) -> None:
        self.rows: list[tuple[uuid.UUID, dt.datetime]] = []
        self.asked_since: list[dt.datetime] = []

    def ended_since(self, moment: dt.datetime) -> list[tuple[uuid.UUID, dt.datetime]]:
        self.asked_since.append(moment)
        return [row for row in self.rows if row[1] >= moment]


@pytest.fixture
def sessions() -> Sessions:
    made = Sessions()
    tokens.sessions_ended_since.fill(made.ended_since)
    return made


def test_session_that_ended_elsewhere_is_refused_within_a_second(
    sessions: Sessions, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = EndedSessions()
    assert not known.contains(ADA.session_id)
    sessions.rows.append((ADA.session_id, timezone.now()))
    monkeypatch.setattr(tokens, "ENDED_SESSIONS_KNOWN_FOR", 0.0)
    assert known.contains(ADA.session_id)


def test_ended_sessions_are_not_asked_for_at_each_request(sessions: Sessions) -> None:
    known = EndedSessions()
    for _ in range(100):
        known.contains(ADA.session_id)
    assert len(sessions.asked_since) == 1


def test_session_that_ended_here_is_refused_at_once(sessions: Sessions) -> None:
    token = mint_access_token(ADA.id, ADA.session_id)
    assert viewer_of(token) == ADA
    tokens.ended_sessions.add(ADA.session_id)
    with pytest.raises(NotSignedIn):
        viewer_of(token)


def test_session_is_forgotten_when_no_token_of_it_can_be_alive(sessions: Sessions) -> None:
    known = EndedSessions()
    with time_machine.travel(dt.datetime(2026, 5, 1, tzinfo=dt.UTC), tick=False) as clock:
        known.add(ADA.session_id)
        clock.shift(settings.ACCESS_TOKEN_LIFETIME + tokens.CLOCK_OVERLAP + dt.timedelta(seconds=2))
        assert not known.contains(ADA.session_id)


def test_later_questions_overlap_the_earlier_ones(
    sessions: Sessions, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A session that ended in a transaction which committed a little later is not missed."""
    monkeypatch.setattr(tokens, "ENDED_SESSIONS_KNOWN_FOR", 0.0)
    known = EndedSessions()
    with time_machine.travel(dt.datetime(2026, 5, 1, tzinfo=dt.UTC), tick=False):
        known.contains(ADA.session_id)
        known.contains(ADA.session_id)
        assert sessions.asked_since[1] == timezone.now() - tokens.CLOCK_OVERLAP


def test_token_that_is_known_still_expires_and_ends() -> None:
    with time_machine.travel(1_800_000_000.0, tick=False) as clock:
        token = mint_access_token(ADA.id, ADA.session_id)
        assert [viewer_of(token), viewer_of(token)] == [ADA, ADA]
        clock.shift(15 * 60)
        with pytest.raises(NotSignedIn):
            viewer_of(token)
    token = mint_access_token(ADA.id, ADA.session_id)
    viewer_of(token)
    tokens.ended_sessions.add(ADA.session_id)
    with pytest.raises(NotSignedIn):
        viewer_of(token)
