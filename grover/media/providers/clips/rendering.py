"""Making what every player plays, and the picture that stands for a video; runs in the child."""

import json
import sys
from collections.abc import Iterator
from typing import Any

import av
from av.audio.resampler import AudioResampler
from av.audio.stream import AudioStream
from av.container import OutputContainer
from av.filter import Graph
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from grover.media.providers.clips.limits import POSTER, RENDITION_WIDTH
from grover.media.providers.clips.remuxing import check_decoding, chosen_streams, open_source

POSTER_AT = 1.0  # seconds: what comes first is often black
_H264 = {"preset": "veryfast", "crf": "23", "maxrate": "3M", "bufsize": "6M"}
_SOUND_BITS = 128_000
_RATES = (44_100, 48_000)
_TURNS = {90: ("cclock",), 180: ("clock", "clock"), 270: ("clock",)}


def render(container: str) -> dict[str, Any]:
    """Write `rendition` from `source`, and the poster of a video; tell its size in pixels, 0 of a sound."""
    with open_source(container) as source:
        size = _fitting(check_decoding(source, chosen_streams(source, container)))
    options = {"fflags": "+bitexact", "movflags": "+faststart"}
    with open_source(container) as source:
        streams = chosen_streams(source, container)
        seconds = float((source.duration or 0) / av.time_base)
        muxer = "mp4" if streams[0].type == "video" else "ipod"
        with av.open("rendition", "w", format=muxer, container_options=options) as target:
            tracks = {stream.index: _track_of(stream, target, size) for stream in streams}
            percent = 0
            for packet in source.demux(*streams):
                at = float((packet.pts or 0) * packet.time_base)
                tracks[packet.stream.index].take(packet)
                percent = _tell(percent, at, seconds)
            for track in tracks.values():
                track.close()
    return {"width": size[0], "height": size[1]}


def _tell(told: int, at: float, seconds: float) -> int:
    """Say how much is done, at most once for each percent."""
    percent = min(99, int(100 * at / seconds)) if seconds > 0 else 0
    if percent <= told:
        return told
    sys.stdout.write(json.dumps({"progress": percent}) + "\n")
    sys.stdout.flush()
    return percent


def _track_of(stream: Any, target: OutputContainer, size: tuple[int, int]) -> "_Pictures | _Sound":
    stream.codec_context.thread_count = 1
    if isinstance(stream, VideoStream):
        return _Pictures(stream, target, size)
    return _Sound(stream, target)


def _decoded(packet: Any) -> list[Any]:
    """Decode a packet; what is damaged on the way is left out, as players do."""
    try:
        return list(packet.decode())
    except av.InvalidDataError:
        return []


class _Pictures:
    """A track of pictures: upright, of even sides, no wider than a phone shows."""

    def __init__(self, stream: VideoStream, target: OutputContainer, size: tuple[int, int]) -> None:
        self._stream, self._target, self._size = stream, target, size
        self._output = target.add_stream("libx264", rate=stream.average_rate or 30, options=_H264)
        self._output.width, self._output.height = size
        self._output.pix_fmt = "yuv420p"
        self._output.codec_context.thread_count = 1
        if stream.time_base is not None:
            self._output.codec_context.time_base = stream.time_base
        self._last: int | None = None
        self._poster: VideoFrame | None = None
        self._graph: Graph | None = None
        self._shape: tuple[Any, ...] = ()

    def take(self, packet: Any) -> None:
        """Decode a packet and write its pictures, those that have a place after the last one."""
        for frame in _decoded(packet):
            if frame.pts is None or (self._last is not None and frame.pts <= self._last):
                continue
            self._last = frame.pts
            self._write(frame)

    def _write(self, frame: VideoFrame) -> None:
        for upright in self._filter(frame):
            self._consider(upright)
            upright.pict_type = 0
            self._target.mux(self._output.encode(upright))

    def _filter(self, frame: VideoFrame) -> Iterator[VideoFrame]:
        """Turn and scale a picture; those of a track may change their shape on the way."""
        shape = (frame.width, frame.height, frame.format.name, frame.rotation)
        if self._graph is None or shape != self._shape:
            self._graph, self._shape = self._graph_for(frame), shape
        self._graph.vpush(frame)
        yield self._graph.vpull()

    def _graph_for(self, frame: VideoFrame) -> Graph:
        width, height = self._size
        graph = Graph()
        turns = [graph.add("transpose", f"dir={turn}") for turn in _TURNS.get(frame.rotation % 360, ())]
        graph.link_nodes(
            graph.add_buffer(
                width=frame.width,
                height=frame.height,
                format=frame.format,
                time_base=self._stream.time_base,
            ),
            *turns,
            graph.add("scale", f"{width}:{height}"),
            graph.add("setsar", "1"),
            graph.add("format", "yuv420p"),
            graph.add("buffersink"),
        ).configure()
        return graph

    def _consider(self, frame: VideoFrame) -> None:
        """Keep the poster: the first picture after a second, or the last of a shorter clip."""
        if self._poster is not None and (self._poster.time or 0) >= POSTER_AT:
            return
        self._poster = frame
        if (frame.time or 0) >= POSTER_AT:
            frame.to_image().save(POSTER)

    def close(self) -> None:
        """Write what the encoder still holds."""
        if self._poster is None:
            raise ValueError("No picture could be decoded")
        if (self._poster.time or 0) < POSTER_AT:
            self._poster.to_image().save(POSTER)
        self._target.mux(self._output.encode(None))


class _Sound:
    """A track of sound, in AAC."""

    def __init__(self, stream: AudioStream, target: OutputContainer) -> None:
        context = stream.codec_context
        rate = context.sample_rate if context.sample_rate in _RATES else _RATES[-1]
        layout = "mono" if context.layout.nb_channels == 1 else "stereo"
        self._target = target
        self._output = target.add_stream("aac", rate=rate, layout=layout)
        self._output.bit_rate = _SOUND_BITS
        self._resampler = AudioResampler(format="fltp", layout=layout, rate=rate, frame_size=1024)

    def take(self, packet: Any) -> None:
        """Decode a packet and write its sound."""
        for frame in _decoded(packet):
            self._write(frame)

    def close(self) -> None:
        """Write what is still held."""
        self._write(None)
        self._target.mux(self._output.encode(None))

    def _write(self, frame: Any) -> None:
        for sound in self._resampler.resample(frame):
            self._target.mux(self._output.encode(sound))


def _fitting(size: tuple[int, int]) -> tuple[int, int]:
    """Give the size at most so wide, and even, as H.264 wants it; 0 of a sound stays 0."""
    width, height = size
    if not width or not height:
        return 0, 0
    scale = min(1.0, RENDITION_WIDTH / width)
    return max(2, round(width * scale / 2) * 2), max(2, round(height * scale / 2) * 2)
