"""Reasons that somebody gives and that are kept: words, never the number of a person."""

from __future__ import annotations

import re

from perisai_cli.domain.identity import clean_nik

MAX_REASON = 120
_MANY_DIGITS = re.compile(r"\d{6}")


def is_reason(text: str) -> bool:
    """Tell whether *text* can be a reason that is kept where it can be read."""
    plain = bool(text.strip()) and text.isprintable() and len(text) <= MAX_REASON
    return plain and _MANY_DIGITS.search(clean_nik(text)) is None
