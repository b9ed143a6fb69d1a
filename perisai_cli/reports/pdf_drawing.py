"""A picture in ink: the same shapes as in a page, in colours whose greys differ."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from reportlab.lib.colors import HexColor
from reportlab.platypus import Flowable

from perisai_cli.reports.drawing import LINES, WIDTH, Block, Dot, Picture, Stroke, Words
from perisai_cli.reports.pdf_type import BOLD, INK, PLAIN, RULE, SOFT, Letters, ems

SCALE = 0.8
"""Points of a unit, where the paper is high enough."""

_WHITE, _DARK = HexColor("#ffffff"), HexColor("#1f4e96")
_FILLS = {
    "f0": _DARK, "f1": _WHITE, "f2": HexColor("#b9cdec"), "f3": _WHITE, "f4": _WHITE, "f5": _WHITE,
    "s0": HexColor("#f6f8fc"), "s1": HexColor("#d5e0f2"), "s2": HexColor("#a9c2e6"),
    "s3": HexColor("#3d69ae"), "s4": HexColor("#1b3f7d"), "unknown": _WHITE,
}  # fmt: skip
_TONES = {"ink": INK, "soft": SOFT, "paper": _WHITE}
_DASHES = ((), (5, 2.5), (1.6, 2), (7, 2, 1.6, 2))


class Drawn(Flowable):  # type: ignore[misc]
    """A picture that takes its place among paragraphs and tables.

    Args:
        picture: What is drawn.
        letters: Which letters there are.
        most: Points that it may be high.
    """

    def __init__(self, picture: Picture, letters: Letters, most: float):
        super().__init__()
        self._picture = picture
        self._letters = letters
        self._scale = min(SCALE, most / picture.height)
        self.width, self.height = WIDTH * self._scale, picture.height * self._scale

    def wrap(self, *_room: float) -> tuple[float, float]:
        """Return the points that it takes across and down."""
        return self.width, self.height

    def draw(self) -> None:
        """Draw the shapes, the y axis pointing down."""
        ink = self.canv
        ink.scale(self._scale, self._scale)
        for shape in self._picture.shapes:
            if isinstance(shape, Block):
                self._block(ink, shape)
            elif isinstance(shape, Words):
                self._words(ink, shape)
            elif isinstance(shape, Dot):
                self._dot(ink, shape)
            else:
                self._stroke(ink, shape)

    def _up(self, y: float) -> float:
        return self._picture.height - y

    def _block(self, ink: Any, block: Block) -> None:
        x, y = block.x, self._up(block.y + block.height)
        ink.setFillColor(_FILLS[block.fill])
        ink.setStrokeColor(INK)
        ink.setLineWidth(0.6)
        ink.rect(x, y, block.width, block.height, stroke=0, fill=1)
        if block.fill in ("f1", "f3", "f4", "unknown"):
            ink.saveState()
            outline = ink.beginPath()
            outline.rect(x, y, block.width, block.height)
            ink.clipPath(outline, stroke=0, fill=0)
            _pattern(ink, block._replace(y=y))
            ink.restoreState()
        ink.rect(x, y, block.width, block.height, stroke=1, fill=0)

    def _words(self, ink: Any, words: Words) -> None:
        said = self._letters.printable(words.text)
        ink.setFont(BOLD if words.bold else PLAIN, words.size)
        ink.setFillColor(_TONES[words.tone])
        wide = ems(said, bold=words.bold) * words.size
        x = words.x - {"start": 0, "middle": wide / 2, "end": wide}[words.anchor]
        ink.drawString(x, self._up(words.y), said)

    def _stroke(self, ink: Any, stroke: Stroke) -> None:
        series = None if stroke.series is None else stroke.series % LINES
        ink.setStrokeColor(RULE if series is None else _DARK if series < 4 else SOFT)
        ink.setLineWidth(0.8 if series is None else 1.4)
        ink.setDash(*([list(_DASHES[series % 4])] if series else [[]]))
        path = ink.beginPath()
        (x, y), *rest = stroke.points
        path.moveTo(x, self._up(y))
        for x, y in rest:
            path.lineTo(x, self._up(y))
        ink.drawPath(path, stroke=1, fill=0)
        ink.setDash([])

    def _dot(self, ink: Any, dot: Dot) -> None:
        series = dot.series % LINES
        x, y = dot.x, self._up(dot.y)
        ink.setStrokeColor(_DARK if series < 4 else SOFT)
        ink.setFillColor(_DARK if series < 4 else _WHITE)
        ink.setLineWidth(0.9)
        if series % 4 == 0:
            ink.circle(x, y, 2.6, stroke=1, fill=1)
            return
        path = ink.beginPath()
        corners = _CORNERS[series % 4]
        path.moveTo(x + corners[0][0], y + corners[0][1])
        for right, up in corners[1:]:
            path.lineTo(x + right, y + up)
        path.close()
        ink.drawPath(path, stroke=1, fill=1)


_CORNERS: dict[int, tuple[tuple[float, float], ...]] = {
    1: ((-2.3, -2.3), (2.3, -2.3), (2.3, 2.3), (-2.3, 2.3)),
    2: ((0, 3.2), (3.2, 0), (0, -3.2), (-3.2, 0)),
    3: ((0, 2.9), (3, -2.3), (-3, -2.3)),
}
"""Square, lozenge and triangle of a series' points, around the point itself."""


def _pattern(ink: Any, block: Block) -> None:
    """Draw the pattern of a fill over a block whose outline clips it; y is its lower edge."""
    if block.fill == "f3":
        ink.setFillColor(_DARK)
        for x in _steps(block.x, block.width, 5):
            for y in _steps(block.y, block.height, 5):
                ink.circle(x + 2.5, y + 2.5, 1, stroke=0, fill=1)
        return
    ink.setStrokeColor(RULE if block.fill == "unknown" else _DARK)
    ink.setLineWidth(0.8 if block.fill == "unknown" else 1.4)
    right, top = block.x + block.width, block.y + block.height
    if block.fill == "f4":
        for y in _steps(block.y, block.height, 4):
            ink.line(block.x, y + 2, right, y + 2)
        return
    step, high = (11 if block.fill == "unknown" else 6), block.height
    for x in _steps(block.x - high, block.width + high, step):
        if block.fill == "unknown":
            ink.line(x, top, x + high, block.y)
        else:
            ink.line(x, block.y, x + high, top)


def _steps(begin: float, length: float, step: float) -> Iterator[float]:
    """Yield places from *begin* on, *step* apart."""
    for number in range(int(length / step) + 1):
        yield begin + number * step
