"""Files that are damaged, hostile, or tell more than they show."""

import io
import struct
import zipfile
import zlib
from typing import Any

import pillow_heif
from PIL import Image, ImageCms, PngImagePlugin

from tests.factories.media import picture

SECRETS = (b"SECRET-CAMERA", b"GPS", b"Exif", b"ICC_PROFILE", b"SECRET-XMP", b"xmpmeta", b"SECRET-TAIL")
XMP = b'<x:xmpmeta xmlns:x="adobe:ns:meta/">SECRET-XMP</x:xmpmeta>'

PICTURES = {
    "JPEG": picture("JPEG"),
    "PNG": picture("PNG"),
    "WEBP": picture("WEBP"),
    "GIF": picture("GIF"),
}


def exif(*, orientation: int = 1) -> bytes:
    """Write what a camera tells: its name, which way it was held, and where it was."""
    tags = Image.Exif()
    tags[0x0112] = orientation
    tags[0x010F] = "SECRET-CAMERA"
    gps = tags.get_ifd(0x8825)
    gps[1], gps[2] = "N", (52.0, 31.0, 12.0)
    return tags.tobytes()


def icc_profile() -> bytes:
    return ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


def talkative(file_format: str) -> bytes:
    """Draw a picture that carries metadata of every sort, and bytes after its end."""
    options: dict[str, Any] = {"exif": exif(), "icc_profile": icc_profile()}
    if file_format == "PNG":
        text = PngImagePlugin.PngInfo()
        text.add_itxt("XML:com.adobe.xmp", XMP.decode())
        options["pnginfo"] = text
    elif file_format in ("JPEG", "WEBP"):
        options["xmp"] = XMP
    elif file_format == "GIF":
        options = {"comment": b"SECRET-CAMERA"}
    content = heic(exif=exif(), xmp=XMP) if file_format == "HEIF" else picture(file_format, **options)
    return content + b"SECRET-TAIL"


def heic(size: tuple[int, int] = (64, 48), **options: Any) -> bytes:
    file = io.BytesIO()
    pillow_heif.from_pillow(Image.open(io.BytesIO(picture("PNG", size)))).save(file, **options)
    return file.getvalue()


def animation(file_format: str = "GIF", frames: int = 3, size: tuple[int, int] = (64, 48)) -> bytes:
    """Draw a picture that moves, each frame in a colour of its own."""
    images = [Image.new("RGB", size, (number * 80 % 256, 10, 10)) for number in range(frames)]
    file = io.BytesIO()
    images[0].save(
        file,
        file_format,
        save_all=True,
        append_images=images[1:],
        duration=[70, 140, 210][:frames] or 70,
        loop=0,
    )
    return file.getvalue()


def gif_of(frames: int, *, screen: tuple[int, int] = (1, 1), frame: tuple[int, int] = (1, 1)) -> bytes:
    """Write a tiny GIF that claims any number of frames of any size."""
    head = b"GIF89a" + struct.pack("<HHBBB", *screen, 0x80, 0, 0) + b"\0\0\0\xff\xff\xff"
    one = b"\x2c" + struct.pack("<HHHHB", 0, 0, *frame, 0) + b"\x02\x02\x44\x01\x00"
    return head + one * frames + b"\x3b"


def growing_gif() -> bytes:
    """Write a GIF whose first frame is one pixel and whose second is 60,000 by 60,000."""
    small, large = gif_of(1), gif_of(1, frame=(60_000, 60_000))
    return small[:-1] + large[19:]


def png_claiming(width: int, height: int) -> bytes:
    """Write a PNG whose header promises more than its few bytes hold."""
    body = zlib.compress(b"\0" * 100)
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", header) + _chunk(b"IDAT", body) + _chunk(b"IEND", b"")


def _chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def with_zip(content: bytes) -> bytes:
    """Append an archive, as files that are a picture to one program and an archive to another have."""
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr("payload.js", "alert(1)")
    return content + archive.getvalue()


def gif_that_is_a_script() -> bytes:
    return b"GIF89a/*" + b"\0" * 20 + b"*/=1;alert(document.domain)//" + b"\0" * 64


def gif_that_holds_a_script() -> bytes:
    """Make a GIF that shows, with a script in its comment and after its end."""
    return picture("GIF", comment=b"*/=1;alert(document.domain);/*") + b"*/;alert(1)//"
