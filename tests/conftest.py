"""What every test may use: a client signed in as anyone, and a world without leftovers."""

import shutil
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.conf import settings
from django.core.cache import caches
from django.test import Client
from django.utils import timezone

from accounts.models import Session, User
from grover.core import caching, encoding, throttles
from grover.core.tokens import ended_sessions, mint_access_token
from grover.core.viewers import ANONYMOUS, AnyViewer, Viewer
from tests.frames import watch_published
from tests.leftovers import delete_leftovers_alone

delete_leftovers_alone()


@pytest.fixture(autouse=True)
def no_leftovers() -> None:
    """Forget, before each test, what processes keep in memory beside the database."""
    caching.forget_everything()
    for alias in settings.CACHES:
        caches[alias].clear()
    ended_sessions.forget()
    throttles.forget_everything()


@pytest.fixture(autouse=True)
def strange_frames(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """Fail when a frame was published that the catalogue of events does not have."""
    strangers = watch_published(monkeypatch)
    yield strangers
    assert strangers == []


@pytest.fixture(scope="session", autouse=True)
def media_root() -> Iterator[None]:
    """Remove the files that uploads left."""
    yield
    shutil.rmtree(settings.MEDIA_ROOT, ignore_errors=True)


class ApiClient:
    """A REST client, signed in as one person or nobody, that speaks JSON."""

    def __init__(self, viewer: AnyViewer, token: str | None) -> None:
        self.viewer = viewer
        self.token = token
        self._client = Client()

    def request(self, method: str, path: str, *, json: Any = None, data: Any = None, **headers: str) -> Any:
        """Send a request; `path` is relative to `/api/v1` unless it begins with `/`."""
        if self.token is not None:
            headers.setdefault("Authorization", f"Bearer {self.token}")
        url = path if path.startswith("/") else f"/api/v1/{path}"
        if data is not None:
            return getattr(self._client, method)(url, data, headers=headers)
        if json is None:
            return self._client.generic(method.upper(), url, headers=headers)
        body = json if isinstance(json, bytes | str) else encoding.dumps(json)
        return self._client.generic(method.upper(), url, body, "application/json", headers=headers)

    def get(self, path: str, **kwargs: Any) -> Any:
        return self.request("get", path, **kwargs)

    def post(self, path: str, **kwargs: Any) -> Any:
        return self.request("post", path, **kwargs)

    def put(self, path: str, **kwargs: Any) -> Any:
        return self.request("put", path, **kwargs)

    def patch(self, path: str, **kwargs: Any) -> Any:
        return self.request("patch", path, **kwargs)

    def delete(self, path: str, **kwargs: Any) -> Any:
        return self.request("delete", path, **kwargs)


def sign_in(user: User) -> tuple[Viewer, str]:
    """Open a session that was confirmed by password just now, and mint its access token."""
    now = timezone.now()
    session = Session.objects.create(
        user=user,
        device="tests",
        last_seen_at=now,
        expires_at=now + settings.REFRESH_TOKEN_LIFETIME,
        reauthenticated_at=now,
    )
    viewer = Viewer(user.pk, session.pk)
    return viewer, mint_access_token(viewer.id, viewer.session_id)


@pytest.fixture
def api(db: None) -> Callable[..., ApiClient]:
    """Make a client: `api(user)` is signed in, `api()` is not."""

    def client(user: User | None = None) -> ApiClient:
        return ApiClient(ANONYMOUS, None) if user is None else ApiClient(*sign_in(user))

    return client
