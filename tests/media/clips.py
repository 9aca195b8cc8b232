"""Videos and sounds of a second, made once, that tell more than they show."""

import functools
import io
import math
import struct
from fractions import Fraction
from typing import Any

import av
from av.audio.resampler import AudioResampler
from av.container import OutputContainer

TOLD = {"title": "SECRET-TITLE", "comment": "SECRET-COMMENT", "location": "+52.5200+013.4050/"}
RATE = 48_000

_TURNED = {  # clockwise, by degrees, as players are to show it
    90: struct.pack(">9i", 0, 1 << 16, 0, -1 << 16, 0, 0, 0, 0, 1 << 30),
    180: struct.pack(">9i", -1 << 16, 0, 0, 0, -1 << 16, 0, 0, 0, 1 << 30),
    270: struct.pack(">9i", 0, -1 << 16, 0, 1 << 16, 0, 0, 0, 0, 1 << 30),
}
_UPRIGHT = struct.pack(">9i", 1 << 16, 0, 0, 0, 1 << 16, 0, 0, 0, 1 << 30)


@functools.cache
def clip(
    container: str,
    *,
    picture: str = "",
    sound: str = "",
    size: tuple[int, int] = (64, 48),
    seconds: float = 1.0,
    late: int = 0,
) -> bytes:
    """Make a clip of a container and the codecs of its tracks; the left half of its pictures is dark."""
    file = io.BytesIO()
    with av.open(file, "w", format=container) as target:
        target.metadata.update(TOLD)
        pictures = target.add_stream(picture, rate=10) if picture else None
        sounds: Any = target.add_stream(sound, rate=RATE, layout="mono") if sound else None
        if pictures is not None:
            pictures.width, pictures.height, pictures.pix_fmt = *size, "yuv420p"
        target.start_encoding()
        if pictures is not None:
            _draw(target, pictures, int(seconds * 10), late)
        if sounds is not None:
            _hum(target, sounds, int(seconds * RATE))
    return file.getvalue()


def _draw(target: OutputContainer, stream: Any, frames: int, late: int) -> None:
    """Draw pictures whose left half is dark, the first so many tenths of a second late."""
    for number in range(frames):
        frame = av.VideoFrame(stream.width, stream.height, "yuv420p")
        bright = 120 + number * 100 // frames
        for plane, left, right in zip(frame.planes, (20, 120, 120), (bright, 120, 120), strict=True):
            half = plane.width // 2
            row = bytes([left]) * half + bytes([right]) * (plane.line_size - half)
            plane.update(row * plane.height)
        frame.pts, frame.time_base = late + number, Fraction(1, 10)
        target.mux(stream.encode(frame))
    target.mux(stream.encode(None))


def _hum(target: OutputContainer, stream: Any, samples: int) -> None:
    context = stream.codec_context
    frame = av.AudioFrame("s16", "mono", samples)
    frame.rate, frame.pts = RATE, 0
    frame.planes[0].update(
        b"".join(struct.pack("<h", int(8_000 * math.sin(at / 20))) for at in range(samples))
    )
    resampler = AudioResampler(
        format=context.format, layout="mono", rate=RATE, frame_size=context.frame_size or 1024
    )
    for part in [*resampler.resample(frame), *resampler.resample(None)]:
        target.mux(stream.encode(part))
    target.mux(stream.encode(None))


def video(**options: Any) -> bytes:
    return clip("mp4", picture="libx264", sound="aac", **options)


def song() -> bytes:
    return clip("mp3", sound="libmp3lame")


def unseen() -> bytes:
    """Make an MP4 that has nothing to be seen."""
    return clip("mp4", sound="aac")


def turned(degrees: int) -> bytes:
    """Make a video as a phone writes it that was held so: lying, and told to be turned."""
    lying = video()
    place = lying.index(_UPRIGHT, lying.index(b"tkhd"))
    return lying[:place] + _TURNED[degrees] + lying[place + len(_UPRIGHT) :]


def long_sound(seconds: int) -> bytes:
    """Write a WAV of few bytes that plays for long, as it has a hundred samples a second."""
    rate, body = 100, b"\x80" * (100 * seconds)
    form = struct.pack("<HHIIHH", 1, 1, rate, rate, 1, 8)
    chunks = b"fmt " + struct.pack("<I", len(form)) + form + b"data" + struct.pack("<I", len(body)) + body
    return b"RIFF" + struct.pack("<I", 4 + len(chunks)) + b"WAVE" + chunks


def playlist_in_mp4() -> bytes:
    """Write what begins like an MP4 and goes on as a playlist of other files."""
    return (
        b"\0\0\0\x10ftypisom\0\0\0\0" + b"#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\nfile:///etc/passwd\n"
    )
