"""What becomes of an upload, as its owner hears it."""

import io
from typing import Any

import pytest

from accounts.models import User
from grover.media.actions.uploads import upload_media
from tests.conftest import sign_in
from tests.media import clips
from tests.realtime.servers import Realtime

pytestmark = pytest.mark.django_db(transaction=True)


def upload_as(user: User, sent: bytes) -> Any:
    return upload_media(sign_in(user)[0], file=io.BytesIO(sent), size=len(sent))


def test_owner_hears_of_a_clip_on_every_device_and_nobody_else_does(
    realtime: Realtime, ada: User, bob: User
) -> None:
    with realtime.client(ada) as one, realtime.client(ada) as two, realtime.client(bob) as stranger:
        card = upload_as(ada, clips.video())
        for client in (one, two):
            assert client.event("media.progress", media_id=str(card.id))["data"]["progress"] > 0
            ready = client.event("media.ready", media_id=str(card.id))["data"]["media"]
            assert (ready["state"], ready["progress"], ready["rendition"]["width"]) == ("ready", 100, 64)
        stranger.ask("ping")
        assert stranger.types() == []
