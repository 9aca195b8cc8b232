"""Who gets a socket, for how long, and what ends it."""

import datetime as dt
import time
from collections.abc import Callable
from typing import Any

import pytest
from django.utils import timezone

from accounts.actions.moderation import suspend_user
from accounts.actions.sessions import end_session, revoke_other_sessions, sign_out
from accounts.models import User
from grover.core.tokens import GroverAccessToken, mint_access_token
from grover.core.viewers import Viewer
from messaging.actions.tickets import issue_ticket
from messaging.models import Ticket
from tests.conftest import ApiClient, sign_in
from tests.factories.accounts import make_user
from tests.realtime.clients import Client
from tests.realtime.servers import Realtime

pytestmark = pytest.mark.django_db(transaction=True)

PAGE = "https://app.grover.test"


def token_for(viewer: Viewer, seconds: float) -> str:
    """Mint an access token that expires soon."""
    token = GroverAccessToken()
    token["sub"], token["sid"] = str(viewer.id), str(viewer.session_id)
    token.set_exp(from_time=timezone.now(), lifetime=dt.timedelta(seconds=seconds))
    return str(token)


def refused(realtime: Realtime, token: str | None = None, **options: Any) -> int:
    with Client(realtime.url, token, greeted=False, **options) as client:
        return client.close_code()


def ticket_of(viewer: Viewer) -> str:
    expires_at = timezone.now() + dt.timedelta(minutes=15)
    return issue_ticket(viewer, access_expires_at=expires_at).ticket


def test_native_client_signs_in_by_its_header(realtime: Realtime, ada: User) -> None:
    viewer, token = sign_in(ada)

    with Client(realtime.url, token) as client:
        data = client.hello["data"]
        assert client.connection.subprotocol is None

    assert (data["user_id"], data["session_id"]) == (str(viewer.id), str(viewer.session_id))
    assert data["conversations"] == []
    assert data["notifications"] == {"unread": 0, "unseen": 0, "last_seq": 0}
    assert data["presence"] == []


def test_browser_signs_in_by_a_ticket(realtime: Realtime, ada: User, api: Callable[..., ApiClient]) -> None:
    answer = api(ada).post("realtime/ticket")
    assert answer.status_code == 201

    ticket = answer.json()["ticket"]
    with Client(
        realtime.url, ticket=ticket, origin=f"http://{realtime.http.base_url.netloc.decode()}"
    ) as client:
        assert client.connection.subprotocol == "grover.v1"
        assert client.hello["data"]["user_id"] == str(ada.pk)

    assert refused(realtime, ticket=ticket) == 4401


def test_nobody_gets_no_socket(realtime: Realtime, ada: User) -> None:
    viewer, _ = sign_in(ada)

    assert refused(realtime) == 4401
    assert refused(realtime, "nonsense") == 4401
    assert refused(realtime, token_for(viewer, -1)) == 4401
    assert refused(realtime, ticket="nonsense") == 4401
    assert refused(realtime, subprotocols=["grover.v1"]) == 4401
    assert refused(realtime, subprotocols=[f"ticket.{ticket_of(viewer)}"]) == 4401


def test_ticket_opens_nothing_after_half_a_minute(realtime: Realtime, ada: User) -> None:
    ticket = ticket_of(sign_in(ada)[0])
    Ticket.objects.update(expires_at=timezone.now() - dt.timedelta(seconds=1))

    assert refused(realtime, ticket=ticket) == 4401


def test_ticket_of_an_ended_session_opens_nothing(realtime: Realtime, ada: User) -> None:
    viewer, _ = sign_in(ada)
    ticket = ticket_of(viewer)
    end_session(viewer.id, viewer.session_id, reason="revoked")
    time.sleep(1.1)  # what other processes may take to learn of it

    assert refused(realtime, ticket=ticket) == 4401


def test_page_of_another_origin_gets_no_socket(realtime: Realtime, ada: User) -> None:
    viewer, token = sign_in(ada)

    assert refused(realtime, token, origin="https://evil.test") == 4401
    assert refused(realtime, ticket=ticket_of(viewer), origin="https://evil.test") == 4401
    assert refused(realtime, token, origin="null") == 4401
    assert refused(realtime, token, origin="http://[") == 4401


def test_other_path_takes_no_socket(realtime: Realtime, ada: User) -> None:
    with pytest.raises(Exception, match="403"):
        Client(f"{realtime.url}elsewhere", sign_in(ada)[1])


def test_socket_is_closed_when_the_token_expires(realtime: Realtime, ada: User) -> None:
    viewer, _ = sign_in(ada)

    with realtime.client(token_for(viewer, 3)) as client:
        warned = client.event("session.expiring")
        assert warned["data"]["session_id"] == str(viewer.session_id)
        assert client.close_code() == 4401
        assert dt.datetime.fromisoformat(warned["data"]["expires_at"]) <= timezone.now()


def test_warning_comes_a_minute_before(realtime: Realtime, ada: User) -> None:
    viewer, _ = sign_in(ada)

    with realtime.client(token_for(viewer, 63)) as client:
        assert client.types() == []
        warned = client.event("session.expiring")

    left = dt.datetime.fromisoformat(warned["data"]["expires_at"]) - timezone.now()
    assert dt.timedelta(seconds=57) < left <= dt.timedelta(seconds=60)


def test_renewed_session_keeps_its_socket(realtime: Realtime, ada: User) -> None:
    viewer, _ = sign_in(ada)

    with realtime.client(token_for(viewer, 3)) as client:
        first = client.event("session.expiring")["data"]["expires_at"]
        answer = client.ask("session.renew", {"access_token": token_for(viewer, 6)})
        assert answer["type"] == "ack"
        again = client.event("session.expiring")["data"]["expires_at"]
        assert answer["data"] == {"expires_at": again}
        assert again > first
        assert client.close_code() == 4401
        assert timezone.now() >= dt.datetime.fromisoformat(again)


def test_session_is_renewed_by_a_token_of_its_own_only(realtime: Realtime, ada: User, bob: User) -> None:
    viewer, token = sign_in(ada)
    other_session, _ = sign_in(ada)
    somebody, _ = sign_in(bob)

    with realtime.client(token) as client:
        answers = [
            client.ask("session.renew", {"access_token": access_token})
            for access_token in (
                mint_access_token(other_session.id, other_session.session_id),
                mint_access_token(somebody.id, somebody.session_id),
                token_for(viewer, -1),
                "nonsense",
            )
        ]

    assert [answer["error"]["code"] for answer in answers] == [
        "other_session",
        "other_session",
        "not_signed_in",
        "not_signed_in",
    ]


def closes_soon(client: Client, viewer: Viewer, reason: str) -> None:
    began = time.monotonic()
    ended = client.event("session.ended")
    assert client.close_code() == 4401
    assert time.monotonic() - began < 2
    assert ended["data"] == {
        "user_id": str(viewer.id),
        "session_id": str(viewer.session_id),
        "reason": reason,
    }


def test_signing_out_closes_the_sockets_of_the_session(realtime: Realtime, ada: User) -> None:
    viewer, token = sign_in(ada)

    with realtime.client(token) as one, realtime.client(token) as two, realtime.client(ada) as other:
        sign_out(viewer)
        closes_soon(one, viewer, "signed_out")
        closes_soon(two, viewer, "signed_out")
        assert "session.ended" not in other.types()

    assert refused(realtime, token) == 4401


def test_revoking_closes_the_sockets_of_other_sessions(realtime: Realtime, ada: User) -> None:
    viewer, token = sign_in(ada)
    other, other_token = sign_in(ada)

    with realtime.client(token) as kept, realtime.client(other_token) as lost:
        revoke_other_sessions(viewer)
        closes_soon(lost, other, "revoked")
        assert kept.ask("ping")["type"] == "ack"


def test_changing_the_password_closes_other_sessions(
    realtime: Realtime, api: Callable[..., ApiClient]
) -> None:
    user = make_user("carol", password="a long enough password")
    changer = api(user)
    other, token = sign_in(user)

    with realtime.client(token) as client:
        began = time.monotonic()
        answer = changer.post(
            "auth/password/change",
            json={"current_password": "a long enough password", "new_password": "quite another password"},
        )
        assert answer.status_code in (200, 204), answer.content
        assert client.event("session.ended")["data"]["session_id"] == str(other.session_id)
        assert client.close_code() == 4401
        assert time.monotonic() - began < 2


def test_suspension_closes_all_sockets(realtime: Realtime, ada: User) -> None:
    _, token = sign_in(ada)
    staff = make_user("staff", is_staff=True)

    with realtime.client(token) as client:
        suspend_user(staff.pk, user_id=ada.pk, reason="spam")
        client.event("session.ended")
        assert client.close_code() == 4401
