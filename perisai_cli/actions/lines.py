"""JSON from a file or a pipe: one object, a list, or JSON Lines, a line at a time."""

from __future__ import annotations

import json
from collections.abc import Iterator
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
    rows = _raw_rows(stream)
    first = next(rows, None)
    if first is None:
        return False, iter([(1, Problem("input.empty", row=1))])
    held = _parse(first[1])
    second = next(rows, None)
    if isinstance(held, dict) and second is None:
        return False, iter([(first[0], held)])
    if not isinstance(held, dict) and first[1].lstrip()[:1] in (b"{", b"["):
        whole = _whole_document(first, second, stream)
        if whole is not None:
            return whole
        held = Problem("json.syntax")
    rest = rows if second is None else chain([second], rows)
    return True, (_row(number, raw) for number, raw in chain([first], rest))


def _whole_document(
    first: tuple[int, bytes], second: tuple[int, bytes] | None, stream: BinaryIO
) -> tuple[bool, Iterator[Line]] | None:
    """Return the object or list that spreads over several lines, when there is one.

    Only a stream whose first line opens something without closing it is read whole.
    """
    position = stream.tell() if stream.seekable() else None
    text = first[1] + (second[1] if second else b"") + stream.read(MAX_DOCUMENT)
    held = _parse(text)
    if isinstance(held, dict):
        return False, iter([(1, held)])
    if isinstance(held, list):
        objects = (
            (row, item if isinstance(item, dict) else Problem("json.not_object", row=row))
            for row, item in enumerate(held, start=1)
        )
        return True, objects
    if position is None:
        # A pipe can't be wound back: go on with the lines that were read.
        lines = text.splitlines(keepends=True)
        numbered = enumerate(lines, start=first[0])
        rest = _raw_rows(stream, first=first[0] + len(lines))
        return True, (_row(number, raw) for number, raw in chain(numbered, rest) if raw.strip())
    stream.seek(position)
    return None


def _raw_rows(stream: BinaryIO, first: int = 1) -> Iterator[tuple[int, bytes]]:
    number = first - 1
    while raw := stream.readline(MAX_LINE + 1):
        number += 1
        if number == 1:
            raw = raw.removeprefix(b"\xef\xbb\xbf")
        if len(raw) > MAX_LINE and not raw.endswith(b"\n"):
            while (more := stream.readline(MAX_LINE)) and not more.endswith(b"\n"):
                pass
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
