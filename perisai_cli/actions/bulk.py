"""Prices many self-employed members from one file: CSV to CSV, JSON Lines to JSON Lines.

A row at a time, in memory that does not grow; a row at fault is answered with its fault and the
next one is read.
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable, Iterable
from datetime import datetime
from io import BufferedReader
from typing import Any, BinaryIO, NamedTuple, Protocol

from perisai_cli.actions.contribution import BpuOptions, bpu_request
from perisai_cli.actions.lines import Line
from perisai_cli.domain.errors import (
    EXIT_DONE,
    EXIT_INVALID,
    EXIT_PARTIAL,
    InvalidInput,
    NoRuleInForce,
    PerisaiError,
    Problem,
)
from perisai_cli.rules.bulk import Priced, Prices
from perisai_cli.rules.law import load_law
from perisai_cli.rules.request import BpuRequest

COLUMNS = ("income", "tier", "program", "sector", "payer", "start", "months", "owner")
"""What a row may hold beside ``id``: the English names of the options."""
OTHER_NAMES = {
    "penghasilan": "income", "lapisan": "tier", "programs": "program", "sektor": "sector",
    "pembayar": "payer", "mulai": "start", "bulan": "months", "pemilik": "owner",
}  # fmt: skip

_YES, _NO = frozenset({"true", "yes", "ya", "1"}), frozenset({"", "false", "no", "tidak", "0"})

Refused = Callable[[tuple[Problem, ...]], None]


class Out(Protocol):
    """Where answers are written."""

    def write(self, text: str, /) -> Any:
        """Write *text*."""


class Tally(NamedTuple):
    """How many rows there were, how many of them were refused, and which doubts they rest on."""

    rows: int
    refused: int
    doubts: tuple[str, ...]

    @property
    def exit_code(self) -> int:
        """0 when all were answered, 2 when none was, 3 between."""
        if not self.refused:
            return EXIT_DONE
        return EXIT_INVALID if self.refused == self.rows else EXIT_PARTIAL


class Counter:
    """Answers rows in full and counts them; what a fast way can't tell comes here."""

    def __init__(self, defaults: BpuOptions, now: datetime, refused: Refused):
        self._defaults, self._now, self._refused = defaults, now, refused
        self._law = load_law()
        self.prices = Prices(self._law)
        self.faulty = 0
        self.doubts: set[str] = set()

    def request(self, cells: dict[str, str]) -> BpuRequest:
        """Return what a row asks; a cell that is empty or absent takes the command's option.

        Raises:
            InvalidInput: every cell at fault.
            NoRuleInForce: there was no table of tiers in the month in which it begins.
        """
        given: dict[str, Any] = {name: text for name, text in cells.items() if text}
        owner = given.pop("owner", None)
        faults = () if owner is None or _is_said(owner) else (Problem("owner.format", "/owner"),)
        if owner is not None:
            given["owner"] = owner.lower() in _YES
        try:
            request = bpu_request(self._defaults._replace(**given), self._now, self._law)
        except InvalidInput as error:
            raise InvalidInput.of((*error.problems, *faults)) from None
        except NoRuleInForce:
            if not faults:
                raise
        if faults:
            raise InvalidInput.of(faults)
        return request

    def price(self, request: BpuRequest) -> Priced:
        """Return what *request* costs.

        Raises:
            InvalidInput: ``tier.value``.
            NoRuleInForce: no rule was in force in one of the months.
        """
        priced = self.prices.price(request)
        self.doubts.update(code for code in priced.warned if code.startswith("doubt."))
        return priced

    def refuse(self, row: int, problems: Iterable[Problem]) -> tuple[Problem, ...]:
        """Count a row at fault and tell of it; return its problems, each with the row."""
        found = tuple(dataclasses.replace(problem, row=row) for problem in problems)
        self.faulty += 1
        self._refused(found)
        return found

    def tally(self, rows: int) -> Tally:
        """Return the count of *rows*.

        Raises:
            InvalidInput: ``input.empty``: there was not one.
        """
        if not rows:
            raise InvalidInput("input.empty")
        return Tally(rows, self.faulty, tuple(sorted(self.doubts)))


def _is_said(owner: str) -> bool:
    """Tell whether *owner* is a yes or a no, in either language."""
    return owner.lower() in _YES | _NO


def holds_json(stream: BinaryIO) -> bool:
    """Tell whether *stream*, which must be buffered, begins like JSON; nothing is read away."""
    assert isinstance(stream, BufferedReader)
    return stream.peek(1).removeprefix(b"\xef\xbb\xbf").lstrip()[:1] in (b"{", b"[")


def plain_names(names: Iterable[str]) -> list[str]:
    """Return English names of columns.

    Raises:
        InvalidInput: ``column.unknown`` or ``column.twice``: a cell left unread, or one of two that
            was not meant, would be a wrong sum.
    """
    plain = [name.strip().lower() for name in names]
    plain = [OTHER_NAMES.get(name, name) for name in plain]
    known = ("id", *COLUMNS)
    if not set(plain) <= set(known):
        raise InvalidInput("column.unknown", choices=", ".join(known))
    if len(set(plain)) < len(plain):
        raise InvalidInput("column.twice")
    return plain


def price_json(
    rows: Iterable[Line], out: Out, counter: Counter, word: Callable[[Problem], dict[str, Any]]
) -> Tally:
    """Write one JSON object a line for each of *rows*; *word* makes a fault readable."""
    count = 0
    for row, held in rows:
        count += 1
        name = held.get("id") if isinstance(held, dict) else None
        answer: dict[str, Any] = {"row": row} if name is None else {"row": row, "id": name}
        try:
            answer |= _answered(counter.price(counter.request(_cells_of(held))))
        except PerisaiError as error:
            found = counter.refuse(row, error.problems)
            answer |= {"errors": [word(problem) for problem in found]}
        out.write(json.dumps(answer, ensure_ascii=False) + "\n")
    return counter.tally(count)


def _cells_of(held: dict[str, Any] | Problem) -> dict[str, str]:
    """Return the members of a JSON object as the texts that a command line would hold.

    Raises:
        InvalidInput: no object, or a member that is unknown.
    """
    if isinstance(held, Problem):
        raise InvalidInput.of((held,))
    names = plain_names(held)
    return {
        name: _text_of(value)
        for name, value in zip(names, held.values(), strict=True)
        if name != "id"
    }


def _text_of(value: object) -> str:
    """Return a JSON value as text; what no option could hold becomes a text that none accepts."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        return ",".join(value)
    return str(value).strip() if isinstance(value, str | int) else "?"


def _answered(priced: Priced) -> dict[str, Any]:
    borne = dict.fromkeys(("member", "employer", "worker", "government", "sponsor"), 0)
    return {
        "total": priced.total,
        "tier": priced.tier,
        "base": priced.base,
        "totals": {
            **borne,
            priced.borne_by: priced.total,
            "by_program": priced.by_program,
            "by_month": priced.by_month,
        },
        "warnings": list(priced.warned),
    }
