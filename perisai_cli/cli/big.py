"""An amount in digits large enough to be read across a stall, drawn with ``#`` alone."""

from __future__ import annotations

from perisai_cli.domain.money import rupiah

_ROWS = (
    "### .#. ### ### #.# ### ### ### ### ### .",
    "#.# ##. ..# ..# #.# #.. #.. ..# #.# #.# .",
    "#.# .#. ### ### ### ### ### ..# ### ### .",
    "#.# .#. #.. ..# ..# ..# #.# ..# #.# ..# .",
    "### ### ### ### ..# ### ### ..# ### ### #",
)
_SIGNS = "0123456789."
_SHAPES = {
    sign: tuple(row.split(" ")[index].replace(".", " ") for row in _ROWS)
    for index, sign in enumerate(_SIGNS)
}
_MARGIN = 2


def big(amount: int, width: int) -> list[str]:
    """Return the lines of *amount* as large as *width* columns allow; its usual form where none."""
    digits = rupiah(amount).removeprefix("Rp")
    for scale in (2, 1):
        lines = [_row(digits, row, scale) for row in range(len(_ROWS))]
        if max(map(len, lines)) <= width:
            return lines
    return [rupiah(amount)]


def _row(digits: str, row: int, scale: int) -> str:
    shapes = (_SHAPES[sign][row] for sign in digits)
    wide = ("".join(cell * scale for cell in shape) for shape in shapes)
    return (" " * _MARGIN + (" " * scale).join(wide)).rstrip()
