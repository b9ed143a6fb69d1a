"""Reads a central's extract as it comes: unpacked and taken apart a line at a time."""

from __future__ import annotations

import json
import zlib
from collections.abc import Generator, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from pydantic import ValidationError

from perisai_cli.domain.errors import SomethingInTheWay, TryLater
from perisai_cli.domain.facts import Fact
from perisai_cli.protocol.extract import (
    ERASED,
    MAX_LINE,
    MEDIA_TYPE,
    PATH,
    Begin,
    End,
    Mark,
    fact_of,
)
from perisai_cli.protocol.messages import PROTOCOL, PROTOCOL_HEADER
from perisai_cli.protocol.reconcile import SEEN_HEADER, seen_text
from perisai_cli.sync.client import Client, answer_in, failure

_MANY = 64 * 1024
"""Octets that are unpacked at a time, however tightly they were packed."""

_GZIP = 16 + zlib.MAX_WBITS


@dataclass(frozen=True, slots=True)
class Question:
    """What a central is asked for.

    Attributes:
        token: The officer's.
        after: The cursor of the last mark; empty for everything.
        seen: The last commit known, by its number and token, if one is.
        reason: Why persons are asked for; None without them.
    """

    token: str
    after: str = ""
    seen: tuple[int, str] | None = None
    reason: str | None = None


@dataclass(slots=True)
class Part:
    """What came up to a mark.

    Attributes:
        facts: What is known of records, in the order in which they changed.
        told: What else is known of a record, by its id.
        erased: Ids of records that are no more.
        mark: From where to ask on; an ``End`` once everything was told.
    """

    facts: list[Fact] = field(default_factory=list)
    told: dict[str, dict[str, Any]] = field(default_factory=dict)
    erased: list[str] = field(default_factory=list)
    mark: Mark | None = None


def read_extract(client: Client, question: Question) -> Generator[Begin | Part, None, None]:
    """Yield who answers, and then each part once its mark has come.

    Raises:
        TryLater: no answer, or it was cut; the parts that came are good.
        SignInAgain: the token is refused, or is no officer's.
        SomethingInTheWay: something else than a central answers, or what it says is no extract.
        PerisaiError: ``central.rewound``: the central has forgotten the commit that was seen.
    """
    headers = {"Authorization": f"Bearer {question.token}"}
    if question.seen is not None:
        headers[SEEN_HEADER] = seen_text(*question.seen)
    with client.streamed(_path(question), headers) as response:
        ours = response.headers.get(PROTOCOL_HEADER) == PROTOCOL
        if response.status_code != 200 or not ours:
            if ours:  # of somebody else's page, only the headers are looked at
                response.read()
            raise failure(answer_in(response))
        if response.headers.get("Content-Type", "").partition(";")[0] != MEDIA_TYPE:
            raise SomethingInTheWay("network.not_central", status=200)
        octets: Iterable[bytes] = response.iter_raw()
        if response.headers.get("Content-Encoding") == "gzip":
            octets = _unpacked(octets)
        yield from _parts(_lines(octets))


def _path(question: Question) -> str:
    asked = {"after": question.after}
    if question.reason is not None:
        asked |= {"persons": "true", "reason": question.reason}
    return f"{PATH}?{urlencode(asked)}"


def _unpacked(octets: Iterable[bytes]) -> Iterator[bytes]:
    """Yield gzip data unpacked, a bounded piece at a time."""
    unpacker = zlib.decompressobj(_GZIP)
    try:
        for packed in octets:
            left = packed
            while left:
                yield unpacker.decompress(left, _MANY)
                left = unpacker.unconsumed_tail
    except zlib.error:
        raise SomethingInTheWay("network.not_central", status=200) from None


def _lines(octets: Iterable[bytes]) -> Iterator[bytes]:
    """Yield the lines in octets; what follows the last line's end was cut off."""
    rest = b""
    for piece in octets:
        *whole, rest = (rest + piece).split(b"\n")
        yield from whole
        if len(rest) > MAX_LINE:
            raise SomethingInTheWay("extract.malformed")


def _parts(lines: Iterator[bytes]) -> Iterator[Begin | Part]:
    try:
        first = next(lines, None)
        if first is None:
            raise TryLater("network.unavailable")
        yield Begin.model_validate_json(first)
        part = Part()
        for line in lines:
            _take(part, line)
            if part.mark is None:
                continue
            yield part
            if isinstance(part.mark, End):
                return
            part = Part()
    except (ValidationError, ValueError, KeyError, TypeError, RecursionError):
        raise SomethingInTheWay("extract.malformed") from None
    raise TryLater("network.unavailable")


def _take(part: Part, line: bytes) -> None:
    """Add what a line says to a part.

    Raises:
        ValueError: it says nothing that an extract says; likewise KeyError, TypeError.
    """
    said = json.loads(line)
    if isinstance(said, dict):
        part.mark = (End if "end" in said else Mark).model_validate(said)
        return
    kind, known, *more = said
    if kind == ERASED:
        part.erased.append(str(known))
        return
    fact = fact_of(kind, known)
    part.facts.append(fact)
    part.told.pop(fact.id, None)  # of what an earlier line told nothing is left
    if more:
        part.told[fact.id] = dict(more[0])
