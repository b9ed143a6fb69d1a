"""Letters on paper: the two faces, their styles, and what stands for a letter that they lack."""

from __future__ import annotations

import unicodedata
from html import escape

from reportlab.lib.colors import HexColor
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont

PLAIN, BOLD = "Vera", "VeraBd"
INK, SOFT, RULE = HexColor("#000000"), HexColor("#444444"), HexColor("#8a8a92")
ZEBRA, HEAD = HexColor("#f0f1f4"), HexColor("#dfe2e9")
MISSING = "?"
"""Stands for a letter that the faces lack."""

for _name in (PLAIN, BOLD):
    pdfmetrics.registerFont(TTFont(_name, f"{_name}.ttf"))

_HELD = frozenset(pdfmetrics.getFont(PLAIN).face.charToGlyph) & frozenset(
    pdfmetrics.getFont(BOLD).face.charToGlyph
)


class Letters:
    """Turns text into what the faces can print, and knows whether any letter had to go."""

    def __init__(self) -> None:
        self.replaced = False

    def printable(self, text: str) -> str:
        """Return *text* in letters that the faces have: ``ā`` becomes ``a``, others ``?``."""
        if text.isascii() and text.isprintable():
            return text
        composed = unicodedata.normalize("NFC", text)
        return "".join(self._letter(sign) for sign in composed)

    def _letter(self, sign: str) -> str:
        if not sign.isprintable():
            return " "
        if ord(sign) in _HELD:
            return sign
        parts = unicodedata.normalize("NFKD", sign)
        base = "".join(part for part in parts if not unicodedata.combining(part))
        if base and all(ord(part) in _HELD for part in base):
            return base
        self.replaced = True
        return MISSING

    def markup(self, text: str) -> str:
        """Return *text* for a paragraph, where nothing in it is taken for markup."""
        return escape(self.printable(text), quote=False)


def style(
    size: float, *, bold: bool = False, right: bool = False, after: float = 0
) -> ParagraphStyle:
    """Return the style of a paragraph; *size* and *after* (the space below) are points."""
    return ParagraphStyle(
        f"{size}{bold}{right}{after}",
        fontName=BOLD if bold else PLAIN,
        fontSize=size,
        leading=size * 1.25,
        textColor=INK,
        alignment=2 if right else 0,
        spaceAfter=after,
        splitLongWords=1,
    )


def ems(text: str, *, bold: bool = False) -> float:
    """Return how wide printable *text* is, in ems."""
    return float(pdfmetrics.stringWidth(text, BOLD if bold else PLAIN, 1))
