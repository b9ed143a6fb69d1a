"""Signs that a terminal of an old encoding lacks, and what stands for them there."""

from __future__ import annotations

import codecs
from typing import TextIO

PLAIN = {
    "–": "-", "—": "-", "…": "...", "·": "-", "×": "x", "→": "->", "✗": "x", "✓": "v", "•": "*",
    "«": '"', "»": '"', "“": '"', "”": '"', "‘": "'", "’": "'", "\u00a0": " ", "─": "-", "│": "|",
}  # fmt: skip
"""A sign of ours to plain letters that every terminal has."""

_HANDLER = "perisai.plain"


def _plain(error: UnicodeError) -> tuple[str | bytes, int]:
    """Return what stands for the signs that an encoding lacks; ``?`` for any other letter."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    missing = error.object[error.start : error.end]
    return "".join(PLAIN.get(sign, "?") for sign in missing), error.end


def use_signs_of(stream: TextIO) -> None:
    """Make *stream* write UTF-8; on a terminal that has another encoding, what that one has."""
    if not hasattr(stream, "reconfigure"):
        return
    encoding = stream.encoding or "utf-8"
    if stream.isatty() and codecs.lookup(encoding).name != "utf-8":
        codecs.register_error(_HANDLER, _plain)
        stream.reconfigure(errors=_HANDLER)
    else:
        stream.reconfigure(encoding="utf-8", errors="replace")
