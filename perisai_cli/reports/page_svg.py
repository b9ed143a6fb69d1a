"""A picture as SVG inside a page: colours come from the page, so light, dark and print agree."""

from __future__ import annotations

from html import escape

from perisai_cli.reports.drawing import LINES, WIDTH, Block, Dot, Picture, Shape, Stroke, Words

FILLS = """<svg class="fills" width="0" height="0" aria-hidden="true"><defs>
<pattern id="f1" width="5" height="5" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">\
<path class="pb" d="M0 0h5v5h-5z"/><path class="pl" d="M1 0v5"/></pattern>
<pattern id="f3" width="5" height="5" patternUnits="userSpaceOnUse">\
<path class="pb" d="M0 0h5v5h-5z"/><circle class="pd" cx="2.5" cy="2.5" r="1.1"/></pattern>
<pattern id="f4" width="4" height="4" patternUnits="userSpaceOnUse">\
<path class="pb" d="M0 0h4v4h-4z"/><path class="pl" d="M0 2h4"/></pattern>
<pattern id="unknown" width="8" height="8" patternUnits="userSpaceOnUse" \
patternTransform="rotate(-45)"><path class="pb" d="M0 0h8v8h-8z"/>\
<path class="pu" d="M1 0v8"/></pattern>
</defs></svg>"""
"""Patterns that all drawings of one page share."""

_RULE = "r"
_ANCHORS = {"start": "", "middle": "m", "end": "e"}
_TONES = {"ink": "", "soft": "o", "paper": "w"}


def svg(picture: Picture, title: str, number: int) -> str:
    """Return a drawing as an element of a page, with its text alternative.

    Args:
        picture: What is drawn.
        title: Its title.
        number: Its place in the page, which keeps the names of its parts apart.
    """
    drawn = _ground(picture) + "".join(map(_shape, picture.shapes))
    return (
        f'<svg viewBox="0 0 {WIDTH} {_n(picture.height)}" role="img"'
        f' aria-labelledby="t{number} d{number}"><title id="t{number}">{escape(title)}</title>'
        f'<desc id="d{number}">{escape(picture.told)}</desc>{drawn}</svg>'
    )


def _ground(picture: Picture) -> str:
    """Return blocks and rules, those of one look in one element, which halves a chart's size."""
    outlines: dict[str, str] = {}
    for shape in picture.shapes:
        if isinstance(shape, Block):
            x, y, width, height = (_n(each) for each in shape[:4])
            drawn = f"M{x} {y}h{width}v{height}h-{width}z"
            outlines[shape.fill] = outlines.get(shape.fill, "") + drawn
        elif isinstance(shape, Stroke) and shape.series is None:
            outlines[_RULE] = outlines.get(_RULE, "") + _along(shape)
    return "".join(f'<path d="{drawn}" class="{fill}"/>' for fill, drawn in outlines.items())


def _shape(shape: Shape) -> str:
    if isinstance(shape, Words):
        return _words(shape)
    if isinstance(shape, Dot):
        return _dot(shape)
    if isinstance(shape, Block) or shape.series is None:
        return ""  # drawn already, below everything else
    return f'<path d="{_along(shape)}" class="l{shape.series % LINES}"/>'


def _words(words: Words) -> str:
    classes = (_ANCHORS[words.anchor], "b" * words.bold, _TONES[words.tone])
    named = f' class="{" ".join(filter(None, classes))}"' if any(classes) else ""
    sized = f' font-size="{_n(words.size)}"' if words.size != 11 else ""
    place = f'x="{_n(words.x)}" y="{_n(words.y)}"{sized}{named}'
    return f"<text {place}>{escape(words.text, quote=False)}</text>"


def _along(stroke: Stroke) -> str:
    (x, y), *rest = stroke.points
    return f"M{_n(x)} {_n(y)}" + "".join(f"L{_n(x)} {_n(y)}" for x, y in rest)


def _dot(dot: Dot) -> str:
    """Return a circle, square, lozenge or triangle, solid for the first four series."""
    x, y, form = dot.x, dot.y, dot.series % 4
    named = f"k{dot.series % LINES}"
    if form == 0:
        return f'<circle cx="{_n(x)}" cy="{_n(y)}" r="2.6" class="{named}"/>'
    outline = {
        1: f"M{_n(x - 2.3)} {_n(y - 2.3)}h4.6v4.6h-4.6z",
        2: f"M{_n(x)} {_n(y - 3.2)}l3.2 3.2l-3.2 3.2l-3.2-3.2z",
        3: f"M{_n(x)} {_n(y - 2.9)}l3 5.2h-6z",
    }[form]
    return f'<path d="{outline}" class="{named}"/>'


def _n(number: float) -> str:
    return f"{number:.1f}".removesuffix(".0")
