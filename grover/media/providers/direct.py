"""Which files may be sent straight to a storage, and as what they are stored there."""

from dataclasses import dataclass

from grover.media.enums import MediaKind


@dataclass(frozen=True, slots=True)
class Announced:
    """A content type that is announced: the formats it goes by, and what the storage is to write."""

    kind: MediaKind
    formats: tuple[str, ...]
    extension: str
    content_type: str


_JPEG = ("jpg", "image/jpeg")
_MP4 = ("mp4", "video/mp4")
_M4A = ("m4a", "audio/mp4")

ANNOUNCED: dict[str, Announced] = {
    "image/jpeg": Announced(MediaKind.IMAGE, ("jpg",), *_JPEG),
    "image/png": Announced(MediaKind.IMAGE, ("png",), "png", "image/png"),
    "image/webp": Announced(MediaKind.IMAGE, ("webp",), "webp", "image/webp"),
    "image/gif": Announced(MediaKind.IMAGE, ("gif",), "gif", "image/gif"),
    "image/heic": Announced(MediaKind.IMAGE, ("heic",), *_JPEG),
    "video/mp4": Announced(MediaKind.VIDEO, ("mp4",), *_MP4),
    "video/quicktime": Announced(MediaKind.VIDEO, ("mov", "mp4"), *_MP4),
    "video/webm": Announced(MediaKind.VIDEO, ("webm",), *_MP4),
    "audio/mpeg": Announced(MediaKind.AUDIO, ("mp3",), *_M4A),
    "audio/mp4": Announced(MediaKind.AUDIO, ("m4a", "mp4"), *_M4A),
    "audio/wav": Announced(MediaKind.AUDIO, ("wav",), *_M4A),
    "audio/ogg": Announced(MediaKind.AUDIO, ("ogg",), *_M4A),
}
