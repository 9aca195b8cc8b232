"""Images, read and written by Pillow.

An image is looked at before it is decoded: its format must be what its first bytes say, and its
dimensions must be within bounds. It is then decoded whole and written anew, upright and in sRGB, so
that nothing is left of its metadata or of anything that hides in or behind it.
"""

import contextlib
import io
import struct
import tempfile
import threading
import warnings
import zlib
from collections.abc import Iterator
from typing import IO, Any, ClassVar

import blurhash
import pillow_heif
from PIL import Image, ImageCms, ImageOps, ImageSequence

from grover.media.cards import VARIANT_WIDTHS
from grover.media.enums import MediaKind
from grover.media.errors import BrokenFile, ImageTooLarge
from grover.media.providers.base import Copy, Derived, Normal

MOST_PIXELS = 50_000_000
MOST_FRAMES = 300
IN_MEMORY_BYTES = 4 * 1024 * 1024
BLURHASH_SIDE = 32
USUAL_DURATION = 100  # milliseconds, of a frame that does not say
AT_ONCE = 2  # each may take some hundred megabytes while it is decoded

_FORMATS = {
    "image/jpeg": "JPEG",
    "image/png": "PNG",
    "image/webp": "WEBP",
    "image/gif": "GIF",
    "image/heic": "HEIF",
    "image/heif": "HEIF",
}
_MOVING = ("GIF", "WEBP")
_WRITTEN_AS: dict[str, tuple[str, str, str, dict[str, Any]]] = {
    "JPEG": ("JPEG", "image/jpeg", "jpg", {"quality": 90}),
    "HEIF": ("JPEG", "image/jpeg", "jpg", {"quality": 90}),
    "PNG": ("PNG", "image/png", "png", {"compress_level": 3}),
    "WEBP": ("WEBP", "image/webp", "webp", {"quality": 90, "method": 2}),
    "GIF": ("WEBP", "image/webp", "webp", {"quality": 90, "method": 2}),
}
_SRGB = ImageCms.createProfile("sRGB")

pillow_heif.register_heif_opener()

Image.MAX_IMAGE_PIXELS = MOST_PIXELS // 2  # Pillow itself refuses to open what has twice as many
warnings.filterwarnings("ignore", category=Image.DecompressionBombWarning)

_decoding = threading.BoundedSemaphore(AT_ONCE)


class Images:
    """JPEG, PNG, WebP, GIF and HEIC."""

    kind: ClassVar[MediaKind] = MediaKind.IMAGE
    content_types: ClassVar[frozenset[str]] = frozenset(_FORMATS)

    def normalise(self, file: IO[bytes], content_type: str) -> Normal:
        """Read an image and write it anew; a HEIC becomes a JPEG, a GIF a WebP that still moves."""
        with _decoding, _damage_refused():
            return _normalise(file, _FORMATS[content_type])

    def derive(self, file: IO[bytes], content_type: str = "", report: object = None) -> Derived:
        """Make the smaller copies, never wider than the image, and the blurhash; it reports nothing."""
        with _decoding, _damage_refused(), Image.open(file) as image:
            size = image.size
            image.draft("RGB", _fitting(size, max(VARIANT_WIDTHS)))  # a JPEG need not be decoded in full
            copies, smallest = _shrink(image, size)
            return Derived(copies, _blur(smallest))


@contextlib.contextmanager
def _damage_refused() -> Iterator[None]:
    """Turn all that Pillow raises on damaged files into refusals; a full disk is not one of them."""
    try:
        yield
    except Image.DecompressionBombError as error:
        raise ImageTooLarge from error
    except OSError as error:
        if error.errno is not None:
            raise
        raise BrokenFile from error
    except (
        ArithmeticError,
        AttributeError,
        EOFError,
        LookupError,
        RuntimeError,
        SyntaxError,
        TypeError,
        ValueError,
        struct.error,
        zlib.error,
    ) as error:
        raise BrokenFile from error


def _normalise(file: IO[bytes], expected: str) -> Normal:
    with Image.open(file, formats=[expected]) as image:
        written, content_type, extension, options = _WRITTEN_AS[expected]
        frames, durations = _frames(image)
        loop = image.info.get("loop", 1)
        image.close()  # its pixels are as many as those of the frames
    first = frames[0]
    if written == "JPEG" and first.mode != "RGB":
        first = first.convert("RGB")
    if len(frames) > 1:
        moving = {"save_all": True, "append_images": frames[1:], "duration": durations, "loop": loop}
        options = {**options, **moving}
    target = tempfile.SpooledTemporaryFile(IN_MEMORY_BYTES)  # noqa: SIM115  the caller closes it
    first.save(target, written, **options)
    size = target.tell()
    target.seek(0)
    return Normal(target, size, content_type, extension, first.width, first.height, MediaKind.IMAGE)


def _frames(image: Image.Image) -> tuple[list[Image.Image], list[int]]:
    """Decode all that moves, and for how many milliseconds each frame is shown.

    A frame is counted before it is decoded: one of a GIF may be larger than the file says at first.
    """
    frames: list[Image.Image] = []
    durations: list[int] = []
    pixels = 0
    for frame in _unread_frames(image):
        pixels += frame.width * frame.height
        if pixels > MOST_PIXELS or len(frames) == MOST_FRAMES:
            raise ImageTooLarge(f"All frames together; and an animation has at most {MOST_FRAMES}")
        frames.append(_plain(frame))
        durations.append(int(frame.info.get("duration", 0)) or USUAL_DURATION)
    return frames, durations


def _unread_frames(image: Image.Image) -> Iterator[Image.Image]:
    return iter(ImageSequence.Iterator(image)) if _moves(image) else iter([image])


def _moves(image: Image.Image) -> bool:
    return image.format in _MOVING and getattr(image, "is_animated", False)


def _plain(image: Image.Image) -> Image.Image:
    """Give the pixels alone: decoded, upright, in sRGB, without any metadata."""
    image.load()
    upright = _upright(image)
    has_alpha = upright.mode in ("RGBA", "LA", "PA") or "transparency" in upright.info
    mode = "RGBA" if has_alpha else "RGB"
    pixels = _in_srgb(_in_8_bits(upright))
    plain = Image.new(mode, pixels.size)
    plain.paste(pixels if pixels.mode == mode else pixels.convert(mode))
    return plain


def _upright(image: Image.Image) -> Image.Image:
    """Turn an image as its camera says; one that moves is turned frame by frame, and stays as it is."""
    if _moves(image):
        return ImageOps.exif_transpose(image)
    ImageOps.exif_transpose(image, in_place=True)
    return image


def _in_8_bits(image: Image.Image) -> Image.Image:
    """Scale the 16 bits that a grey PNG may have; Pillow would cut them off."""
    if not image.mode.startswith("I"):
        return image
    return image.convert("I").point(lambda value: value / 257).convert("L")


def _in_srgb(image: Image.Image) -> Image.Image:
    profile = image.info.get("icc_profile")
    if not profile or image.mode not in ("RGB", "RGBA", "CMYK", "L"):
        return image
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        mode = "RGBA" if image.mode == "RGBA" else "RGB"
        return ImageCms.profileToProfile(image, source, _SRGB, outputMode=mode) or image
    except (ImageCms.PyCMSError, OSError, ValueError):
        return image  # a profile that cannot be read cannot be honoured


def _shrink(image: Image.Image, size: tuple[int, int]) -> tuple[dict[int, Copy], Image.Image]:
    """Make the copies of an image that was this large, each of the next larger; give the smallest too."""
    copies: dict[int, Copy] = {}
    smaller = image if image.mode in ("RGB", "RGBA") else image.convert("RGBA")
    for width in sorted(VARIANT_WIDTHS, reverse=True):
        smaller = _resize(smaller, _fitting(size, width))
        content = io.BytesIO()
        smaller.save(content, "WEBP", quality=82, method=4)
        copies[width] = Copy(content.getvalue(), smaller.width, smaller.height)
    return copies, smaller


def _fitting(size: tuple[int, int], width: int) -> tuple[int, int]:
    """Give the size of a copy at most this wide, which is never larger than the image."""
    if size[0] <= width:
        return size
    return width, max(1, round(size[1] * width / size[0]))


def _resize(image: Image.Image, size: tuple[int, int]) -> Image.Image:
    return image if image.size == size else image.resize(size, Image.Resampling.LANCZOS)


def _blur(image: Image.Image) -> str:
    tiny = image.convert("RGB")
    tiny.thumbnail((BLURHASH_SIDE, BLURHASH_SIDE))
    rows = [[tiny.getpixel((x, y)) for x in range(tiny.width)] for y in range(tiny.height)]
    return str(blurhash.encode(rows, components_x=4, components_y=3))
