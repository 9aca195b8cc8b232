"""Copying what is seen and heard into a fresh container; runs in the child.

Of a file one picture track and one sound track are taken, as they are. Everything else stays behind:
metadata, chapters, subtitles, cover art, and tracks of data such as where a camera was.
"""

from collections.abc import Sequence
from typing import Any

import av
from av.container import InputContainer, OutputContainer
from av.packet import Packet
from av.stream import Disposition, Stream
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from grover.media.providers.clips.bare import mp3_frame, vorbis_headers
from grover.media.providers.clips.limits import LONGEST_SECONDS, LONGEST_SIDE, MOST_STREAMS, SOURCE

# The demuxer is named, so that no other, such as one that follows addresses in a playlist, is ever tried.
DEMUXERS = {
    "mp4": "mov",
    "mov": "mov",
    "webm": "matroska",
    "m4a": "mov",
    "mp3": "mp3",
    "wav": "wav",
    "ogg": "ogg",
    "weba": "matroska",
}
_MUXERS = {"m4a": "ipod", "weba": "webm"}  # where it has another name than the container
_SOUND_OF = {"mp4": "m4a", "mov": "m4a", "webm": "weba"}
_OPTIONS = {"fflags": "+bitexact", "movflags": "+faststart", "id3v2_version": "0"}


class TooLarge(Exception):
    """The clip is longer or larger than is taken."""


def remux(container: str) -> dict[str, Any]:
    """Write `source` anew as `target`; tell what it is and what it shows."""
    with open_source(container) as source:
        streams = chosen_streams(source, container)
        width, height = check_decoding(source, streams)
        has_picture = streams[0].type == "video"
    written = container if has_picture else _SOUND_OF.get(container, container)
    with open_source(container) as source, _open_target(written) as target:
        duration = _copy(source, chosen_streams(source, container), target)
    return {
        "kind": "video" if has_picture else "audio",
        "container": written,
        "duration": duration,
        "width": width,
        "height": height,
    }


def open_source(container: str) -> InputContainer:
    """Open `source` as what it was recognised to be, and nothing else."""
    source = av.open(
        SOURCE, format=DEMUXERS[container], options={"protocol_whitelist": "file"}, metadata_errors="replace"
    )
    if len(source.streams) > MOST_STREAMS:
        raise ValueError("No camera writes so many tracks")
    return source


def chosen_streams(source: InputContainer, container: str) -> list[Stream]:
    """Choose one track of pictures, where the container is one of videos, and one of sound."""
    pictures = [one for one in source.streams.video if not one.disposition & Disposition.attached_pic]
    chosen: list[Stream] = list(pictures[:1]) if container in _SOUND_OF else []
    chosen += source.streams.audio[:1]
    if not chosen:
        raise ValueError("There is nothing to be seen or heard")
    return chosen


def check_decoding(source: InputContainer, streams: Sequence[Stream]) -> tuple[int, int]:
    """Decode the first of each track; give the size of the picture as it is seen."""
    size = (0, 0)
    for stream in streams:
        stream.codec_context.thread_count = 1  # each would take memory, and one picture needs no more
        if isinstance(stream, VideoStream):
            _check_size(stream.width, stream.height)
        source.seek(0)
        frame = next(source.decode(stream), None)
        if frame is None:
            raise ValueError("A track has nothing in it")
        if isinstance(frame, VideoFrame):
            _check_size(frame.width, frame.height)
            size = shown_size(frame.width, frame.height, frame.rotation)
    return size


def shown_size(width: int, height: int, rotation: int) -> tuple[int, int]:
    """Give the size of a picture as it is seen, turned by degrees."""
    return (height, width) if rotation % 180 else (width, height)


def _check_size(width: int, height: int) -> None:
    if max(width, height) > LONGEST_SIDE:
        raise TooLarge


def _open_target(container: str) -> OutputContainer:
    return av.open("target", "w", format=_MUXERS.get(container, container), container_options=_OPTIONS)


def _copy(source: InputContainer, streams: Sequence[Stream], target: OutputContainer) -> float:
    """Copy the packets of tracks; give how many seconds are between the first and the last."""
    copies = {stream.index: _copy_of(stream, target) for stream in streams}
    first, last = float("inf"), 0.0
    for packet in source.demux(*streams):
        if packet.dts is None or packet.pts is None:
            continue  # the end, or what no player could place
        start = float(packet.pts * packet.time_base)
        first, last = min(first, start), max(last, start + float((packet.duration or 0) * packet.time_base))
        if last - first > LONGEST_SECONDS:
            raise TooLarge
        bare = _bare(packet) if target.format.name == "mp3" else packet
        bare.stream = copies[packet.stream.index]
        if bare.size:
            target.mux(bare)
    if last <= first:
        raise ValueError("The clip has no duration")
    return round(last - first, 3)


def _copy_of(stream: Stream, target: OutputContainer) -> Stream:
    copy = target.add_stream_from_template(stream, opaque=True)
    context = copy.codec_context
    if context.name == "hevc" and target.format.name in ("mov", "mp4"):
        context.codec_tag = "hvc1"  # the one of its two names that every player knows
    if context.name == "vorbis" and target.format.name == "webm" and context.extradata:
        context.extradata = vorbis_headers(context.extradata)
    return copy


def _bare(packet: Packet) -> Packet:
    bare = Packet(mp3_frame(bytes(packet)))
    bare.pts, bare.dts, bare.duration = packet.pts, packet.dts, packet.duration
    bare.time_base = packet.time_base
    return bare
