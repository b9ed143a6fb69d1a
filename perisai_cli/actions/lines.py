"""JSON from a file or a pipe: one object, a list, or JSON Lines, a line at a time."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from io import BytesIO
from itertools import chain
from typing import Any, BinaryIO

from perisai_cli.domain.errors import Problem

MAX_LINE = 64 * 1024
MAX_DOCUMENT = 4 * 2**20

Line = tuple[int, dict[str, Any] | Problem]
"""Row number, counted from 1, and what it holds: an object, or what is wrong with it."""


def read_lines(stream: BinaryIO) -> tuple[bool, Iterator[Line]]:
    """Return whether *stream* holds many objects, and an iterator over them.

    One object, on one line or on several, is not many; a JSON list and JSON Lines are. Blank lines
    count as rows and are passed over. Memory does not grow with the number of lines.
    """
    rows = _raw_rows(stream.readline)
    first = next(rows, None)
    if first is None:
        return False, iter([(1, Problem("input.empty", row=1))])
    held = _parse(first[1])
    second = next(rows, None)
    begun = [first] if second is None else [first, second]
    if isinstance(held, dict) and second is None:
        return False, iter([(first[0], held)])
    if not isinstance(held, dict) and first[1].lstrip()[:1] in (b"{", b"["):
        # Only a stream whose first line opens something without closing it is read whole.
        rest = stream.read(MAX_DOCUMENT)
        whole = _whole_document(b"".join(raw for _number, raw in begun) + rest)
        if whole is not None:
            return whole
        rows = _raw_rows(_resumed(BytesIO(rest), stream), begun[-1][0])
    return True, (_row(number, raw) for number, raw in chain(begun, rows))


def _whole_document(text: bytes) -> tuple[bool, Iterator[Line]] | None:
    """Return the object or list that spreads over several lines, when there is one."""
    held = _parse(text)
    if isinstance(held, dict):
        return False, iter([(1, held)])
    if isinstance(held, list):
        objects = (
            (row, item if isinstance(item, dict) else Problem("json.not_object", row=row))
            for row, item in enumerate(held, start=1)
        )
        return True, objects
    return None


def _resumed(begun: BytesIO, stream: BinaryIO) -> Callable[[int], bytes]:
    """Return a ``readline`` over what was read already and then the rest of its stream."""

    def readline(limit: int) -> bytes:
        line = begun.readline(limit)
        whole = line.endswith(b"\n") or len(line) == limit
        return line if whole else line + stream.readline(limit - len(line))

    return readline


def _raw_rows(readline: Callable[[int], bytes], number: int = 0) -> Iterator[tuple[int, bytes]]:
    """Yield the lines after *number* that hold something; one that is too long comes cut."""
    while raw := readline(MAX_LINE + 1):
        number += 1
        if number == 1:
            raw = raw.removeprefix(b"\xef\xbb\xbf")
        if len(raw) > MAX_LINE and number == 1 and raw.lstrip()[:1] == b"[":
            raw += readline(MAX_DOCUMENT)  # a whole list may stand on one line
        rest = raw
        while len(raw) > MAX_LINE and rest and not rest.endswith(b"\n"):
            rest = readline(MAX_LINE)
        if raw.strip():
            yield number, raw


def _row(number: int, raw: bytes) -> Line:
    if len(raw) > MAX_LINE:
        return number, Problem("json.too_long", row=number, facts={"limit": MAX_LINE})
    held = _parse(raw)
    if isinstance(held, dict):
        return number, held
    code = "json.not_object" if held is not None else "json.syntax"
    return number, Problem(code, row=number)


def _parse(raw: bytes) -> Any:
    """Return the JSON in *raw*, or None when it is not JSON (or null, which holds nothing)."""
    try:
        return json.loads(raw, object_pairs_hook=_no_twins)
    except (ValueError, RecursionError):
        return None


def _no_twins(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Return an object whose keys occur once; which of two values was meant can't be known."""
    whole = dict(pairs)
    if len(whole) < len(pairs):
        raise ValueError
    return whole
