"""What a spreadsheet takes: how many rows, how long a text, which names, which signs run."""

from __future__ import annotations

MAX_ROWS = 1_048_576
"""Rows that a sheet of Excel has."""

MAX_TEXT = 32_767
"""Units of UTF-16 that a cell holds."""

FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r")
"""What a text begins with that a spreadsheet may take for a formula."""

_MAX_SHEET_NAME = 31
_FORBIDDEN_IN_NAMES = str.maketrans(dict.fromkeys("[]:*?/\\", " "))
_NO_XML = str.maketrans({"\ufffe": "\ufffd", "\uffff": "\ufffd"})


def sheet_name(wanted: str, taken: set[str]) -> str:
    """Return a name that Excel takes, as near to *wanted* as it can be, and note it in *taken*."""
    signs = (sign if sign.isprintable() else " " for sign in printable(wanted))
    plain = " ".join("".join(signs).translate(_FORBIDDEN_IN_NAMES).split()).strip("'")
    plain = plain[:_MAX_SHEET_NAME].strip("' ") or "Data"
    name, number = plain, 1
    while name.lower() in taken or name.lower() == "history":
        number += 1
        suffix = f" ({number})"
        name = plain[: _MAX_SHEET_NAME - len(suffix)] + suffix
    taken.add(name.lower())
    return name


def printable(text: str) -> str:
    """Return *text* without the code points that no XML file may hold."""
    if text.isascii():
        return text
    return text.encode("utf-8", "replace").decode("utf-8").translate(_NO_XML)
