"""Made-up photos of cards, with what phones write beside the pixels planted in them."""

from __future__ import annotations

import io
import random
from typing import Any

import PIL.Image
import PIL.ImageCms
import PIL.ImageDraw
from PIL import ExifTags, PngImagePlugin

PLANTED = "5171016311877351 Zulkarnaini Wedhasmara"
"""What stands in every comment, description and text of a planted photo."""

CORNERS = ((200, 30, 30), (30, 160, 30), (30, 30, 200), (240, 240, 240))
"""Colours of the corners of an upright card: top left, top right, bottom left, bottom right."""


def card(size: tuple[int, int] = (1600, 1000), seed: int = 1) -> PIL.Image.Image:
    """Return a picture with a colour in each corner and lines that no other seed draws."""
    picture = PIL.Image.new("RGB", size, "lightblue")
    draw, (width, height) = PIL.ImageDraw.Draw(picture), size
    chance = random.Random(seed)
    for _ in range(40):
        ends = [(chance.randrange(width), chance.randrange(height)) for _ in range(2)]
        draw.line(ends, fill=(chance.randrange(256), chance.randrange(256), 90), width=3)
    near, far = (width // 5, height // 5), (width - width // 5, height - height // 5)
    boxes = (
        (0, 0, *near),
        (far[0], 0, width, near[1]),
        (0, far[1], near[0], height),
        (*far, *size),
    )
    for box, colour in zip(boxes, CORNERS, strict=True):
        draw.rectangle(box, fill=colour)
    return picture


def grain(size: tuple[int, int] = (1600, 1000)) -> PIL.Image.Image:
    """Return a picture of nothing but noise: the heaviest there is."""
    return PIL.Image.effect_noise(size, 90).convert("RGB")


def jpeg(picture: PIL.Image.Image, orientation: int = 1, **settings: Any) -> bytes:
    """Return a JPEG as a phone would write it, full of what is nobody's business."""
    exif = PIL.Image.Exif()
    exif[ExifTags.Base.Orientation] = orientation
    exif[ExifTags.Base.ImageDescription] = PLANTED
    exif[ExifTags.Base.Artist] = PLANTED
    exif.get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.UserComment] = PLANTED.encode()
    exif.get_ifd(ExifTags.IFD.GPSInfo).update({1: "S", 2: (8.0, 40.0, 2.0), 29: "2026:11:22"})
    profile = PIL.ImageCms.ImageCmsProfile(PIL.ImageCms.createProfile("sRGB")).tobytes()
    page = io.BytesIO()
    picture.save(
        page, "JPEG", exif=exif, comment=PLANTED.encode(), icc_profile=profile,
        xmp=f"<x>{PLANTED}</x>".encode(), **{"quality": 90, **settings},
    )  # fmt: skip
    return page.getvalue()


def png(picture: PIL.Image.Image) -> bytes:
    """Return a PNG with texts in it."""
    texts = PngImagePlugin.PngInfo()
    texts.add_text("Comment", PLANTED)
    texts.add_itxt("Description", PLANTED, zip=True)
    page = io.BytesIO()
    picture.save(page, "PNG", pnginfo=texts, dpi=(300, 300))
    return page.getvalue()


def opened(content: bytes) -> PIL.Image.Image:
    picture = PIL.Image.open(io.BytesIO(content))
    picture.load()
    return picture


def corners(picture: PIL.Image.Image) -> list[int]:
    """Return which colour of ``CORNERS`` each corner is nearest to."""
    width, height = picture.size
    seen = []
    for place in ((9, 9), (width - 9, 9), (9, height - 9), (width - 9, height - 9)):
        pixel = picture.convert("RGB").getpixel(place)
        assert isinstance(pixel, tuple)
        away = [sum((a - b) ** 2 for a, b in zip(pixel, each, strict=True)) for each in CORNERS]
        seen.append(away.index(min(away)))
    return seen


def segments(content: bytes) -> list[int]:
    """Return the markers of a JPEG up to its first scan."""
    found, place = [], 2
    while content[place] == 0xFF:
        marker = content[place + 1]
        found.append(marker)
        if marker == 0xDA:
            break
        place += 2 + int.from_bytes(content[place + 2 : place + 4], "big")
    return found
