"""Coverage: published figures and targets beside the members that the source holds.

Every percentage stands beside its denominator, its date and its source; no gap and no trend is
worked out between figures with different denominators, or with one that was not told.
"""

from __future__ import annotations

from collections import Counter
from decimal import Decimal

from perisai_cli.domain.coverage import (
    ACHIEVED,
    TARGET,
    TOTAL,
    Figure,
    Sum,
    aimed_at,
    newest,
    sums,
)
from perisai_cli.domain.regions import BANUSPA
from perisai_cli.i18n import language
from perisai_cli.reports.asked import Asked
from perisai_cli.reports.lapsing import COVERED, Cell, cells, pour
from perisai_cli.reports.model import Chart, Column, Note, Report, Row, Section, Source

_WHERE = (Column("code", "text"), Column("place", "text"))
_REGION, _COUNTRY = "BANUSPA", "ID"
_SHARE = (Column("percent", "percent"), Column("percent_from", "code", "report_percent"))
_SEGMENT = Column("segment", "text", "coverage_segment")
_LABEL = Column("denominator_label", "text", "coverage_label")
_CITED = (Column("source", "text"), Column("confidence", "code", "report_confidence"))


def report(source: Source, asked: Asked) -> Report:
    """Return coverage by province on a map, by every published figure, and the checks of sums."""
    here = Here()
    pour(cells(source, asked), here)
    sections = sections_of(here, asked)
    return Report("coverage", asked.day.isoformat(), source.origin, sections, sections[1])


class Here:
    """Accepted members whose month is paid, by every region code that they count for."""

    def __init__(self) -> None:
        self._found: Counter[str] = Counter()

    def add(self, cell: Cell) -> None:
        """Add one cell."""
        if cell.state in COVERED and cell.standing == "accepted":
            self._found[cell.region] += cell.members

    def counts(self) -> Counter[str]:
        """Return the members of every regency, province, the region and the country."""
        here: Counter[str] = Counter()
        for region, members in self._found.items():
            province = region[:2]
            for code in {region, province, _COUNTRY}:
                here[code] += members
            if province in BANUSPA:
                here[_REGION] += members
        return here


def sections_of(found: Here, asked: Asked) -> list[Section]:
    """Return the sections on coverage."""
    here = found.counts()
    return [_provinces(asked, here), _figures(asked, here), _sums(asked)]


def _share(figure: Figure) -> tuple[Decimal | None, str | None]:
    """Return a figure's percentage: worked out where it can be, else as it was told."""
    if figure.computed is not None:
        return figure.computed, "computed"
    return figure.reported, None if figure.reported is None else "reported"


def _provinces(asked: Asked, here: Counter[str]) -> Section:
    columns = (
        Column("province", "code", "region"), *_SHARE, Column("participants", "count"),
        Column("denominator", "count"), _LABEL,
        Column("of_date", "text"), Column("members_here", "count"), *_CITED,
    )  # fmt: skip
    rows: list[Row] = []
    for code in sorted(BANUSPA):
        figure = newest(asked.coverage, code, ACHIEVED, TOTAL)
        percent, basis = (None, None) if figure is None else _share(figure)
        rows.append(
            {
                "province": code,
                "percent": percent,
                "percent_from": basis,
                "participants": figure.participants if figure else None,
                "denominator": figure.denominator if figure else None,
                "denominator_label": (figure.label or None) if figure else None,
                "of_date": figure.as_of if figure else None,
                "members_here": here[code],
                "source": figure.source if figure else None,
                "confidence": figure.confidence if figure else None,
            }
        )
    return Section(
        "coverage_provinces",
        columns,
        rows,
        chart=Chart("tiles", "province", ("percent",)),
        notes=(Note("coverage"), Note("coverage_here")),
        first=("province", "percent", "of_date", "denominator", "members_here", "source"),
    )


def _figures(asked: Asked, here: Counter[str]) -> Section:
    columns = (
        *_WHERE, _SEGMENT, Column("of_date", "text"),
        Column("participants", "count"), Column("denominator", "count"),
        _LABEL, *_SHARE, Column("target", "percent"),
        Column("target_participants", "count"), Column("target_date", "text"),
        Column("members_here", "count"), *_CITED, Column("remark", "text"),
    )  # fmt: skip
    achieved = [figure for figure in asked.coverage if figure.kind == ACHIEVED]
    shown = [(figure, aimed_at(asked.coverage, figure)) for figure in achieved]
    beside = {target for _, target in shown}
    # A target that stands beside no figure is told, too.
    shown += [
        (figure._replace(participants=None, denominator=None, reported=None), figure)
        for figure in asked.coverage
        if figure.kind == TARGET and figure not in beside
    ]
    shown.sort(key=lambda each: _place_of(each[0]))
    rows = [_figure(figure, target, here) for figure, target in shown]
    return Section(
        "coverage",
        columns,
        rows,
        notes=(Note("coverage"), Note("coverage_target")),
        first=("place", "segment", "percent", "of_date", "denominator", "target", "source"),
    )


def _place_of(figure: Figure) -> tuple[bool, str, str, str]:
    return figure.code.isalpha(), figure.code, figure.segment, figure.as_of


def _figure(figure: Figure, target: Figure | None, here: Counter[str]) -> Row:
    percent, basis = _share(figure)
    return {
        "code": figure.code,
        "place": figure.region,
        "segment": figure.segment,
        "of_date": figure.as_of,
        "participants": figure.participants,
        "denominator": figure.denominator,
        "denominator_label": figure.label or None,
        "percent": percent,
        "percent_from": basis,
        "target": target.reported if target else None,
        "target_participants": target.participants if target else None,
        "target_date": target.as_of if target else None,
        "members_here": here[figure.code],
        "source": figure.source,
        "confidence": figure.confidence,
        "remark": _remark(figure),
    }


def _remark(figure: Figure) -> str | None:
    english = figure.note_en if language() == "en" else ""
    return english or figure.note or None


def _is_total(figure: Figure, found: Sum) -> bool:
    told = (figure.code, figure.as_of, figure.kind, figure.segment)
    return told == (found.code, found.as_of, ACHIEVED, TOTAL)


def _sums(asked: Asked) -> Section:
    columns = (
        *_WHERE, Column("of_date", "text"), Column("parts", "text"), Column("parts_sum", "count"),
        Column("participants", "count"), Column("agrees", "text"), Column("source", "text"),
    )  # fmt: skip
    rows: list[Row] = []
    for found in sums(asked.coverage):
        figure = next((each for each in asked.coverage if _is_total(each, found)), None)
        rows.append(
            {
                "code": found.code,
                "place": figure.region if figure else found.code,
                "of_date": found.as_of,
                "parts": " + ".join(str(part) for part in found.parts),
                "parts_sum": sum(found.parts),
                "participants": found.total,
                "agrees": found.agrees,
                "source": figure.source if figure else None,
            }
        )
    return Section("coverage_sums", columns, rows, notes=(Note("coverage_sums"),))
