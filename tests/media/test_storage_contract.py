"""What a storage of uploads must do: files on the disk and Cloudinary alike."""

import io
import uuid
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
import urllib3
from django.conf import settings as django_settings
from django.core.exceptions import ImproperlyConfigured
from django.core.files import File
from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage, Storage, default_storage

from accounts.models import User
from content.enums import Visibility
from content.models import Post
from grover.core.jobs import sweep_outbox
from grover.core.models import OutboxJob
from grover.core.providers import ProviderRefused, ProviderUnavailable
from grover.core.viewers import Viewer
from grover.media.actions import stored, sweeps, uploads
from grover.media.models import Media, StorageUse
from grover.media.providers import cloudinary
from grover.media.providers.clips import child
from grover.media.providers.cloudinary import CloudinaryStorage
from tests.content.people import follow
from tests.factories.accounts import make_user
from tests.factories.media import picture
from tests.media import clips
from tests.media.at_cloudinary import StrictStorage
from tests.media.cloudinary_server import CloudinaryServer, account_at_nobody
from tests.media.test_sweeps import DAY, MINUTE, Crash, _let_pass
from tests.messaging.frames import published


@pytest.fixture(params=["disk", "cloudinary"])
def storage(request: Any, tmp_path: Path) -> Storage:
    if request.param == "disk":
        options = django_settings.STORAGES["default"].get("OPTIONS", {})
        return FileSystemStorage(location=tmp_path, **options)
    return CloudinaryStorage(request.getfixturevalue("server").url)


def names() -> tuple[str, str]:
    media_id = uuid.uuid4()
    return f"{media_id}/original.jpg", f"{media_id}/200.webp"


def read(storage: Storage, name: str) -> bytes:
    with storage.open(name) as file:
        content: bytes = file.read()
    return content


def test_a_file_is_stored_under_its_own_name_and_read_again(storage: Storage) -> None:
    original, small = names()
    assert storage.save(original, ContentFile(picture())) == original
    assert storage.save(small, ContentFile(picture("WEBP"))) == small
    assert read(storage, original) == picture()
    assert read(storage, small) == picture("WEBP")
    assert storage.size(original) == len(picture())
    assert storage.exists(original)


def test_a_file_without_a_name_is_stored_whole(storage: Storage) -> None:
    """A temporary file has no name, and a Django File without one is false."""
    original, _ = names()
    content = io.BytesIO(picture())
    content.read(10)
    storage.save(original, File(content))
    assert read(storage, original) == picture()


def test_a_video_and_its_poster_are_stored_apart(storage: Storage) -> None:
    media_id = uuid.uuid4()
    video, poster = f"{media_id}/original.mp4", f"{media_id}/200.webp"
    storage.save(video, ContentFile(clips.video()))
    storage.save(poster, ContentFile(picture("WEBP")))
    assert (read(storage, video), read(storage, poster)) == (clips.video(), picture("WEBP"))
    assert storage.size(video) == len(clips.video())
    storage.delete(video)
    assert (storage.exists(video), storage.exists(poster)) == (False, True)


def test_an_opened_file_can_be_sought(storage: Storage) -> None:
    original, _ = names()
    storage.save(original, ContentFile(picture()))
    with storage.open(original) as file:
        file.seek(-4, io.SEEK_END)
        assert file.read() == picture()[-4:]


def test_what_is_saved_again_is_replaced(storage: Storage) -> None:
    original, _ = names()
    storage.save(original, ContentFile(picture()))
    assert storage.save(original, ContentFile(picture(size=(10, 10)))) == original
    assert read(storage, original) == picture(size=(10, 10))


def test_what_is_deleted_is_gone_and_may_be_deleted_again(storage: Storage) -> None:
    original, small = names()
    storage.save(original, ContentFile(picture()))
    storage.save(small, ContentFile(picture("WEBP")))
    storage.delete(original)
    storage.delete(original)
    assert not storage.exists(original)
    assert storage.exists(small)
    for ask in (storage.open, storage.size):
        with pytest.raises(FileNotFoundError):
            ask(original)


def test_addresses_are_made_without_asking(storage: Storage, request: Any) -> None:
    original, small = names()
    assert storage.url(original) == storage.url(original) != storage.url(small)
    if isinstance(storage, CloudinaryStorage):
        storage.short_lived_url(original)
        assert request.getfixturevalue("server").calls == []


# --- Cloudinary alone -------------------------------------------------------------------------------


def fetch(url: str) -> tuple[int, bytes]:
    answer = urllib3.request("GET", url, retries=False, timeout=5)
    return answer.status, answer.data


def test_a_signed_address_leads_to_the_file_and_no_other_does(server: CloudinaryServer) -> None:
    storage = CloudinaryStorage(server.url)
    original, small = names()
    storage.save(original, ContentFile(picture()))
    storage.save(small, ContentFile(picture("WEBP")))
    url = storage.url(original)
    assert fetch(url) == (200, picture())
    assert fetch(url.replace("original.jpg", "200.webp"))[0] == 401
    assert fetch(storage.url(small)) == (200, picture("WEBP"))


def test_a_short_lived_address_ends(server: CloudinaryServer, monkeypatch: pytest.MonkeyPatch) -> None:
    storage = CloudinaryStorage(server.url)
    original, _ = names()
    storage.save(original, ContentFile(picture()))
    assert fetch(storage.short_lived_url(original)) == (200, picture())
    monkeypatch.setattr(cloudinary, "SHORT_LIVED_SECONDS", -1)
    assert fetch(storage.short_lived_url(original))[0] == 401


def test_addresses_in_production_are_those_of_cloudinary() -> None:
    storage = CloudinaryStorage("cloudinary://key:secret@Acme")
    assert storage.url("abc/200.webp").startswith("https://res.cloudinary.com/Acme/image/authenticated/s--")
    assert storage.url("abc/200.webp").endswith("--/abc/200.webp")
    assert storage.short_lived_url("abc/200.webp").startswith(
        "https://api.cloudinary.com/v1_1/Acme/image/download?"
    )


def test_ping_asks_with_our_credentials(server: CloudinaryServer) -> None:
    CloudinaryStorage(server.url).ping()
    with pytest.raises(ProviderRefused):
        CloudinaryStorage(server.url.replace("111222333", "999")).ping()


@pytest.mark.parametrize("url", ["", "https://x", "cloudinary://cloud", "cloudinary://key@cloud"])
def test_a_wrong_address_of_the_account_is_told(url: str, settings: Any) -> None:
    settings.CLOUDINARY_URL = url
    with pytest.raises(ImproperlyConfigured):
        CloudinaryStorage()


CALLS = {
    "save": lambda storage: storage.save("a/200.webp", ContentFile(picture("WEBP"))),
    "open": lambda storage: storage.open("a/200.webp"),
    "delete": lambda storage: storage.delete("a/200.webp"),
    "exists": lambda storage: storage.exists("a/200.webp"),
    "size": lambda storage: storage.size("a/200.webp"),
    "ping": lambda storage: storage.ping(),
    "received": lambda storage: storage.received("a/original.mp4"),
    "make": lambda storage: storage.make_rendition("a/original.mp4", "a/rendition.mp4"),
}


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize(
    ("answer", "error"),
    [
        ((500, {"error": {"message": "x"}}), ProviderUnavailable),
        ((503, "<html>"), ProviderUnavailable),
        ((502, {"error": {"message": "x"}}), ProviderUnavailable),
        ((420, {"error": {"message": "x"}}), ProviderUnavailable),
        ((429, {"error": {"message": "x"}}), ProviderUnavailable),
        ((400, {"error": {"message": "x"}}), ProviderRefused),
        ((401, {"error": {"message": "x"}}), ProviderRefused),
        ((403, {"error": {"message": "x"}}), ProviderRefused),
    ],
)
def test_each_failure_is_one_of_two(
    server: CloudinaryServer, call: str, answer: tuple[int, Any], error: type[Exception]
) -> None:
    server.fails_with = answer
    with pytest.raises(error):
        CALLS[call](CloudinaryStorage(server.url))


@pytest.mark.parametrize("call", CALLS)
def test_a_dead_service_is_unavailable(call: str) -> None:
    with pytest.raises(ProviderUnavailable):
        CALLS[call](CloudinaryStorage(account_at_nobody()))


@pytest.mark.parametrize("call", CALLS)
def test_a_silent_service_is_given_up(
    server: CloudinaryServer, call: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cloudinary, "PING_SECONDS", 0.1)
    server.answers.clear()
    with pytest.raises(ProviderUnavailable):
        CALLS[call](CloudinaryStorage(server.url, answer_seconds=0.1))


# --- The API on Cloudinary --------------------------------------------------------------------------


def assert_nothing_left(server: CloudinaryServer) -> None:
    assert server.files == {}
    assert not Media.objects.exists()
    assert not StorageUse.objects.filter(used__gt=0).exists()


@pytest.mark.django_db(transaction=True)
def test_an_upload_lives_at_cloudinary_and_dies_there(
    at_cloudinary: CloudinaryServer, api: Any, upload: Any
) -> None:
    ada = make_user("ada")
    card = upload(ada, picture(size=(800, 400))).json()
    assert card["state"] == "ready"
    assert set(at_cloudinary.files) == {f"{card['id']}/{name}" for name in ("original", "200", "640", "1280")}

    post = api(ada).post("posts", json={"text": "Look", "media_ids": [card["id"]]}).json()
    shown = post["media"][0]
    assert fetch(shown["url"]) == (200, at_cloudinary.files[f"{card['id']}/original"])
    assert [fetch(variant["url"])[0] for variant in shown["variants"]] == [200, 200, 200]

    assert api(ada).delete(f"posts/{post['id']}").status_code == 204
    assert_nothing_left(at_cloudinary)
    assert fetch(shown["url"])[0] == 404


@pytest.mark.django_db(transaction=True)
def test_what_goes_with_a_video_is_made_at_cloudinary(
    at_cloudinary: CloudinaryServer, api: Any, upload: Any
) -> None:
    ada = make_user("ada")
    with patch.object(child, "run", wraps=child.run) as run, published() as frames:
        card = upload(ada, clips.video()).json()

    key = card["id"]
    assert [call.args[0] for call in run.call_args_list] == ["remux"]
    assert at_cloudinary.made == [
        ("c_limit,w_200", "webp"),
        ("c_limit,w_640", "webp"),
        ("c_limit,w_1280", "webp"),
        ("ac_aac,c_limit,vc_h264,w_1280", "mp4"),
    ]
    assert set(at_cloudinary.files) == {
        f"{key}/{name}" for name in ("original", "rendition", "200", "640", "1280")
    }
    assert (card["state"], len(card["blurhash"]), card["duration"]) == (
        "ready",
        28,
        pytest.approx(1.0, abs=0.05),
    )
    assert card["rendition"] == {
        "url": card["rendition"]["url"],
        "content_type": "video/mp4",
        "size": len(at_cloudinary.files[f"{key}/rendition"]),
        "width": 64,
        "height": 48,
    }
    assert [frame.type for frame in frames] == ["media.progress", "media.ready"]
    for url in (card["url"], card["rendition"]["url"], card["variants"][0]["url"]):
        assert fetch(api().get(url)["Location"])[0] == 200

    assert api(ada).delete(f"media/{key}").status_code == 204
    assert_nothing_left(at_cloudinary)


@pytest.mark.django_db(transaction=True)
def test_a_sound_is_made_to_play_at_cloudinary(at_cloudinary: CloudinaryServer, upload: Any) -> None:
    card = upload(make_user("ada"), clips.song()).json()
    assert at_cloudinary.made == [("ac_aac", "m4a")]
    assert (card["variants"], card["rendition"]["content_type"]) == ([], "audio/mp4")


@pytest.mark.django_db(transaction=True)
def test_what_cloudinary_has_not_made_yet_is_asked_for_again(
    at_cloudinary: CloudinaryServer, upload: Any
) -> None:
    not_yet = patch.object(StrictStorage, "make_rendition", side_effect=ProviderRefused)
    with not_yet:
        card = upload(make_user("ada"), clips.video()).json()
    assert (card["state"], card["progress"]) == ("processing", 25)

    _let_pass(MINUTE)

    media = Media.objects.get()
    assert (media.state, media.rendition["width"]) == ("ready", 64)


@pytest.mark.django_db(transaction=True)
def test_a_restricted_file_is_checked_here_and_fetched_there(
    at_cloudinary: CloudinaryServer, api: Any, upload: Any
) -> None:
    ada, bob, eve = make_user("ada"), make_user("bob"), make_user("eve")
    follow(bob, ada)
    card = upload(ada, picture()).json()
    body = {"text": "Look", "media_ids": [card["id"]], "visibility": Visibility.FOLLOWERS}
    api(ada).post("posts", json=body)

    shown = api(bob).get(f"posts/{Post.objects.get().pk}").json()["media"][0]
    assert shown["url"].startswith(f"/media/{card['id']}/original.jpg?as=")
    answer = api().get(shown["url"])
    assert (answer.status_code, answer["Cache-Control"]) == (302, "private, no-store")
    assert "expires_at=" in answer["Location"]
    assert fetch(answer["Location"])[0] == 200
    assert api(eve).get(f"/media/{card['id']}/original.jpg").status_code == 404


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("how", ["dead", "silent", "failing"])
def test_an_upload_while_cloudinary_is_down_is_told_and_leaves_nothing(
    at_cloudinary: CloudinaryServer, upload: Any, how: str
) -> None:
    ada = make_user("ada")
    match how:
        case "dead":
            default_storage._wrapped = StrictStorage(account_at_nobody())
        case "silent":
            at_cloudinary.answers.clear()
        case "failing":
            at_cloudinary.fails_with = (500, {"error": {"message": "x"}})

    answer = upload(ada, picture(), headers={"Idempotency-Key": "key"})

    assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")
    assert not Media.objects.exists()
    assert not StorageUse.objects.filter(used__gt=0).exists()
    assert at_cloudinary.files == {}
    if how == "failing":
        at_cloudinary.fails_with = None
        assert upload(ada, picture(), headers={"Idempotency-Key": "key"}).status_code == 201


@pytest.mark.django_db(transaction=True)
def test_what_arrived_after_all_is_deleted_by_the_job(at_cloudinary: CloudinaryServer) -> None:
    """Cloudinary may have stored a file although its answer was lost."""
    user = make_user()
    with patch.object(uploads, "_register_or_remove", side_effect=Crash), pytest.raises(Crash):
        uploads.upload_media(Viewer(user.pk, uuid.uuid4()), file=io.BytesIO(picture()), size=700)
    assert len(at_cloudinary.files) == 1
    _let_pass(DAY + MINUTE)
    assert_nothing_left(at_cloudinary)


@pytest.mark.django_db(transaction=True)
def test_a_quota_refusal_stays_one_when_the_file_cannot_be_deleted(
    at_cloudinary: CloudinaryServer, upload: Any, settings: Any
) -> None:
    settings.MEDIA_QUOTA_BYTES = 0
    check = patch.object(stored, "check_room")
    failing = patch.object(StrictStorage, "delete", side_effect=ProviderUnavailable)
    with check, failing:
        answer = upload(make_user("ada"), picture())
    assert (answer.status_code, answer.json()["code"]) == (413, "quota_exceeded")
    _let_pass(DAY + MINUTE)
    assert_nothing_left(at_cloudinary)


@pytest.mark.django_db(transaction=True)
def test_a_deletion_while_cloudinary_is_down_is_done_later(
    at_cloudinary: CloudinaryServer, api: Any, upload: Any
) -> None:
    ada = make_user("ada")
    card = upload(ada, picture()).json()
    at_cloudinary.fails_with = (500, {"error": {"message": "x"}})
    assert api(ada).delete(f"media/{card['id']}").status_code == 204
    assert api(ada).get(f"media/{card['id']}").status_code == 404
    assert len(at_cloudinary.files) == 4

    at_cloudinary.fails_with = None
    _let_pass(DAY + MINUTE)

    assert_nothing_left(at_cloudinary)
    assert not OutboxJob.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_an_orphan_is_deleted_at_cloudinary(at_cloudinary: CloudinaryServer, upload: Any) -> None:
    ada: User = make_user("ada")
    upload(ada, picture())
    media = Media.objects.get()
    assert sweeps.sweep_orphans(media.created_at + DAY + MINUTE) == 1
    sweep_outbox(media.created_at + DAY)
    assert_nothing_left(at_cloudinary)
