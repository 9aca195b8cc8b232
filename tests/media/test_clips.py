"""Videos and sounds: what is taken, what is left of them, and what is made of them."""

import io
import os
import random
import resource
import subprocess
import sys
import uuid
from pathlib import Path
from typing import Any
from unittest.mock import patch

import av
import pytest
from django.core.files.storage import default_storage
from django.db import connection
from django.test.utils import CaptureQueriesContext
from PIL import Image

from accounts.models import User
from grover.core.viewers import Viewer
from grover.media import tasks
from grover.media.actions import processing, stored, sweeps, uploads
from grover.media.models import Media
from grover.media.providers.clips import child
from grover.media.providers.clips.bare import vorbis_headers
from grover.media.providers.clips.limits import LIMITS
from tests.factories.accounts import make_user
from tests.factories.media import make_media
from tests.media import clips
from tests.media.conftest import assert_nothing_left, stored_files
from tests.media.pictures import heic
from tests.media.test_sweeps import Crash
from tests.messaging.frames import published

CLIPS = {
    "MP4": (("mp4", "libx264", "aac"), ("video", "video/mp4", "mp4")),
    "MOV": (("mov", "libx264", "pcm_s16le"), ("video", "video/quicktime", "mov")),
    "WebM": (("webm", "libvpx-vp9", "libopus"), ("video", "video/webm", "webm")),
    "silent MP4": (("mp4", "libx264", ""), ("video", "video/mp4", "mp4")),
    "MP4 of a recorder": (("mp4", "", "aac"), ("audio", "audio/mp4", "m4a")),
    "WebM of a recorder": (("webm", "", "libopus"), ("audio", "audio/webm", "webm")),
    "MP3": (("mp3", "", "libmp3lame"), ("audio", "audio/mpeg", "mp3")),
    "M4A": (("ipod", "", "aac"), ("audio", "audio/mp4", "m4a")),
    "WAV": (("wav", "", "pcm_s16le"), ("audio", "audio/wav", "wav")),
    "Ogg": (("ogg", "", "libopus"), ("audio", "audio/ogg", "ogg")),
}


def content(name: str) -> bytes:
    with default_storage.open(name) as file:
        found: bytes = file.read()
    return found


def as_viewer(user: User) -> Viewer:
    return Viewer(user.pk, uuid.uuid4())


def upload_as(user: User, sent: bytes) -> Any:
    return uploads.upload_media(as_viewer(user), file=io.BytesIO(sent), size=len(sent))


@pytest.mark.parametrize("name", CLIPS)
def test_a_clip_is_written_anew_and_made_to_play_everywhere(upload: Any, ada: User, name: str) -> None:
    (container, picture, sound), (kind, content_type, extension) = CLIPS[name]
    sent = clips.clip(container, picture=picture, sound=sound)

    card = upload(ada, sent, name="clip", said="text/plain", alt_text="It grows brighter").json()

    is_video = kind == "video"
    key, query = card["id"], card["url"].partition("?")[2]
    original = content(f"{key}/original.{extension}")
    played = f"{key}/rendition.{'mp4' if is_video else 'm4a'}"
    assert card == {
        "id": key,
        "kind": kind,
        "state": "ready",
        "content_type": content_type,
        "size": len(original),
        "width": 64 if is_video else 0,
        "height": 48 if is_video else 0,
        "duration": pytest.approx(1.0, abs=0.05),
        "progress": 100,
        "failure": None,
        "blurhash": card["blurhash"],
        "alt_text": "It grows brighter",
        "url": f"/media/{key}/original.{extension}?{query}",
        "variants": [
            {"width": 64, "height": 48, "url": f"/media/{key}/{width}.webp?{query}"}
            for width in ((200, 640, 1280) if is_video else ())
        ],
        "rendition": {
            "url": f"/media/{played}?{query}",
            "content_type": "video/mp4" if is_video else "audio/mp4",
            "size": len(content(played)),
            "width": 64 if is_video else 0,
            "height": 48 if is_video else 0,
        },
        "created_at": card["created_at"],
    }
    assert len(card["blurhash"]) == (28 if is_video else 0)
    assert_plays_everywhere(content(played), picture=bool(picture), sound=bool(sound))


def assert_plays_everywhere(played: bytes, *, picture: bool, sound: bool) -> None:
    assert played.index(b"moov") < played.index(b"mdat")
    with av.open(io.BytesIO(played)) as file:
        pictures = [(one.codec_context.name, one.codec_context.pix_fmt) for one in file.streams.video]
        assert pictures == ([("h264", "yuv420p")] if picture else [])
        assert [one.codec_context.name for one in file.streams.audio] == (["aac"] if sound else [])
        assert file.duration / av.time_base == pytest.approx(1.0, abs=0.1)


@pytest.mark.parametrize("name", CLIPS)
def test_nothing_that_a_clip_tells_is_left(upload: Any, ada: User, name: str) -> None:
    (container, picture, sound), _ = CLIPS[name]
    sent = clips.clip(container, picture=picture, sound=sound)
    assert b"SECRET" in sent

    assert upload(ada, sent + b"SECRET-TAIL").status_code == 201

    for path in stored_files():
        assert b"SECRET" not in content(path)
        assert b"+52.52" not in content(path)
        with av.open(default_storage.path(path)) as file:
            told = {
                **file.metadata,
                **{key: value for one in file.streams for key, value in one.metadata.items()},
            }
        told.pop("DURATION", None)
        assert "title" not in told
        assert "creation_time" not in told


def test_tags_behind_and_within_a_song_are_gone(upload: Any, ada: User) -> None:
    song = clips.song()
    tag = b"TAG" + b"SECRET".ljust(125)
    cut = song.index(b"\xff\xfb", len(song) // 2)
    card = upload(ada, song[:cut] + b"APETAGEX SECRET" + song[cut:] + tag).json()
    assert b"SECRET" not in content(f"{card['id']}/original.mp3")
    assert card["duration"] == pytest.approx(1.0, abs=0.1)


def test_headers_of_vorbis_lose_their_comments() -> None:
    head, setup = b"\x01vorbis".ljust(30, b"\1"), b"\x05vorbis" + b"BCV" * 90
    comments = b"\x03vorbis" + b"SECRET" * 90
    sizes = bytes([2, 30, 255, 255, len(comments) - 510])
    assert vorbis_headers(sizes + head + comments + setup) == (
        bytes([2, 30, 16]) + head + b"\x03vorbis" + bytes(8) + b"\1" + setup
    )


@pytest.mark.parametrize(("degrees", "dark"), [(90, (24, 4)), (180, (60, 24)), (270, (24, 60))])
def test_a_video_that_a_phone_turned_is_upright(
    upload: Any, ada: User, degrees: int, dark: tuple[int, int]
) -> None:
    card = upload(ada, clips.turned(degrees)).json()

    size = (64, 48) if degrees == 180 else (48, 64)
    played = card["rendition"]
    assert (card["width"], card["height"]) == (played["width"], played["height"]) == size
    poster = Image.open(io.BytesIO(content(f"{card['id']}/640.webp"))).convert("L")
    assert poster.size == size
    assert poster.getpixel(dark) < 60 < 90 < poster.getpixel((size[0] - dark[0], size[1] - dark[1]))
    with av.open(io.BytesIO(content(f"{card['id']}/rendition.mp4"))) as file:
        assert next(file.decode(video=0)).rotation == 0
    with av.open(io.BytesIO(content(f"{card['id']}/original.mp4"))) as file:
        assert next(file.decode(video=0)).rotation % 360 == -degrees % 360


def test_a_video_of_a_phone_keeps_the_name_that_players_know(upload: Any, ada: User) -> None:
    card = upload(ada, clips.clip("mov", picture="libx265")).json()
    with av.open(io.BytesIO(content(f"{card['id']}/original.mov"))) as file:
        assert file.streams.video[0].codec_context.codec_tag == "hvc1"


def test_pictures_may_come_after_the_sound(upload: Any, ada: User) -> None:
    card = upload(ada, clips.video(late=5)).json()
    with av.open(io.BytesIO(content(f"{card['id']}/rendition.mp4"))) as file:
        assert [stream.type for stream in file.streams] == ["video", "audio"]
        assert next(file.decode(video=0)).time == pytest.approx(0.5, abs=0.05)


def test_what_is_damaged_on_the_way_is_left_out(upload: Any, ada: User) -> None:
    damaged = bytearray(clips.video())
    with av.open(io.BytesIO(damaged)) as file:
        place = [packet.pos for packet in file.demux(video=0)][5]
    damaged[place : place + 16] = b"\xff" * 16
    card = upload(ada, bytes(damaged)).json()
    assert (card["state"], card["rendition"]["width"]) == ("ready", 64)


def test_a_rendition_is_no_wider_than_1280_and_even(upload: Any, ada: User) -> None:
    wide = clips.clip("webm", picture="libvpx-vp9", size=(1601, 33), seconds=0.2)
    card = upload(ada, wide).json()
    assert (card["width"], card["height"]) == (1601, 33)
    assert (card["rendition"]["width"], card["rendition"]["height"]) == (1280, 26)


REFUSED = {
    "playlist": (clips.playlist_in_mp4, 422, "broken_file"),
    "empty MP4": (lambda: clips.playlist_in_mp4()[:16] + b"\0" * 64, 422, "broken_file"),
    "no MP3": (lambda: b"ID3" + b"\0" * 2_000, 422, "broken_file"),
    "cut": (lambda: clips.video()[:3_000], 422, "broken_file"),
    "unknown codec": (lambda: clips.video().replace(b"avc1", b"none"), 422, "broken_file"),
    "longer than an hour": (lambda: clips.long_sound(3_601), 413, "clip_too_large"),
    "wider than 4096": (
        lambda: clips.clip("mp4", picture="libx264", size=(4_098, 16), seconds=0.1),
        413,
        "clip_too_large",
    ),
    "AVI": (lambda: b"RIFF\0\0\0\0AVI " + b"\0" * 64, 415, "unsupported_file"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_cannot_be_played_is_refused_and_leaves_nothing(upload: Any, ada: User, case: str) -> None:
    sent, status, code = REFUSED[case]
    answer = upload(ada, sent())
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert_nothing_left()


@pytest.mark.parametrize("name", ["MP4", "WebM", "MP3"])
def test_a_damaged_clip_never_breaks_the_server(upload: Any, ada: User, name: str) -> None:
    (container, picture, sound), _ = CLIPS[name]
    pick = random.Random(name)
    for _ in range(4):
        damaged = bytearray(clips.clip(container, picture=picture, sound=sound))
        for _ in range(20):
            damaged[pick.randrange(40, len(damaged))] = pick.randrange(256)
        answer = upload(ada, bytes(damaged))
        known = {(201, None), (413, "clip_too_large"), (422, "broken_file")}
        assert (answer.status_code, answer.json().get("code")) in known
        if answer.status_code == 201:
            assert answer.json()["state"] in ("ready", "failed")


def test_an_image_that_a_container_of_videos_holds_is_an_image(upload: Any, ada: User) -> None:
    assert upload(ada, heic()).json()["kind"] == "image"


def test_a_clip_that_turns_out_to_be_useless_fails_with_a_reason(db: None, ada: User) -> None:
    with patch.object(processing, "process_media"):
        card = upload_as(ada, clips.video())
    assert (card.state, card.progress, card.failure, card.rendition) == ("processing", 0, None, None)
    Path(default_storage.path(f"{card.id}/original.mp4")).write_bytes(clips.video()[:3_000])

    tasks.process_media(str(card.id))

    media = Media.objects.get()
    assert (media.state, media.failure) == ("failed", "broken_file")


def test_a_clip_that_cannot_be_rendered_in_time_is_ready_without(db: None, ada: User) -> None:
    run = child.run

    def too_slowly(*args: Any) -> Any:
        found = run(*args)
        if args[0] == "render":
            raise child.TookTooLong
        return found

    with patch.object(child, "run", too_slowly):
        video = upload_as(ada, clips.video())
        sound = upload_as(ada, clips.song())

    assert (video.state, video.rendition, len(video.variants)) == ("ready", None, 3)
    assert (sound.state, sound.rendition) == ("ready", None)


@pytest.mark.parametrize("make", [clips.video, clips.song])
def test_a_deleted_clip_takes_all_its_files_along(db: None, ada: User, make: Any) -> None:
    card = upload_as(ada, make())
    uploads.delete_media(as_viewer(ada), media_id=card.id)
    assert_nothing_left()


@pytest.mark.django_db(transaction=True)
def test_what_a_dead_run_left_of_a_deleted_clip_is_deleted() -> None:
    user = make_user()
    with patch.object(processing, "process_media"):
        upload_as(user, clips.video())
    media = Media.objects.get()
    with patch.object(processing, "_finish", side_effect=Crash), pytest.raises(Crash):
        tasks.process_media(str(media.pk))
    assert len(stored_files()) == 5
    with patch.object(stored, "delete_files"):
        sweeps.delete_owned(user.pk)
    default_storage.delete(media.file_name)

    tasks.process_media(str(media.pk))

    assert_nothing_left()


# --- What the owner is told -------------------------------------------------------------------------


def test_the_owner_is_told_how_far_a_clip_is_and_that_it_is_ready(
    upload: Any, api: Any, ada: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(processing, "TOLD_EVERY", 0)
    with published() as frames:
        card = upload(ada, clips.video()).json()

    *progress, last = frames
    assert {(frame.group, frame.type) for frame in progress} == {(f"user.{ada.pk}", "media.progress")}
    percents = [frame.data["progress"] for frame in progress]
    assert percents == sorted(set(percents))
    assert len(percents) > 5
    assert {frame.data["media_id"] for frame in progress} == {card["id"]}
    assert (last.group, last.type) == (f"user.{ada.pk}", "media.ready")
    assert last.data == {"media_id": card["id"], "media": card}
    assert api().get(last.data["media"]["rendition"]["url"]).status_code == 200


def test_progress_is_told_twice_a_second_and_kept_for_who_asks(api: Any, ada: User) -> None:
    media = make_media(ada.pk, kind="video", state="processing")
    clock = patch.object(processing.time, "monotonic", side_effect=[10.0, 10.4, 10.5, 10.9])
    with published() as frames, clock, CaptureQueriesContext(connection) as queries:
        tell = processing._Progress(media)
        for percent in (1, 2, 3, 4):
            tell(percent)

    assert [frame.data["progress"] for frame in frames] == [1, 3]
    assert len(queries) == 0
    assert api(ada).get(f"media/{media.pk}").json()["progress"] == 3


def test_the_owner_is_told_why_an_upload_failed(db: None, ada: User) -> None:
    media = make_media(ada.pk, kind="video", content_type="video/mp4", state="processing")
    with published() as frames:
        tasks.process_media(str(media.pk))
    assert frames == [
        (
            f"user.{ada.pk}",
            frozenset(),
            "media.failed",
            {"media_id": str(media.pk), "failure": "broken_file"},
        )
    ]


# --- The child --------------------------------------------------------------------------------------


def instead_of_the_child(tmp_path: Path, script: str) -> Any:
    """Start a script of the shell where the child would be."""
    program = tmp_path / "program"
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o700)
    return patch.object(child.sys, "executable", str(program))


@pytest.mark.parametrize(
    "script",
    [
        "kill -SEGV $$",
        "exit 1",
        "kill -KILL $$",
        "echo '{'",
        "echo '[]'",
        "echo '{\"refused\": 1}'; exit 3",
        "exit 0",
    ],
)
def test_however_a_child_ends_the_clip_is_broken(upload: Any, ada: User, tmp_path: Path, script: str) -> None:
    with instead_of_the_child(tmp_path, script):
        answer = upload(ada, clips.video())
    assert (answer.status_code, answer.json()["code"]) == (422, "broken_file")
    assert_nothing_left()


def test_a_child_that_hangs_is_stopped(upload: Any, ada: User, monkeypatch: pytest.MonkeyPatch) -> None:
    quick = {
        task: type(limits)(limits.memory_bytes, limits.file_bytes, 0.01) for task, limits in LIMITS.items()
    }
    monkeypatch.setattr(child, "LIMITS", quick)
    assert upload(ada, clips.video()).json()["code"] == "broken_file"


def test_a_child_knows_nothing_of_our_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET_KEY", "told-to-nobody")
    with instead_of_the_child(tmp_path, "env > told; echo '{\"done\": 1}'"):
        assert child.run("remux", tmp_path, "mp4") == {"done": 1}
    told = (tmp_path / "told").read_text()
    assert "PYTHONPATH=" in told
    assert "told-to-nobody" not in told


def test_a_child_is_confined_before_it_reads() -> None:
    script = (
        "import resource as r; from grover.media.providers.clips.__main__ import _confine, LIMITS;"
        "_confine(LIMITS['remux']);"
        "print(*(r.getrlimit(one)[1] for one in (r.RLIMIT_AS, r.RLIMIT_CPU, r.RLIMIT_FSIZE, r.RLIMIT_CORE)))"
    )
    said = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout
    limits = LIMITS["remux"]
    memory = limits.memory_bytes if sys.platform == "linux" else resource.RLIM_INFINITY
    assert said.split() == [str(one) for one in (memory, 25, limits.file_bytes, 0)]


def test_the_folder_of_a_child_is_gone_afterwards(
    upload: Any, ada: User, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    upload(ada, clips.video())
    upload(ada, clips.video()[:3_000])
    assert os.listdir(tmp_path) == []
