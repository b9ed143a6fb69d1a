"""The nine provinces as tiles, each about where it lies on a map, darker where there is more."""

from __future__ import annotations

from decimal import Decimal

from perisai_cli.domain.regions import region_label
from perisai_cli.reports.drawing import SHADES, WIDTH, Block, Shape, Tone, Words, cut, reach
from perisai_cli.reports.figures import Figures, Number

PLACES: dict[str, tuple[int, int]] = {
    "96": (3, 0), "92": (4, 0), "91": (5, 0),
    "94": (4, 1), "95": (5, 1),
    "51": (0, 2), "52": (1, 2), "53": (2, 2), "93": (5, 2),
}  # fmt: skip
"""A province's code to its place, counted from the west and from the north."""

_WIDE = WIDTH / 6
_TALL = 66.0
_GAP = 3.0
_TOP = 18.0
_NAME = 9.0


def tiles(drawn: Figures) -> tuple[float, list[Shape]]:
    """Return the height and the shapes of the map; a province without a number is hatched."""
    measure = drawn.series[0]
    found = {str(key): measure.values[place] for place, key in enumerate(drawn.keys)}
    high = max(value for _, value in measure.known())
    shapes: list[Shape] = [Words(0, 10, cut(measure.name, WIDTH), bold=True)]
    for code, (column, row) in PLACES.items():
        value = found.get(code)
        shapes += _tile(code, column * _WIDE, _TOP + row * _TALL, measure.said(value), value, high)
    return _TOP + 3 * _TALL, shapes


def _tile(
    code: str, x: float, y: float, said: str, value: Number | None, high: Number
) -> list[Shape]:
    width = _WIDE - _GAP
    shade = None if value is None else _shade(value, high)
    tone: Tone = "paper" if shade is not None and shade >= SHADES // 2 + 1 else "ink"
    fill = "unknown" if shade is None else f"s{shade}"
    shapes: list[Shape] = [Block(x, y, width, _TALL - _GAP, fill)]
    for line, word in enumerate(_lines(region_label(code))):
        size = min(_NAME, _NAME * (width - 3) / reach(word, _NAME))
        shapes.append(Words(x + width / 2, y + 12 + line * 10, word, "middle", size, tone=tone))
    size = min(12, 12 * (width - 7) / reach(said, 12))
    shapes.append(
        Words(x + width / 2, y + _TALL - _GAP - 7, said, "middle", size, bold=True, tone=tone)
    )
    return shapes


def _lines(name: str) -> list[str]:
    """Return a province's name in lines that fit a tile; short words share one."""
    lines: list[str] = []
    for word in name.split():
        together = f"{lines[-1]} {word}" if lines else word
        if lines and reach(together, _NAME) <= _WIDE - _GAP - 3:
            lines[-1] = together
        else:
            lines.append(word)
    return lines


def _shade(value: Number, high: Number) -> int:
    """Return how dark a number is: step 0 for none, the last for the highest."""
    if value <= 0:
        return 0
    return min(int(Decimal(value) * SHADES / Decimal(high)), SHADES - 1)
