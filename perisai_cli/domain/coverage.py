"""Figures on how many people are covered, and targets, from outside: dated, cited, replaceable.

Denominators change between reports of one province: a percentage never stands without the number
that it is a share of, and no trend is drawn over different ones.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Sequence
from decimal import Decimal
from functools import cache
from importlib.resources import files
from typing import NamedTuple

from perisai_cli.domain.errors import InvalidInput

COLUMNS = (
    "code", "region", "as_of", "segment", "participants", "denominator", "denominator_label",
    "pct_reported", "pct_computed", "kind", "source", "confidence", "note",
)  # fmt: skip
ENGLISH = "note_en"
"""A column that may follow: the note in English, where it does not read the same in both."""

ACHIEVED, TARGET = "realisasi", "target"
KINDS = (ACHIEVED, TARGET)
CONFIDENCES = ("H", "M", "L")
TOTAL, PARTS = "total", ("formal", "informal")
_HUNDREDTH = Decimal("0.01")
_MOST_DIGITS = 12
_DATE = re.compile(r"[0-9]{4}(-(0[1-9]|1[0-2])(-[0-3][0-9])?)?")
_PERCENTAGE = re.compile(r"[0-9]{1,4}(\.[0-9]{1,4})?")


class Figure(NamedTuple):
    """One published figure.

    Attributes:
        code: Region code of two or four digits, ``BANUSPA`` or ``ID``.
        region: The region's name as the source writes it.
        as_of: Year, month or day that it is of.
        segment: Who is counted: ``total``, ``PU``, ``BPU``, ``formal`` and so on.
        participants: How many people, where it was told.
        denominator: Of how many, where it was told.
        label: What the denominator counts.
        reported: The percentage that was told.
        kind: ``realisasi`` (achieved) or ``target``.
        source: Where it was read.
        confidence: ``H``, ``M`` or ``L``.
        note: What else is to be known, in Indonesian or in the words of the office.
        note_en: The same in English; empty where it is the same or was not told.
    """

    code: str
    region: str
    as_of: str
    segment: str
    participants: int | None
    denominator: int | None
    label: str
    reported: Decimal | None
    kind: str
    source: str
    confidence: str
    note: str
    note_en: str

    @property
    def computed(self) -> Decimal | None:
        """The percentage that participants and denominator give, to two decimals."""
        if self.participants is None or not self.denominator:
            return None
        return (Decimal(100 * self.participants) / self.denominator).quantize(_HUNDREDTH)


@cache
def packaged() -> tuple[Figure, ...]:
    """Return the figures that come with the program."""
    text = (files("perisai_cli.domain") / "data" / "coverage.csv").read_text(encoding="utf-8")
    return read_figures(text.splitlines())


def read_figures(lines: Iterable[str]) -> tuple[Figure, ...]:
    """Return the figures in the lines of a CSV file with ``COLUMNS``, or ``ENGLISH`` after them.

    Raises:
        InvalidInput: ``coverage.columns``, or ``coverage.row`` with the line and the column.
    """
    reader = csv.DictReader(lines)
    try:
        _check_columns(tuple(reader.fieldnames or ()))
        return tuple(_figure(row, reader.line_num) for row in reader)
    except csv.Error:
        raise InvalidInput("coverage.file", field="/figures") from None


def _check_columns(found: tuple[str, ...]) -> None:
    """Refuse another heading; one that is not known may be a person's, and is only counted.

    Raises:
        InvalidInput: ``coverage.columns``.
    """
    if found not in (COLUMNS, (*COLUMNS, ENGLISH)):
        missing = ", ".join(name for name in COLUMNS if name not in found) or "–"
        unknown = sum(name not in (*COLUMNS, ENGLISH) for name in found)
        columns = ",".join(COLUMNS)
        raise InvalidInput("coverage.columns", columns=columns, missing=missing, unknown=unknown)


def _figure(row: dict[str, str], line: int) -> Figure:
    for name, known in (("kind", KINDS), ("confidence", CONFIDENCES)):
        if row[name] not in known:
            raise InvalidInput("coverage.row", row=line, column=name)
    numbers: dict[str, int | None] = {}
    for name in ("participants", "denominator"):
        plain = (row[name] or "").strip()
        if plain and not (plain.isascii() and plain.isdigit() and len(plain) <= _MOST_DIGITS):
            raise InvalidInput("coverage.row", row=line, column=name)
        numbers[name] = int(plain) if plain else None
    if _DATE.fullmatch(row["as_of"] or "") is None:
        raise InvalidInput("coverage.row", row=line, column="as_of")
    if None in [row[name] for name in COLUMNS] or not (row["code"] and row["source"]):
        raise InvalidInput("coverage.row", row=line, column="source")
    reported = _percentage(row["pct_reported"], line)
    return Figure(
        row["code"], row["region"], row["as_of"], row["segment"], numbers["participants"],
        numbers["denominator"], row["denominator_label"], reported, row["kind"], row["source"],
        row["confidence"], row["note"], row.get(ENGLISH) or "",
    )  # fmt: skip


def _percentage(text: str, line: int) -> Decimal | None:
    if not text:
        return None
    if _PERCENTAGE.fullmatch(text) is None:
        raise InvalidInput("coverage.row", row=line, column="pct_reported")
    return Decimal(text)


def newest(figures: Sequence[Figure], code: str, kind: str, segment: str) -> Figure | None:
    """Return the newest figure of a kind for a region and a segment, if there is one."""
    found = [f for f in figures if (f.code, f.kind, f.segment) == (code, kind, segment)]
    return max(found, key=lambda figure: figure.as_of, default=None)


def aimed_at(figures: Sequence[Figure], figure: Figure) -> Figure | None:
    """Return the next target from a figure's year on; where none is to come, the last there was."""
    targets = sorted(
        (each for each in figures if (each.code, each.kind, each.segment)
         == (figure.code, TARGET, figure.segment)),
        key=lambda each: each.as_of,
    )  # fmt: skip
    year = figure.as_of[:4]
    return next(
        (each for each in targets if each.as_of[:4] >= year), targets[-1] if targets else None
    )


class Sum(NamedTuple):
    """A published total beside the sum of its published parts."""

    code: str
    as_of: str
    total: int
    parts: tuple[int, ...]

    @property
    def agrees(self) -> bool:
        """Whether the parts sum to the total."""
        return sum(self.parts) == self.total


def sums(figures: Sequence[Figure]) -> tuple[Sum, ...]:
    """Return every published total whose formal and informal parts were published for that date."""
    known = {
        (f.code, f.as_of, f.segment): f.participants
        for f in figures
        if f.kind == ACHIEVED and f.participants is not None
    }
    found = []
    for (code, as_of, segment), total in known.items():
        parts = [known.get((code, as_of, part)) for part in PARTS]
        if segment == TOTAL and total is not None and None not in parts:
            found.append(Sum(code, as_of, total, tuple(part for part in parts if part)))
    return tuple(found)
