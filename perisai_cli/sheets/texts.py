"""Texts of cells as people write them: invisible characters taken out, words made comparable."""

from __future__ import annotations

import re
import unicodedata

from perisai_cli.sheets.model import Cell, Unreadable

_UNSEEN = dict.fromkeys(
    (0xAD, 0x61C, 0x180E, 0xFEFF, *range(0x200B, 0x2010), *range(0x202A, 0x202F),
     *range(0x2060, 0x2065))
)  # fmt: skip
_MARKS = re.compile(r"[^a-z0-9]+")
NOTHING = frozenset({"", "-", "--", "—", "–", ".", "n/a", "na", "null", "none", "nihil"})
"""What people write in a cell to say that there is nothing, in lower case."""
ERRORS = frozenset(
    {"#N/A", "#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NULL!", "#NUM!", "#SPILL!", "#CALC!"}
)


def clean(text: str) -> str:
    """Return *text* composed, trimmed, with single spaces and nothing that can't be seen."""
    if not text.isascii():
        text = unicodedata.normalize("NFC", text.translate(_UNSEEN))
    return " ".join(text.split())


def written(cell: Cell) -> str:
    """Return a cell as text, the way that it is compared and kept; empty for a blank one."""
    if isinstance(cell, str):
        return clean(cell)
    if cell is None or isinstance(cell, bool):
        return {None: "", True: "ya", False: "tidak"}[cell]
    return str(cell)


def is_blank(cell: Cell) -> bool:
    """Tell whether a cell holds nothing that can be seen."""
    return cell is None or (isinstance(cell, str) and not clean(cell))


def is_broken(cell: Cell) -> bool:
    """Tell whether a cell holds an error, or a formula without a value, in any kind of file."""
    return isinstance(cell, Unreadable) or (isinstance(cell, str) and cell in ERRORS)


def plain(text: str) -> str:
    """Return *text* in lower case, without accents, all else but letters and digits one space."""
    if not text.isascii():
        text = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return _MARKS.sub(" ", text.lower()).strip()
