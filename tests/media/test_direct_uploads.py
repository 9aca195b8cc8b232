"""Files that clients send straight to the storage: announced, sent, completed, or swept."""

import uuid
from typing import Any
from unittest.mock import patch

import pytest
import urllib3

from accounts.models import User
from grover.core.models import OutboxJob
from grover.media.actions import direct, sweeps
from grover.media.models import DirectUpload, Media, StorageUse
from tests.conftest import sign_in
from tests.content.test_lists import refused_at
from tests.factories.accounts import make_user
from tests.factories.media import picture
from tests.media import clips
from tests.media.cloudinary_server import CloudinaryServer
from tests.media.test_sweeps import DAY, MINUTE, _let_pass
from tests.races import run_parallel

pytestmark = pytest.mark.django_db(transaction=True)

PNG = {"content_type": "image/png", "size": 2_000, "alt_text": "Two halves"}
MP4 = {"content_type": "video/mp4", "size": 40_000}


@pytest.fixture
def ada(at_cloudinary: CloudinaryServer) -> User:
    return make_user("ada")


def announced(api: Any, user: User, body: dict[str, Any]) -> Any:
    answer = api(user).post("media/direct", json=body)
    assert answer.status_code == 201
    return answer.json()


def send(form: Any, content: bytes, **changed: str) -> int:
    """Send a file as a browser sends a form; give the status that the storage answers."""
    fields = {**form["fields"], **changed, "file": ("anything", content)}
    return int(urllib3.request("POST", form["url"], fields=fields, retries=False, timeout=5).status)


def problem_of(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


def test_a_picture_goes_straight_to_the_storage(api: Any, ada: User, at_cloudinary: CloudinaryServer) -> None:
    form = announced(api, ada, PNG)
    assert form["fields"]["public_id"] == f"{form['id']}/original"
    assert form["fields"]["type"] == "authenticated"
    assert form["fields"]["transformation"] == "fl_force_strip"
    assert form["url"].endswith("/image/upload")
    assert at_cloudinary.calls == []

    assert send(form, picture("PNG")) == 200
    completed = api(ada).post(f"media/{form['id']}/complete")
    again = api(ada).post(f"media/{form['id']}/complete")

    card = completed.json()
    assert (completed.status_code, again.status_code) == (200, 200)
    assert again.json()["id"] == card["id"] == form["id"]
    assert (card["kind"], card["state"], card["content_type"]) == ("image", "ready", "image/png")
    assert (card["size"], card["width"], card["height"]) == (len(picture("PNG")), 64, 48)
    assert (card["alt_text"], len(card["blurhash"]), len(card["variants"])) == ("Two halves", 28, 3)
    assert StorageUse.objects.get().used == card["size"]
    assert not DirectUpload.objects.exists()
    _let_pass(DAY + MINUTE)
    assert not OutboxJob.objects.exists()
    assert Media.objects.get().file_name.partition(".")[0] in at_cloudinary.files


def test_a_video_goes_straight_to_the_storage(api: Any, ada: User, at_cloudinary: CloudinaryServer) -> None:
    form = announced(api, ada, MP4)
    assert form["url"].endswith("/video/upload")
    assert form["fields"]["transformation"] == "ac_aac,c_limit,h_4096,vc_h264,w_4096"
    assert send(form, clips.video()) == 200

    card = api(ada).post(f"media/{form['id']}/complete").json()

    assert (card["kind"], card["state"], card["duration"]) == ("video", "ready", pytest.approx(1, abs=0.1))
    assert (card["width"], card["height"], card["rendition"]["width"]) == (64, 48, 64)


def test_what_has_not_arrived_is_not_completed(api: Any, ada: User) -> None:
    form = announced(api, ada, PNG)
    answer = api(ada).post(f"media/{form['id']}/complete")
    assert problem_of(answer) == (409, "upload_not_received")
    assert DirectUpload.objects.exists()


def test_only_who_announced_a_file_completes_it(api: Any, ada: User) -> None:
    form = announced(api, ada, PNG)
    send(form, picture("PNG"))
    bob = api(make_user("bob"))
    for key in (form["id"], uuid.uuid4(), "x"):
        assert problem_of(bob.post(f"media/{key}/complete")) == (404, "not_found")
    api(ada).post(f"media/{form['id']}/complete")
    assert problem_of(bob.post(f"media/{form['id']}/complete")) == (404, "not_found")


@pytest.mark.parametrize("changed", ["public_id", "transformation", "overwrite", "format", "allowed_formats"])
def test_what_was_signed_cannot_be_changed(
    api: Any, ada: User, at_cloudinary: CloudinaryServer, changed: str
) -> None:
    assert send(announced(api, ada, PNG), picture("PNG"), **{changed: "true"}) == 401
    assert at_cloudinary.files == {}


def test_a_form_stores_one_file_and_replaces_none(
    api: Any, ada: User, at_cloudinary: CloudinaryServer
) -> None:
    form = announced(api, ada, PNG)
    send(form, picture("PNG"))
    send(form, picture("PNG", size=(10, 10)))
    assert list(at_cloudinary.files.values()) == [picture("PNG")]
    assert send(announced(api, ada, PNG), picture("JPEG")) == 400


@pytest.mark.parametrize(
    ("body", "stored"),
    [
        ({**PNG, "size": 10}, lambda: picture("PNG")),
        (PNG, picture),
        (MP4, clips.unseen),
    ],
    ids=["size", "format", "no picture"],
)
def test_what_is_not_as_announced_is_refused_and_deleted(
    api: Any, ada: User, at_cloudinary: CloudinaryServer, body: dict[str, Any], stored: Any
) -> None:
    form = announced(api, ada, body)
    name = form["fields"]["public_id"]
    at_cloudinary.sorts[name] = form["url"].split("/")[-2]
    at_cloudinary.files[name] = stored()

    answer = api(ada).post(f"media/{form['id']}/complete")

    assert problem_of(answer) == (422, "upload_mismatch")
    assert at_cloudinary.files == {}
    assert not Media.objects.exists()
    assert problem_of(api(ada).post(f"media/{form['id']}/complete")) == (404, "not_found")


def test_what_is_announced_counts_towards_the_quota(api: Any, ada: User, settings: Any) -> None:
    settings.MEDIA_QUOTA_BYTES = 3_000
    announced(api, ada, PNG)
    assert problem_of(api(ada).post("media/direct", json=PNG)) == (413, "quota_exceeded")


def test_a_file_beyond_the_quota_may_be_completed_when_there_is_room(
    api: Any, ada: User, settings: Any
) -> None:
    form = announced(api, ada, PNG)
    send(form, picture("PNG"))
    settings.MEDIA_QUOTA_BYTES, enough = 10, settings.MEDIA_QUOTA_BYTES
    assert problem_of(api(ada).post(f"media/{form['id']}/complete")) == (413, "quota_exceeded")
    settings.MEDIA_QUOTA_BYTES = enough
    assert api(ada).post(f"media/{form['id']}/complete").status_code == 200


def test_what_is_never_completed_is_deleted_after_a_day(
    api: Any, ada: User, at_cloudinary: CloudinaryServer
) -> None:
    form = announced(api, ada, PNG)
    send(form, picture("PNG"))
    _let_pass(DAY - MINUTE)
    assert len(at_cloudinary.files) == 1
    _let_pass(2 * MINUTE)
    assert at_cloudinary.files == {}
    assert not DirectUpload.objects.exists()
    assert not OutboxJob.objects.exists()
    assert problem_of(api(ada).post(f"media/{form['id']}/complete")) == (404, "not_found")


def test_a_file_completed_twice_at_once_is_one_upload(
    api: Any, ada: User, at_cloudinary: CloudinaryServer
) -> None:
    form = announced(api, ada, PNG)
    send(form, picture("PNG"))
    viewer = sign_in(ada)[0]

    cards = run_parallel(4, lambda _: direct.complete_upload(viewer, media_id=uuid.UUID(form["id"])))

    assert {str(card.id) for card in cards} == {form["id"]}
    assert StorageUse.objects.get().used == Media.objects.get().size
    assert f"{form['id']}/original" in at_cloudinary.files


def test_a_file_swept_while_it_is_completed_is_not_registered(
    api: Any, ada: User, at_cloudinary: CloudinaryServer
) -> None:
    form = announced(api, ada, PNG)
    send(form, picture("PNG"))
    key = uuid.UUID(form["id"])

    def sweep_first(owner_id: uuid.UUID) -> None:
        sweeps.delete_unregistered(key, [f"{key}/original.png"])

    with patch.object(direct, "open_account_of_storage", sweep_first):
        answer = api(ada).post(f"media/{key}/complete")

    assert problem_of(answer) == (404, "not_found")
    assert at_cloudinary.files == {}
    assert not Media.objects.exists()


def test_what_a_person_announced_goes_with_them(api: Any, ada: User) -> None:
    announced(api, ada, PNG)
    sweeps.delete_owned(ada.pk)
    assert not DirectUpload.objects.exists()


@pytest.mark.parametrize(
    ("changed", "refusal"),
    [
        ({"content_type": "image/svg+xml"}, ("/content_type", "invalid_choice")),
        ({"size": 0}, ("/size", "min_value")),
        ({"size": 50 * 1024 * 1024 + 1}, ("/size", "max_value")),
        ({"alt_text": "x" * 1_001}, ("/alt_text", "max_length")),
    ],
)
def test_what_cannot_be_announced_is_refused(
    api: Any, ada: User, changed: dict[str, Any], refusal: tuple[str, str]
) -> None:
    assert refused_at(api(ada).post("media/direct", json={**PNG, **changed})) == [refusal]


def test_files_on_a_disk_are_sent_to_us(api: Any) -> None:
    answer = api(make_user("ada")).post("media/direct", json=PNG)
    assert problem_of(answer) == (409, "direct_upload_unavailable")
    assert not DirectUpload.objects.exists()
