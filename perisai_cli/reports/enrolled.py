"""Who was enrolled: records and quoted rupiah by region, agent, programme, payer and month."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from perisai_cli.domain.facts import STANDINGS
from perisai_cli.domain.regions import region_label
from perisai_cli.reports.asked import CLASSES, Asked, apart, class_of
from perisai_cli.reports.model import Chart, Column, Kind, Note, Report, Section, Source
from perisai_cli.reports.tally import Tally

DIMENSIONS: dict[str, Column] = {
    "region": Column("region", "code", "region"),
    "agent": Column("agent", "text"),
    "author": Column("author", "text"),
    "programs": Column("programs", "code", "programs"),
    "sector": Column("sector", "code", "sector_value"),
    "payer": Column("payer", "code", "payer_value"),
    "month": Column("month", "month"),
}
"""What enrolments are counted by: ``agent`` is whose members they are now, ``author`` who recorded
them, ``month`` the month of recording."""

EVER = tuple(name for name in DIMENSIONS if name != "author")
"""Dimensions that all enrolments are counted by; only a week's are told by who recorded them."""

FLAT = {
    "total": "total", "region": "region", "agent": "agent", "program": "programs",
    "sector": "sector", "payer": "payer", "state": "state", "period": "month",
}  # fmt: skip
"""Dimensions of the flat table, in their order, and what each is called here."""

# Each question reads one covering index from end to end and keeps only few groups; "coalesce" keeps
# a database from looking the days up instead, which pays for a short span alone.
_QUESTIONS = {
    ("region", "programs", "sector", "payer"): """
        SELECT region, programs, sector, payer, standing, count(*), sum(amount)
        FROM members WHERE coalesce(day, '') BETWEEN :since AND :until
        GROUP BY region, programs, sector, payer, standing""",
    ("agent",): """
        SELECT agent, standing, count(*), sum(amount)
        FROM members WHERE coalesce(day, '') BETWEEN :since AND :until GROUP BY agent, standing""",
    ("month",): """
        SELECT day, standing, count(*), sum(amount)
        FROM members WHERE day BETWEEN :since AND :until GROUP BY day, standing""",
}


_SHORT = """
    SELECT author, standing, count(*), sum(amount)
    FROM members WHERE day BETWEEN :since AND :until GROUP BY author, standing
"""


class Cell(NamedTuple):
    """Enrolments of one standing under one key of a dimension."""

    dimension: str
    key: str
    standing: str
    records: int
    amount: int


def cells(source: Source, asked: Asked) -> list[Cell]:
    """Return the enrolments of a span, counted under every dimension."""
    return [
        cell
        for dimensions, sql in _QUESTIONS.items()
        for row in source.rows(sql, **asked.span())
        for cell in _cells(dimensions, row)
    ]


def by_author(source: Source, asked: Asked) -> list[Cell]:
    """Return the enrolments of a short span, counted by who recorded them and in total."""
    found = []
    for author, standing, records, amount in source.rows(_SHORT, **asked.span()):
        for dimension, key in (("author", author), ("total", "all")):
            found.append(Cell(dimension, key, standing, int(records), int(amount or 0)))
    return found


def _cells(dimensions: tuple[str, ...], row: tuple[Any, ...]) -> Iterator[Cell]:
    *keys, standing, records, amount = row
    if dimensions == ("month",):
        keys = [keys[0][:7]]
    for dimension, key in zip(dimensions, keys, strict=True):
        yield Cell(dimension, key, standing, int(records), int(amount or 0))
    if dimensions == ("agent",):
        yield Cell("total", "all", standing, int(records), int(amount or 0))
        yield Cell("state", standing, standing, int(records), int(amount or 0))


def report(source: Source, asked: Asked) -> Report:
    """Return enrolments by every dimension."""
    found = cells(source, asked)
    sections = [section(found, dimension) for dimension in EVER]
    return Report("summary", asked.day.isoformat(), source.origin, sections, _flat(found))


def _flat(found: Iterable[Cell]) -> Section:
    """Return every dimension in one table, with a column for every standing."""
    kinds: tuple[tuple[str, Kind], ...] = (("records", "count"), ("amount", "rupiah"))
    sums = [Column(name, kind) for name, kind in kinds]
    sums += [Column(f"{name}_{each}", kind) for each in STANDINGS for name, kind in kinds]
    tally = Tally(
        (Column("dimension", "code"), Column("key", "code"), Column("label", "text")), sums
    )
    names = {mine: theirs for theirs, mine in FLAT.items()}
    for cell in found:
        counted = {"records": cell.records, "amount": cell.amount}
        counted |= {f"{name}_{cell.standing}": value for name, value in counted.items()}
        label = region_label(cell.key) if cell.dimension == "region" else ""
        tally.add((names[cell.dimension], cell.key, label), **counted)
    order = list(FLAT)
    rows = tally.rows(lambda key: (order.index(key[0]), key[1]))
    return Section("summary", tally.columns, rows)


def section(found: Iterable[Cell], dimension: str) -> Section:
    """Return the section that counts by one of ``DIMENSIONS``."""
    column = DIMENSIONS[dimension]
    tally = Tally((column,), (*apart("records", "count"), *apart("amount", "rupiah")))
    withdrawn = 0
    for cell in found:
        if cell.dimension != dimension:
            continue
        named = class_of(cell.standing)
        if named is None:
            withdrawn += cell.records
            continue
        counted = {f"records_{named}": cell.records, f"amount_{named}": cell.amount}
        tally.add((cell.key,), **counted)
    return Section(
        f"enrolled_{dimension}",
        tally.columns,
        tally.rows(),
        total=tally.total(),
        chart=Chart("stacked", column.name, tuple(f"records_{name}" for name in CLASSES)),
        notes=(Note("amount_is_quoted"), Note("withdrawn_left_out", {"count": withdrawn})),
    )
