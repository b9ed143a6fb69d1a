"""Makes a small clean JPEG of any photo: turned upright, scaled, and of nothing but its pixels.

What a phone writes beside the pixels (place, time, maker, a smaller picture, comments) is left
behind, because the result is painted anew and saved without any of it.
"""

from __future__ import annotations

import io
import struct
import warnings
import zlib
from typing import TYPE_CHECKING

from perisai_cli.domain.attachments import MAX_OCTETS
from perisai_cli.domain.errors import InvalidInput

if TYPE_CHECKING:
    from PIL.Image import Image

MAX_FILE = 32 * 2**20
"""Largest file that is read, in octets."""

MAX_PIXELS = 64_000_000
"""Most pixels that are decoded; a phone's photo has 8 to 50 million."""

MIN_SIDE = 400
"""Shortest long side on which sixteen digits of a card can still be read."""

LONG_SIDES = (1280, 1120, 960, 800, 640)
READABLE = 960
"""Long side below which digits suffer more from fewer pixels than from a slow link."""

QUALITIES = (82, 74, 66, 58)
TARGET = 120_000
"""Octets to stay below where it can be: a quarter of a minute at 64 kbit/s."""

_BROKEN = (OSError, ValueError, SyntaxError, EOFError, OverflowError, struct.error, zlib.error)
"""What Pillow raises at files that are cut off or made up."""


def clean_photo(content: bytes) -> bytes:
    """Return the photo in *content* (JPEG or PNG) as a JPEG without any metadata.

    Raises:
        InvalidInput: ``photo.extra`` (Pillow is not installed), ``photo.not_image``,
            ``photo.damaged``, ``photo.too_large`` or ``photo.too_small``.
    """
    try:
        import PIL.Image
    except ModuleNotFoundError as error:
        if error.name != "PIL":
            raise
        raise InvalidInput("photo.extra") from None
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a phone's odd metadata is not the agent's to hear of
        warnings.simplefilter("error", PIL.Image.DecompressionBombWarning)
        try:
            picture = _opened(content)
            return _encoded(_upright(picture))
        except (PIL.Image.DecompressionBombError, PIL.Image.DecompressionBombWarning):
            raise InvalidInput("photo.too_large", limit=MAX_PIXELS // 1_000_000) from None
        except PIL.UnidentifiedImageError:
            raise InvalidInput("photo.not_image") from None
        except _BROKEN:
            raise InvalidInput("photo.damaged") from None


def _opened(content: bytes) -> Image:
    """Return the picture, its size checked before a pixel is decoded."""
    import PIL.Image

    picture = PIL.Image.open(io.BytesIO(content), formats=("JPEG", "PNG"))
    if picture.width * picture.height > MAX_PIXELS:
        raise InvalidInput("photo.too_large", limit=MAX_PIXELS // 1_000_000)
    if max(picture.size) < MIN_SIDE:
        raise InvalidInput("photo.too_small", limit=MIN_SIDE)
    # A JPEG can be decoded smaller at once, which keeps the memory of a large one small.
    picture.draft("RGB", (LONG_SIDES[0], LONG_SIDES[0]))
    picture.load()
    return picture


def _upright(picture: Image) -> Image:
    """Return the picture turned as its camera was held, in RGB, on white where it is see-through.

    It is a new one, so that nothing of what the file held beside its pixels comes along.
    """
    import PIL.Image

    orientation = _orientation(picture)
    if picture.mode.startswith("I"):  # 16 bits of grey
        picture = picture.convert("I").point(lambda value: value * (1 / 256)).convert("L")
    if "transparency" in picture.info or picture.mode in ("RGBA", "LA", "PA", "RGBa", "La"):
        seen = picture.convert("RGBA")
        clean = PIL.Image.new("RGB", seen.size, "white")
        clean.paste(seen, mask=seen.getchannel("A"))
    else:
        clean = PIL.Image.new("RGB", picture.size)
        clean.paste(picture.convert("RGB"))
    turn = PIL.Image.Transpose
    turned = {
        2: turn.FLIP_LEFT_RIGHT, 3: turn.ROTATE_180, 4: turn.FLIP_TOP_BOTTOM, 5: turn.TRANSPOSE,
        6: turn.ROTATE_270, 7: turn.TRANSVERSE, 8: turn.ROTATE_90,
    }.get(orientation)  # fmt: skip
    return clean if turned is None else clean.transpose(turned)


def _orientation(picture: Image) -> int:
    """Return how the camera was held by the file's EXIF; 1 (upright) where that can't be read."""
    import PIL.ExifTags

    try:
        return int(picture.getexif().get(PIL.ExifTags.Base.Orientation, 1))
    except (*_BROKEN, TypeError, KeyError):
        return 1


def _encoded(picture: Image) -> bytes:
    """Return the largest and best JPEG that is light enough.

    A busy picture is heavy at any size: from ``READABLE`` on it may weigh more, and is not made
    smaller for the link's sake.

    Raises:
        InvalidInput: ``photo.too_detailed``: it is too heavy at any size.
    """
    import PIL.Image

    first = min(max(picture.size), LONG_SIDES[0])
    for side in (first, *(shorter for shorter in LONG_SIDES[1:] if shorter < first)):
        scaled = picture.copy()
        scaled.thumbnail((side, side), PIL.Image.Resampling.LANCZOS)
        for quality in QUALITIES:
            page = io.BytesIO()
            scaled.save(page, "JPEG", quality=quality, optimize=True, progressive=True)
            made = page.getvalue()
            if len(made) <= (TARGET if side > READABLE else MAX_OCTETS):
                return made
    raise InvalidInput("photo.too_detailed")
