"""Reasons that a supervisor gives: kept in the journal, so they may name nobody."""

from __future__ import annotations

import re
from collections.abc import Iterable

from perisai_cli.domain.errors import InvalidInput
from perisai_cli.domain.reasons import MAX_REASON, is_reason

_WORD = re.compile(r"[^\W\d_]{3,}")


def checked_reason(typed: str, names: Iterable[str], field: str = "--reason") -> str:
    """Return a reason that may stand in the journal.

    Args:
        typed: What was typed.
        names: Names of the people whom the decision is about.
        field: The option with which it was given.

    Raises:
        InvalidInput: ``merge.reason``: it is empty, too long or holds a row of digits;
            ``merge.reason_names``: it names one of these people.
    """
    reason = " ".join(typed.split())
    if not is_reason(reason):
        raise InvalidInput("merge.reason", field=field, limit=MAX_REASON)
    said = {word.lower() for word in _WORD.findall(reason)}
    for name in names:
        if said & {word.lower() for word in _WORD.findall(name)}:
            raise InvalidInput("merge.reason_names", field=field)
    return reason
