"""Taking files in: what is accepted and how it is written anew, and what is refused."""

import functools
import io
from typing import Any
from unittest.mock import patch

import pytest
from django.conf import settings
from django.core.files.storage import default_storage
from django.test import Client
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from PIL import Image, ImageSequence

from accounts.models import User
from grover.core.parsing import LARGEST_MULTIPART_BYTES
from grover.media.models import Media
from grover.media.providers.images import MOST_FRAMES
from tests.conftest import sign_in
from tests.factories.media import picture
from tests.media import pictures
from tests.media.conftest import assert_nothing_left, stored_files

WRITTEN_AS = {
    "JPEG": ("image/jpeg", "jpg", "JPEG"),
    "PNG": ("image/png", "png", "PNG"),
    "WEBP": ("image/webp", "webp", "WEBP"),
    "GIF": ("image/webp", "webp", "WEBP"),
    "HEIF": ("image/jpeg", "jpg", "JPEG"),
}


def original(card: Any) -> bytes:
    media = Media.objects.get(pk=card["id"])
    with default_storage.open(media.file_name) as file:
        return file.read()


def opened(content: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(content))
    image.load()
    return image


@pytest.mark.parametrize("file_format", WRITTEN_AS)
def test_an_upload_is_written_anew_without_anything_but_the_picture(
    upload: Any, ada: User, file_format: str
) -> None:
    sent = pictures.talkative(file_format)
    assert any(secret in sent for secret in pictures.SECRETS)

    answer = upload(ada, sent, alt_text="A red and a blue half")

    content_type, extension, written = WRITTEN_AS[file_format]
    card = answer.json()
    assert answer.status_code == 201
    assert answer["Location"] == f"/api/v1/media/{card['id']}"
    stored = original(card)
    assert card == {
        "id": card["id"],
        "kind": "image",
        "state": "ready",
        "content_type": content_type,
        "size": len(stored),
        "width": 64,
        "height": 48,
        "duration": 0.0,
        "progress": 100,
        "failure": None,
        "blurhash": card["blurhash"],
        "alt_text": "A red and a blue half",
        "url": f"/media/{card['id']}/original.{extension}?as={_pass_of(card)}",
        "variants": [
            {
                "width": 64,
                "height": 48,
                "url": f"/media/{card['id']}/{width}.webp?as={_pass_of(card)}",
            }
            for width in (200, 640, 1280)
        ],
        "rendition": None,
        "created_at": card["created_at"],
    }
    image = opened(stored)
    assert image.format == written
    assert not image.getexif()
    assert "icc_profile" not in image.info
    for name in stored_files():
        with default_storage.open(name) as file:
            content = file.read()
        assert [secret for secret in pictures.SECRETS if secret in content] == []
    red, _, blue = image.convert("RGB").getpixel((60, 24))
    assert red > 150 > blue


def _pass_of(card: Any) -> str:
    return card["url"].partition("?as=")[2]


def test_an_upload_has_a_blurhash_of_its_picture(upload: Any, ada: User) -> None:
    card = upload(ada, picture("JPEG")).json()
    other = upload(ada, picture("JPEG", size=(48, 64))).json()
    assert len(card["blurhash"]) == 28  # 4 by 3 components
    assert card["blurhash"] != other["blurhash"]


@pytest.mark.parametrize("orientation", [3, 6, 8])
def test_an_upload_is_stored_upright(upload: Any, ada: User, orientation: int) -> None:
    card = upload(ada, picture("JPEG", exif=pictures.exif(orientation=orientation))).json()

    image = opened(original(card)).convert("RGB")
    size = (64, 48) if orientation == 3 else (48, 64)
    assert (card["width"], card["height"]) == image.size == size
    bright = {3: (4, 24), 6: (24, 60), 8: (24, 4)}[orientation]
    assert image.getpixel(bright)[0] > 150


def test_colours_of_another_profile_are_converted(upload: Any, ada: User) -> None:
    image = Image.new("CMYK", (16, 16), (0, 255, 255, 0))
    file = io.BytesIO()
    image.save(file, "JPEG")
    pixel = opened(original(upload(ada, file.getvalue()).json())).getpixel((8, 8))
    assert pixel[0] > 200
    assert pixel[1] < 60


def test_a_grey_picture_of_16_bits_keeps_its_greys(upload: Any, ada: User) -> None:
    file = io.BytesIO()
    Image.new("I;16", (16, 16), 32_768).save(file, "PNG")
    assert opened(original(upload(ada, file.getvalue()).json())).getpixel((8, 8)) == (127, 127, 127)


def test_transparency_stays(upload: Any, ada: User) -> None:
    file = io.BytesIO()
    Image.new("RGBA", (16, 16), (255, 0, 0, 0)).save(file, "PNG")
    assert opened(original(upload(ada, file.getvalue()).json())).getpixel((8, 8))[3] == 0


@pytest.mark.parametrize(
    ("size", "expected"),
    [
        ((100, 50), [(100, 50), (100, 50), (100, 50)]),
        ((800, 400), [(200, 100), (640, 320), (800, 400)]),
        ((1600, 800), [(200, 100), (640, 320), (1280, 640)]),
        ((2000, 1), [(200, 1), (640, 1), (1280, 1)]),
    ],
)
def test_copies_are_smaller_and_never_larger(
    upload: Any, ada: User, size: tuple[int, int], expected: list[tuple[int, int]]
) -> None:
    card = upload(ada, picture("PNG", size)).json()

    assert [(copy["width"], copy["height"]) for copy in card["variants"]] == expected
    for width, real in zip((200, 640, 1280), expected, strict=True):
        with default_storage.open(f"{card['id']}/{width}.webp") as file:
            copy = opened(file.read())
        assert (copy.format, copy.size) == ("WEBP", real)
    assert stored_files() == {
        f"{card['id']}/{name}" for name in ("original.png", "200.webp", "640.webp", "1280.webp")
    }


@pytest.mark.parametrize("file_format", ["GIF", "WEBP"])
def test_what_moves_still_moves(upload: Any, ada: User, file_format: str) -> None:
    image = opened(original(upload(ada, pictures.animation(file_format)).json()))

    assert (image.format, image.n_frames, image.size) == ("WEBP", 3, (64, 48))
    colours, durations = [], []
    for frame in ImageSequence.Iterator(image):
        colours.append(frame.convert("RGB").getpixel((8, 8))[0] // 60)
        durations.append(frame.info["duration"])
    assert colours == [0, 1, 2]
    assert durations == [70, 140, 210]


def test_neither_name_nor_type_that_a_client_says_is_believed(upload: Any, ada: User) -> None:
    answer = upload(ada, pictures.PICTURES["PNG"], name="../../evil.html", said="text/html")
    assert answer.status_code == 201
    assert answer.json()["content_type"] == "image/png"
    assert all(name.startswith(answer.json()["id"]) for name in stored_files())


@pytest.mark.parametrize(
    ("content", "left"),
    [
        (pictures.with_zip(picture("JPEG")), [b"PK\x03\x04", b"payload.js"]),
        (pictures.gif_that_holds_a_script(), [b"alert"]),
        (picture("PNG") + b"<script>alert(1)</script>", [b"<script"]),
    ],
)
def test_what_hides_in_or_behind_a_picture_is_gone(
    upload: Any, ada: User, content: bytes, left: list[bytes]
) -> None:
    assert all(part in content for part in left)
    answer = upload(ada, content)
    assert answer.status_code == 201
    assert [part for part in left if part in original(answer.json())] == []


SVG = b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


@pytest.mark.parametrize(
    ("content", "status", "code"),
    [
        pytest.param(SVG, 415, "unsupported_file", id="svg"),
        pytest.param(b"<!doctype html><script>alert(1)</script>", 415, "unsupported_file", id="html"),
        pytest.param(b"Just words.", 415, "unsupported_file", id="text"),
        pytest.param(b"", 422, "invalid", id="empty"),
        pytest.param(b"%PDF-1.7\n%", 415, "unsupported_file", id="pdf"),
        pytest.param(b"BM" + b"\0" * 60, 415, "unsupported_file", id="bmp"),
        pytest.param(pictures.with_zip(b""), 415, "unsupported_file", id="zip"),
        pytest.param(pictures.gif_that_is_a_script(), 422, "broken_file", id="gif-script"),
        pytest.param(pictures.png_claiming(50_000, 50_000), 413, "image_too_large", id="bomb"),
        pytest.param(pictures.png_claiming(10_000, 5_001), 413, "image_too_large", id="over-50-megapixels"),
        pytest.param(pictures.png_claiming(10_000, 5_000), 422, "broken_file", id="nearly-empty"),
        pytest.param(pictures.png_claiming(0, 10), 422, "broken_file", id="no-width"),
        pytest.param(pictures.gif_of(MOST_FRAMES + 1), 413, "image_too_large", id="too-many-frames"),
        pytest.param(pictures.gif_of(20, screen=(3000, 3000)), 413, "image_too_large", id="moving-bomb"),
        pytest.param(pictures.growing_gif(), 413, "image_too_large", id="growing-gif"),
        *[
            pytest.param(content[: len(content) * part // 10], 422, "broken_file", id=f"{name}-{part}0%")
            for name, content in {**pictures.PICTURES, "HEIF": pictures.heic()}.items()
            for part in (3, 6, 8)
            if name != "GIF"
        ],
        pytest.param(b"\xff\xd8\xff\xe0" + SVG, 422, "broken_file", id="lying-jpeg"),
        pytest.param(b"RIFF\x10\0\0\0WEBPVP8 " + SVG, 422, "broken_file", id="lying-webp"),
    ],
)
def test_what_is_no_whole_picture_is_refused_and_leaves_nothing(
    upload: Any, ada: User, content: bytes, status: int, code: str
) -> None:
    answer = upload(ada, content)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert_nothing_left()


def test_an_image_of_one_kind_inside_another_is_not_followed(upload: Any, ada: User) -> None:
    icon = b"\0\0\1\0\1\0\1\1\0\0\1\0\x20\0" + (len(picture("PNG"))).to_bytes(4, "little") + b"\x16\0\0\0"
    assert upload(ada, icon + picture("PNG")).json()["code"] == "unsupported_file"


@pytest.mark.parametrize(
    ("form", "pointer", "code"),
    [
        ({"alt_text": "x" * 1001}, "/alt_text", "max_length"),
        ({"title": "x"}, "/title", "unknown"),
    ],
)
def test_a_form_with_wrong_values_is_refused(
    upload: Any, ada: User, form: dict[str, str], pointer: str, code: str
) -> None:
    answer = upload(ada, picture(), **form)
    assert answer.status_code == 422
    assert [(error["pointer"], error["code"]) for error in answer.json()["errors"]] == [(pointer, code)]
    assert_nothing_left()


def test_a_form_without_a_file_is_refused(api: Any, ada: User) -> None:
    answer = api(ada).post("media", data={"alt_text": "x"})
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/file")


def test_a_body_that_is_no_form_is_refused(api: Any, ada: User) -> None:
    assert api(ada).post("media", json={"file": "x"}).status_code == 415


def test_nobody_uploads_without_signing_in(api: Any, db: None) -> None:
    answer = api().post("media", data={"file": io.BytesIO(picture())})
    assert (answer.status_code, answer.json()["code"]) == (401, "not_signed_in")
    assert_nothing_left()


class _Untouched(io.RawIOBase):
    """A body that counts how much of it is read."""

    taken = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        self.taken += len(buffer)
        buffer[:] = b"\0" * len(buffer)
        return len(buffer)


@pytest.mark.parametrize("headers", [{}, {"HTTP_IDEMPOTENCY_KEY": "key"}])
def test_a_huge_body_is_refused_before_it_is_read(ada: User, headers: dict[str, str]) -> None:
    body = _Untouched()
    environ = {
        "wsgi.input": body,
        "CONTENT_LENGTH": str(LARGEST_MULTIPART_BYTES + 1),
        "CONTENT_TYPE": "multipart/form-data; boundary=x",
        "HTTP_AUTHORIZATION": f"Bearer {sign_in(ada)[1]}",
    }
    answer = Client().generic("POST", "/api/v1/media", **environ, **headers)
    assert (answer.status_code, answer.json()["code"]) == (413, "too_large")
    assert body.taken == 0


def test_a_file_larger_than_50_megabytes_is_refused(upload: Any, ada: User) -> None:
    padded = picture("JPEG").ljust(50 * 1024 * 1024 + 1, b"\0")
    answer = upload(ada, padded)
    assert (answer.status_code, answer.json()["code"]) == (413, "file_too_large")
    assert_nothing_left()


def test_a_full_disk_is_not_the_clients_fault(upload: Any, ada: User) -> None:
    full = patch("tempfile.SpooledTemporaryFile", side_effect=OSError(28, "No space left on device"))
    with full, pytest.raises(OSError, match="No space"):
        upload(ada, picture())
    assert_nothing_left()


@pytest.mark.parametrize(
    "file_format", ["JPEG", "PNG", "WEBP", "GIF", "HEIF", "animated GIF", "animated WEBP"]
)
@hypothesis_settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.data())
def test_a_damaged_picture_never_breaks_the_server(
    upload: Any, ada: User, file_format: str, data: st.DataObject
) -> None:
    content = bytearray(_sample(file_format))
    for _ in range(data.draw(st.integers(1, 8))):
        place = data.draw(st.integers(0, len(content) - 1))
        match data.draw(st.sampled_from(["change", "cut", "insert", "end"])):
            case "change":
                content[place] = data.draw(st.integers(0, 255))
            case "cut":
                del content[place : place + data.draw(st.integers(1, 16))]
            case "insert":
                content[place:place] = data.draw(st.binary(min_size=1, max_size=16))
            case "end":
                del content[max(place, 1) :]
        content = content or bytearray(b"\0")

    answer = upload(ada, bytes(content))

    known = {(201, None), (413, "image_too_large"), (415, "unsupported_file"), (422, "broken_file")}
    assert (answer.status_code, answer.json().get("code")) in known
    if answer.status_code == 201:
        assert answer.json()["state"] == "ready"


@functools.cache  # a colour profile tells when it was made
def _sample(file_format: str) -> bytes:
    if file_format.startswith("animated "):
        return pictures.animation(file_format.removeprefix("animated "))
    return pictures.heic() if file_format == "HEIF" else pictures.talkative(file_format)


def test_the_same_upload_sent_twice_is_taken_once(upload: Any, ada: User) -> None:
    headers = {"Idempotency-Key": "the-key"}
    first = upload(ada, picture(), headers=headers)
    second = upload(ada, picture(), headers=headers)
    assert (first.status_code, second.status_code) == (201, 201)
    assert second.json() == first.json()
    assert second["Idempotency-Replayed"] == "true"
    assert Media.objects.count() == 1
    assert len(stored_files()) == 4


def test_a_key_that_came_with_another_file_is_refused(upload: Any, ada: User) -> None:
    headers = {"Idempotency-Key": "the-key"}
    upload(ada, picture(), headers=headers)
    answer = upload(ada, picture("PNG"), headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (422, "idempotency_key_reused")
    assert Media.objects.count() == 1


def test_a_refused_upload_is_refused_again_by_its_key(upload: Any, ada: User) -> None:
    headers = {"Idempotency-Key": "the-key"}
    codes = [upload(ada, b"Just words.", headers=headers).json()["code"] for _ in range(2)]
    assert codes == ["unsupported_file", "unsupported_file"]
    assert_nothing_left()


def test_files_are_stored_below_the_media_root_only(upload: Any, ada: User) -> None:
    upload(ada, picture(), name="/etc/passwd.jpg")
    assert settings.MEDIA_ROOT.exists()
    assert len(stored_files()) == 4
