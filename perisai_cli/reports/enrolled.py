"""Who was enrolled: records and quoted rupiah by region, agent, programme, payer and month."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from perisai_cli.domain.facts import STANDINGS
from perisai_cli.domain.regions import region_label
from perisai_cli.reports.asked import CLASSES, Asked, apart, class_of
from perisai_cli.reports.model import Chart, Column, Kind, Note, Report, Section, Source
from perisai_cli.reports.tally import Tally

DIMENSIONS: dict[str, Column] = {
    "region": Column("region", "code", "region"),
    "agent": Column("agent", "text"),
    "programs": Column("programs", "code", "programs"),
    "sector": Column("sector", "code", "sector_value"),
    "payer": Column("payer", "code", "payer_value"),
    "month": Column("month", "month"),
}
"""What enrolments are counted by; ``month`` is the month of recording."""

FLAT = ("total", "region", "agent", "program", "sector", "payer", "state", "period")
"""Dimensions of the flat table, in their order."""

_CUBE = """
    SELECT region, agent, programs, sector, payer, substr(day, 1, 7) AS month, standing,
        count(*), sum(amount)
    FROM members WHERE day BETWEEN :since AND :until
    GROUP BY region, agent, programs, sector, payer, substr(day, 1, 7), standing
"""


class Cell(NamedTuple):
    """Enrolments that agree in everything they are counted by."""

    region: str
    agent: str
    programs: str
    sector: str
    payer: str
    month: str
    standing: str
    records: int
    amount: int


def cells(source: Source, asked: Asked) -> list[Cell]:
    """Return the enrolments of a span, counted; every dimension is a sum over these."""
    rows = source.rows(_CUBE, **asked.span())
    return [Cell._make((*row[:7], int(row[7]), int(row[8] or 0))) for row in rows]


def report(source: Source, asked: Asked) -> Report:
    """Return enrolments by every dimension."""
    found = cells(source, asked)
    sections = [section(found, dimension) for dimension in DIMENSIONS]
    return Report("summary", asked.day.isoformat(), source.origin, sections, _flat(found))


def _flat(found: Iterable[Cell]) -> Section:
    """Return every dimension in one table, with a column for every standing."""
    kinds: tuple[tuple[str, Kind], ...] = (("records", "count"), ("amount", "rupiah"))
    sums = [Column(name, kind) for name, kind in kinds]
    sums += [Column(f"{name}_{each}", kind) for each in STANDINGS for name, kind in kinds]
    tally = Tally(
        (Column("dimension", "code"), Column("key", "code"), Column("label", "text")), sums
    )
    for cell in found:
        counted = {"records": cell.records, "amount": cell.amount}
        counted |= {f"{name}_{cell.standing}": value for name, value in counted.items()}
        for dimension, key in _keys(cell).items():
            label = region_label(key) if dimension == "region" else ""
            tally.add((dimension, key, label), **counted)
    rows = tally.rows(lambda key: (FLAT.index(key[0]), key[1]))
    return Section("summary", tally.columns, rows)


def _keys(cell: Cell) -> dict[str, str]:
    """Return what a cell counts under in each dimension of the flat table."""
    keys = (
        "all", cell.region, cell.agent, cell.programs, cell.sector, cell.payer, cell.standing,
        cell.month,
    )  # fmt: skip
    return dict(zip(FLAT, keys, strict=True))


def section(found: Iterable[Cell], dimension: str) -> Section:
    """Return the section that counts by one of ``DIMENSIONS``."""
    column = DIMENSIONS[dimension]
    tally = Tally((column,), (*apart("records", "count"), *apart("amount", "rupiah")))
    withdrawn = 0
    for cell in found:
        named = class_of(cell.standing)
        if named is None:
            withdrawn += cell.records
            continue
        counted = {f"records_{named}": cell.records, f"amount_{named}": cell.amount}
        tally.add((getattr(cell, dimension),), **counted)
    return Section(
        f"enrolled_{dimension}",
        tally.columns,
        tally.rows(),
        total=tally.total(),
        chart=Chart("stacked", column.name, tuple(f"records_{name}" for name in CLASSES)),
        notes=(Note("amount_is_quoted"), Note("withdrawn_left_out", {"count": withdrawn})),
    )
