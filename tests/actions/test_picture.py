"""A photo of a card becomes a small upright JPEG of nothing but its pixels."""

from __future__ import annotations

import builtins
import contextlib
import io
import zlib
from typing import Any

import cards
import PIL.Image
import pytest

from perisai_cli.actions import picture as pictures
from perisai_cli.actions.picture import LONG_SIDES, MIN_SIDE, TARGET, clean_photo
from perisai_cli.domain.attachments import MAX_OCTETS
from perisai_cli.domain.errors import InvalidInput

TURN = PIL.Image.Transpose
HELD = {
    2: TURN.FLIP_LEFT_RIGHT, 3: TURN.ROTATE_180, 4: TURN.FLIP_TOP_BOTTOM, 5: TURN.TRANSPOSE,
    6: TURN.ROTATE_90, 7: TURN.TRANSVERSE, 8: TURN.ROTATE_270,
}  # fmt: skip
"""How the pixels lie in a file of each orientation."""

_JFIF, _TABLES, _SCAN = 0xE0, {0xDB, 0xC4}, {0xC2, 0xDA}


def refusal_of(content: bytes) -> str:
    with pytest.raises(InvalidInput) as refused:
        clean_photo(content)
    return refused.value.code


@pytest.mark.parametrize("content", [cards.jpeg(cards.card()), cards.png(cards.card())])
def test_nothing_but_pixels_is_left(content: bytes) -> None:
    assert b"5171016311877351" in content
    made = clean_photo(content)
    for part in (*cards.PLANTED.split(), "Exif", "GPS", "ICC_PROFILE", "http", "sRGB", "Pillow"):
        assert part.encode() not in made
    assert set(cards.segments(made)) == {_JFIF} | _TABLES | _SCAN
    shown = cards.opened(made)
    assert dict(shown.getexif()) == {}
    assert set(shown.info) <= {
        "jfif", "jfif_version", "jfif_unit", "jfif_density", "progressive", "progression",
    }  # fmt: skip
    assert clean_photo(content) == made


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_photo_stands_upright_however_the_camera_was_held(orientation: int) -> None:
    upright = cards.card()
    lying = upright.transpose(HELD[orientation]) if orientation in HELD else upright
    shown = cards.opened(clean_photo(cards.jpeg(lying, orientation)))
    assert shown.size == (1280, 800)
    assert cards.corners(shown) == [0, 1, 2, 3]


@pytest.mark.parametrize("mode", ["L", "RGB", "CMYK", "P", "RGBA", "LA", "1", "I;16"])
def test_a_picture_of_any_kind_comes_out_in_plain_colours(mode: str) -> None:
    whole = cards.card()
    if mode == "I;16":
        grey = whole.convert("L").tobytes()
        shades = b"".join(bytes((0, shade)) for shade in grey)
        odd = PIL.Image.frombytes("I;16", whole.size, shades)
    else:
        odd = whole.convert(mode)
    content = cards.jpeg(odd) if mode == "CMYK" else cards.png(odd)
    shown = cards.opened(clean_photo(content))
    assert (shown.mode, shown.format) == ("RGB", "JPEG")
    lightness = shown.convert("L").getpixel((shown.width - 9, shown.height - 9))
    assert isinstance(lightness, int)
    assert lightness > 200  # the white corner is white: nothing came out black or inverted
    if mode in ("RGB", "CMYK", "P", "RGBA"):
        assert cards.corners(shown) == [0, 1, 2, 3]


def test_what_is_see_through_becomes_white() -> None:
    seen = cards.card().convert("RGBA")
    seen.paste((0, 0, 0, 0), (0, 0, 400, 300))
    shown = cards.opened(clean_photo(cards.png(seen)))
    assert shown.getpixel((100, 100)) == (255, 255, 255)


def test_a_photo_becomes_light_enough_for_a_poor_link() -> None:
    ordinary = clean_photo(cards.jpeg(cards.card((4000, 3000))))
    assert cards.opened(ordinary).size == (1280, 960)
    assert len(ordinary) <= TARGET
    heaviest = clean_photo(cards.jpeg(cards.grain((2000, 2000)), quality=95))
    assert len(heaviest) <= MAX_OCTETS
    assert max(cards.opened(heaviest).size) >= LONG_SIDES[-1]


def test_a_small_photo_is_not_blown_up() -> None:
    shown = cards.opened(clean_photo(cards.jpeg(cards.card((MIN_SIDE, 300)))))
    assert shown.size == (MIN_SIDE, 300)


def test_what_is_no_photo_is_refused() -> None:
    assert refusal_of(b"") == "photo.not_image"
    assert refusal_of(b"%PDF-1.7 and so on") == "photo.not_image"
    page = io.BytesIO()
    cards.card().save(page, "GIF")
    assert refusal_of(page.getvalue()) == "photo.not_image"
    assert refusal_of(cards.jpeg(cards.card((MIN_SIDE - 1, 300)))) == "photo.too_small"


@pytest.mark.parametrize("make", [cards.jpeg, cards.png])
def test_a_file_that_is_cut_off_is_refused_wherever_it_is_cut(make: Any) -> None:
    content = make(cards.card((500, 400)))
    for share in (1, 5, 20, 50, 80, 95):
        cut = content[: len(content) * share // 100]
        assert refusal_of(cut) in ("photo.not_image", "photo.damaged")


def test_damaged_files_never_do_worse_than_a_refusal() -> None:
    for content in (cards.jpeg(cards.card((500, 400))), cards.png(cards.card((500, 400)))):
        for place in range(0, min(len(content), 4000), 97):
            spoilt = content[:place] + b"\xff\x00\xf7" + content[place + 3 :]
            made = b""
            with contextlib.suppress(InvalidInput):
                made = clean_photo(spoilt)
            assert len(made) <= MAX_OCTETS


def _bomb(width: int, height: int) -> bytes:
    """Return a PNG that states its size and holds next to nothing."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        check = zlib.crc32(kind + content).to_bytes(4, "big")
        return len(content).to_bytes(4, "big") + kind + content + check

    size = width.to_bytes(4, "big") + height.to_bytes(4, "big")
    head = chunk(b"IHDR", size + bytes((1, 0, 0, 0, 0)))
    return b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", zlib.compress(b"")) + chunk(b"IEND", b"")


@pytest.mark.parametrize("side", [8_001, 12_000, 60_000])
def test_a_picture_of_monstrous_size_is_refused_before_it_is_decoded(
    side: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    decoded: list[int] = []
    monkeypatch.setattr(PIL.Image.Image, "load", lambda self: decoded.append(1))
    assert refusal_of(_bomb(side, side)) == "photo.too_large"
    assert decoded == []


def test_without_pillow_the_sentence_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    ordinary = builtins.__import__

    def absent(name: str, *rest: Any, **more: Any) -> Any:
        if name.partition(".")[0] == "PIL":
            raise ModuleNotFoundError(name="PIL")
        return ordinary(name, *rest, **more)

    monkeypatch.setattr(builtins, "__import__", absent)
    assert refusal_of(b"") == "photo.extra"
    assert pictures.MAX_FILE > MAX_OCTETS
