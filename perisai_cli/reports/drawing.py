"""A picture as plain shapes, before it is SVG in a page or ink on paper.

Lengths are units of a drawing that is ``WIDTH`` wide, from its upper left corner: narrow enough
for a phone, so that letters keep their size there. Shapes say which series, shade or tone they are
of; the two renderers choose colour, pattern and dash, always so that grey alone tells them apart.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal, NamedTuple

WIDTH = 360
SIZE = 11
"""Height of the letters."""
LABEL = 126.0
"""Room for the name of a bar beside it."""
LONG_LABEL = 190.0
"""Names that reach further stand above their bars."""
FILLS = 6
"""Fills of bars that differ without colour."""
LINES = 8
"""Dashes and dots of lines that differ without colour."""
SHADES = 5
"""Steps from light to dark of what is shown by how dark it is."""

Tone = Literal["ink", "soft", "paper"]


class Block(NamedTuple):
    """A rectangle; its fill is ``f0`` to ``f5``, a shade ``s0`` to ``s4``, or ``unknown``."""

    x: float
    y: float
    width: float
    height: float
    fill: str


class Stroke(NamedTuple):
    """A line through points, dashed as its series is; a rule of the drawing has no series."""

    points: tuple[tuple[float, float], ...]
    series: int | None = None


class Dot(NamedTuple):
    """A point of a series, in the series' own form."""

    x: float
    y: float
    series: int


class Words(NamedTuple):
    """Words at a place on their base line."""

    x: float
    y: float
    text: str
    anchor: Literal["start", "middle", "end"] = "start"
    size: float = SIZE
    bold: bool = False
    tone: Tone = "ink"


Shape = Block | Stroke | Dot | Words


class Picture(NamedTuple):
    """A drawing and what it says.

    Attributes:
        height: In units.
        shapes: In the order in which they are drawn.
        told: Sentences that say the same as the drawing.
        left_out: A sentence about what is in the table only, or empty.
    """

    height: float
    shapes: tuple[Shape, ...]
    told: str
    left_out: str = ""


_GROUPS = (
    (0.33, " ,.IJijl'’"), (0.38, "-/:;|f"), (0.42, "!()[]rt"), (0.56, "csz?L*_"),
    (0.78, "ABCDGHNOQRUVXZ&w"), (0.85, "#+<=>~^"), (1.0, "MWm@%…—"),
)  # fmt: skip
_EMS = {sign: ems for ems, signs in _GROUPS for sign in signs}
"""Widths of signs in ems of a wide face, such as paper and many screens have."""
_WIDEST = 0x2E80  # from here on signs are as wide as they are high


def reach(text: str, size: float = SIZE) -> float:
    """Return about how wide *text* is, rather too wide than too narrow."""
    ems = sum(_EMS.get(sign, 0.65 if ord(sign) < _WIDEST else 1.0) for sign in text)
    return ems * size


def cut(text: str, room: float, size: float = SIZE) -> str:
    """Return *text*, or as much of it as there is room for and an ellipsis."""
    if reach(text, size) <= room:
        return text
    kept = text
    while kept and reach(kept, size) + size > room:
        kept = kept[:-1]
    return f"{kept.rstrip(' ,')}…"


def legend(names: Iterable[str], y: float) -> tuple[list[Shape], float]:
    """Return the swatches and names of fills from base line *y* on, and the next free base line."""
    shapes: list[Shape] = []
    x = 0.0
    for number, name in enumerate(names):
        words = cut(name, WIDTH - 16)
        if x and x + 16 + reach(words) > WIDTH:
            x, y = 0.0, y + 16
        shapes += [Block(x, y - 9, 11, 10, fill_of(number)), Words(x + 16, y, words)]
        x += 16 + reach(words) + 12
    return shapes, y + 16


def fill_of(number: int) -> str:
    """Return the name of the fill of a series."""
    return f"f{number % FILLS}"
