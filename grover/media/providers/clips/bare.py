"""Tracks that carry metadata within themselves, without it; runs in the child."""

import struct

_MP3_RATES = (44_100, 48_000, 32_000)
_MP3_KILOBITS = {
    True: (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320),
    False: (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
}
_NO_COMMENTS = b"\x03vorbis" + struct.pack("<II", 0, 0) + b"\x01"


def mp3_frame(content: bytes) -> bytes:
    """Give the frame that a packet begins with, without what came after it; empty when there is none.

    What stands between frames or behind the last, such as an ID3v1 or APE tag, is found in packets.
    The length of a frame follows from its first four bytes (ISO/IEC 11172-3 and 13818-3, layer III).
    """
    if len(content) < 4 or content[0] != 0xFF or content[1] & 0xE6 != 0xE2:
        return b""
    version, kilobits, rate = content[1] >> 3 & 3, content[2] >> 4, content[2] >> 2 & 3
    if version == 1 or not 0 < kilobits < 15 or rate == 3:
        return b""
    is_first = version == 3
    hertz = _MP3_RATES[rate] >> {3: 0, 2: 1, 0: 2}[version]
    bits = _MP3_KILOBITS[is_first][kilobits] * 1_000
    length = (144 if is_first else 72) * bits // hertz + (content[2] >> 1 & 1)
    return content[:length]


def vorbis_headers(content: bytes) -> bytes:
    """Give the three headers of Vorbis, as Matroska keeps them, with no comments in the second."""
    if content[:1] != b"\x02":
        raise ValueError("Three headers are expected")
    first, place = _laced(content, 1)
    second, place = _laced(content, place)
    head, rest = content[place : place + first], content[place + first + second :]
    sizes = bytes([2, *[255] * (first // 255), first % 255, len(_NO_COMMENTS)])
    return sizes + head + _NO_COMMENTS + rest


def _laced(content: bytes, place: int) -> tuple[int, int]:
    """Read a size that is written in bytes of which all but the last are 255; give where it ends."""
    size = 0
    while content[place] == 255:
        size, place = size + 255, place + 1
    return size + content[place], place + 1
