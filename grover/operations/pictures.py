"""Pictures for the demo, drawn from nothing but a number: skies, hills, suns, and round faces."""

import io
import math
import random
from dataclasses import dataclass

import blurhash
from PIL import Image, ImageDraw, ImageFilter

from grover.media.cards import VARIANT_WIDTHS

Colour = tuple[int, int, int]

WIDTH, HEIGHT = 480, 360
FACE = 200


@dataclass(frozen=True, slots=True)
class Picture:
    """A drawing as the files of an upload: the original, and its smaller copies by nominal width."""

    original: bytes
    copies: dict[int, bytes]
    width: int
    height: int
    blurhash: str


def landscape(number: int) -> Picture:
    """Draw a landscape; the same number gives the same one."""
    chance = random.Random(number)  # noqa: S311
    hue = chance.random()
    image = _gradient(_colour(hue, 0.45, 1.0), _colour(hue + 0.12, 0.25, 0.95))
    draw = ImageDraw.Draw(image)
    x, y, radius = chance.randint(60, 420), chance.randint(50, 150), chance.randint(18, 46)
    draw.ellipse((x - radius, y - radius, x + radius, y + radius), fill=_colour(hue + 0.5, 0.15, 1.0))
    for layer in range(4):
        _hills(draw, chance, layer, _colour(hue + 0.08 * layer, 0.5, 0.75 - 0.14 * layer))
    return _picture(image.filter(ImageFilter.GaussianBlur(0.6)))


def face(number: int) -> Picture:
    """Draw a portrait; the same number gives the same one."""
    chance = random.Random(number)  # noqa: S311
    hue = chance.random()
    image = Image.new("RGB", (FACE, FACE), _colour(hue, 0.35, 0.95))
    draw = ImageDraw.Draw(image)
    skin, hair = (
        _colour(0.06, chance.uniform(0.25, 0.6), chance.uniform(0.5, 0.95)),
        _colour(hue + 0.4, 0.6, 0.4),
    )
    draw.ellipse((30, 130, 170, 290), fill=_colour(hue + 0.5, 0.55, 0.75))
    draw.ellipse((48, 28, 152, 150), fill=hair)
    draw.ellipse((58, 48, 142, 150), fill=skin)
    for eye in (84, 116):
        draw.ellipse((eye - 5, 92, eye + 5, 102), fill=(40, 34, 44))
    draw.arc((82, 100, 118, 130), 20, 160, fill=(90, 40, 50), width=4)
    return _picture(image)


def _hills(draw: ImageDraw.ImageDraw, chance: random.Random, layer: int, colour: Colour) -> None:
    base = 170 + 45 * layer
    waves = [(chance.uniform(0.004, 0.02), chance.uniform(0, 6.3), chance.uniform(6, 26)) for _ in range(3)]
    ridge = [
        (x, base + sum(height * math.sin(x * pace + start) for pace, start, height in waves))
        for x in range(0, WIDTH + 8, 8)
    ]
    draw.polygon([(0, HEIGHT), *ridge, (WIDTH + 8, HEIGHT)], fill=colour)


def _gradient(top: Colour, bottom: Colour) -> Image.Image:
    column = Image.new("RGB", (1, 2))
    column.putpixel((0, 0), top)
    column.putpixel((0, 1), bottom)
    return column.resize((WIDTH, HEIGHT), Image.Resampling.BILINEAR)


def _colour(hue: float, saturation: float, value: float) -> Colour:
    parts = (hue * 360 % 360, saturation * 100, value * 100)
    pixel = Image.new("HSV", (1, 1), (int(parts[0] / 360 * 255), int(parts[1] * 2.55), int(parts[2] * 2.55)))
    red, green, blue = pixel.convert("RGB").getpixel((0, 0))  # type: ignore[misc]
    return int(red), int(green), int(blue)


def _picture(image: Image.Image) -> Picture:
    copies = {width: _encode(image, width) for width in VARIANT_WIDTHS}
    original = io.BytesIO()
    image.save(original, "JPEG", quality=85)
    tiny = image.resize((16, 12))
    rows = [[tiny.getpixel((x, y)) for x in range(16)] for y in range(12)]
    return Picture(original.getvalue(), copies, image.width, image.height, str(blurhash.encode(rows, 4, 3)))


def _encode(image: Image.Image, width: int) -> bytes:
    copy = image
    if image.width > width:
        copy = image.resize((width, round(image.height * width / image.width)))
    file = io.BytesIO()
    copy.save(file, "WEBP", quality=75, method=2)
    return file.getvalue()
