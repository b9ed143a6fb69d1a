"""The weekly file tells the true totals in every format, when somebody else's reader opens it."""

from __future__ import annotations

import csv
import html.parser
import json
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import test_truth_rows as truth
from papers import printed_text
from pyarrow import parquet
from region.calendar import day_number, month_text
from region.filling import fill_with
from region.region import Region

from perisai_cli.actions.report_files import write
from perisai_cli.actions.report_sources import DatasetSource
from perisai_cli.domain.coverage import packaged
from perisai_cli.reports.asked import Asked
from perisai_cli.reports.catalogue import build
from perisai_cli.reports.model import NUMBERS, Column, Origin, Report, Row, Section, Value
from perisai_cli.reports.words import count, heading, percent, rupiah, said, title
from perisai_cli.rules.law import load_law
from perisai_cli.storage.dataset import passing_dataset
from perisai_cli.storage.vault import Vault

SINCE, DAY = date(2026, 11, 16), date(2026, 11, 22)
REGION = Region(seed=79, agents=6, members=60, day=DAY, extras=30)


class Told(truth.World):
    """What a file tells, asked in the way that reports are asked."""

    def __init__(self, source: DatasetSource, sections: dict[str, list[Row]], weekly: Report):
        super().__init__(source, list(REGION.all_records()), DAY)
        self._sections = sections
        self._weekly = weekly

    def section(self, name: str, key: str) -> Section:
        """Return a section with the rows that the file tells, without its total."""
        known = next(each for each in self._weekly.sections if each.key == key)
        return replace(known, rows=self._sections[key], total=None)


@pytest.fixture(scope="module")
def source() -> Iterator[DatasetSource]:
    kept = passing_dataset(Vault(bytes(32)))
    fill_with(kept, REGION.all_records())
    yield DatasetSource(kept, Origin("merged", "4", "2026-11-22T10:00:00Z"))
    kept.close()


@pytest.fixture(scope="module")
def weekly(source: DatasetSource) -> Report:
    asked = Asked(DAY, SINCE, DAY, load_law(), packaged(), "2026-W47")
    return build("weekly", source, asked)


def the_truth(told: Told) -> None:
    """Fail unless every section of the weekly tells the truth."""
    for dimension in ("region", "agent", "programs", "sector", "payer", "month"):
        truth.test_enrolments_are_counted_once_under_every_dimension(told, dimension)
    new = told.truth.enrolments("agent", day_number(SINCE), day_number(DAY))
    truth.equal(
        told.section("weekly", "new_by_author"), ("author",), truth.columns(new, *truth.APART)
    )
    truth.test_contributions_have_each_months_own_price(told)
    truth.test_money_is_told_by_state_and_age(told)
    truth.test_money_in_hand_is_told_by_agent(told)
    truth.test_cover_is_told_from_confirmed_months(told)
    truth.test_the_league_weighs_by_members_still_protected(told)
    for key, by in (("relief", None), ("relief_by_region", "region"), ("relief_by_agent", "agent")):
        truth.test_the_relief_report_tells_who_pays_more_from_which_month(told, key, by)
    truth.test_returned_records_are_told_by_reason(told)
    truth.test_every_kind_and_standing_is_told(told)
    truth.test_findings_about_data_are_counted(told)
    truth.test_coverage_tells_the_members_here(told)
    _funnel_of_the_week(told)
    _retention(told)
    _headline(told)


def _funnel_of_the_week(told: Told) -> None:
    true = told.truth.funnel(day_number(SINCE), day_number(DAY))
    names = ("events", "attended", "interested", "enrolled", "paid")
    found = {
        (row["agent"], row["class"]): tuple(row[n] for n in names)
        for row in told.section("", "funnel").rows
    }
    assert found == {key: tuple(sums[n] for n in names) for key, sums in true.items()}


def _retention(told: Told) -> None:
    true = told.cover.retention()
    everybody = told.cover.retention_of_all()
    rows = list(told.section("", "retention").rows)
    assert len(rows) > len(everybody)
    for row in rows:
        after = int(str(row["month_after"]))
        pairs = {month_text(cohort): pair for (cohort, at), pair in true.items() if at == after}
        pair = (pairs | {"all": everybody[after]})[str(row["cohort"])]
        assert (row["members"], row["protected"], row["share"]) == (*pair, truth.share(*pair[::-1]))


def _headline(told: Told) -> None:
    new = told.truth.enrolments("total", day_number(SINCE), day_number(DAY))["all",]
    everybody = told.truth.enrolments("total")["all",]
    true = {
        (figure,): Counter({name: row[name] for name in truth.APART if name.startswith("records")})
        for figure, row in (("new", new), ("enrolled", everybody))
    }
    for (state,), row in told.cover.due().items():
        figure = "covered" if state in ("active", "ending") else state.partition("_")[0]
        counted = {f"records_{name}": row[f"members_{name}"] for name in truth.CLASSES[:3]}
        for each in {figure, state} & {"covered", "ending", "grace", "lapsed"}:
            true.setdefault((each,), Counter()).update(counted)
    found = truth.rows_of(told.section("", "headline"), "figure")
    assert found == truth.without_zeros(true)


# Flat files: raw values


def _typed(kind: str, told: str | None) -> Value:
    if told in (None, ""):
        return None
    if kind in NUMBERS:
        return Decimal(told) if kind == "percent" else int(told)
    return told


def _of_long(records: Iterator[tuple[str, int, str, str, str | None]]) -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = {}
    for section, number, column, kind, value in records:
        rows = found.setdefault(section, [])
        if len(rows) < number:
            rows.append({})
        rows[number - 1][column] = _typed(kind, value)
    return found


def read_csv(path: Path, _weekly: Report) -> dict[str, list[Row]]:
    """Read the long table of a CSV."""
    with path.open(encoding="utf-8", newline="") as file:
        records = list(csv.DictReader(file))
    return _of_long(
        (each["section"], int(each["row"]), each["column"], each["kind"], each["value"])
        for each in records
    )


def read_jsonl(path: Path, _weekly: Report) -> dict[str, list[Row]]:
    """Read the long table of JSON Lines."""
    records = [json.loads(line, parse_float=Decimal) for line in path.read_text().splitlines()]
    return _of_long(
        (
            each["section"], each["row"], each["column"], each["kind"],
            None if each["value"] is None else str(each["value"]),
        )
        for each in records
    )  # fmt: skip


def read_json(path: Path, _weekly: Report) -> dict[str, list[Row]]:
    """Read a JSON object of sections."""
    return dict(json.loads(path.read_text(), parse_float=Decimal))


def read_parquet(path: Path, _weekly: Report) -> dict[str, list[Row]]:
    """Read the long table of a Parquet file."""
    records = parquet.read_table(path).to_pylist()
    return _of_long(
        (each["section"], each["row"], each["column"], each["kind"], each["value"])
        for each in records
    )


# Files for people: words and numbers


def _raw_of(section: Section) -> dict[str, dict[str, Value]]:
    """Return which raw value each word of a section stands for, by column."""
    found: dict[str, dict[str, Value]] = {}
    for column in section.columns:
        known = {said(column, row[column.name]): row[column.name] for row in section.rows}
        found[column.name] = known
    return found


def read_xlsx(path: Path, weekly: Report) -> dict[str, list[Row]]:
    """Read a workbook's sheets, one a section and in their order, as openpyxl does."""
    book = openpyxl.load_workbook(path)
    sheets = book.worksheets[1:]
    assert len(sheets) == len(weekly.sections)
    return {
        section.key: _rows_of_sheet(sheet, section)
        for sheet, section in zip(sheets, weekly.sections, strict=True)
    }


def _rows_of_sheet(sheet: Any, section: Section) -> list[Row]:
    head, *rows = list(sheet.iter_rows(max_col=len(section.columns), values_only=True))
    assert list(head) == [heading(column) for column in section.columns]
    raw = _raw_of(section)
    filtered = int(
        str(sheet.auto_filter.ref).rpartition(":")[2].lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
    )
    return [
        {
            column.name: _raw_cell(column, raw[column.name], cell)
            for column, cell in zip(section.columns, row, strict=True)
        }
        for row in rows[: filtered - 1]
        if any(cell is not None for cell in row)
    ]


def _raw_cell(column: Column, known: dict[str, Value], cell: Any) -> Value:
    if cell is None:
        return None
    if column.kind == "percent":
        return Decimal(str(round(cell * 100, 2))).quantize(Decimal("0.01"))
    if column.kind == "month":
        assert isinstance(cell, datetime)
        return f"{cell:%Y-%m}"
    if column.kind == "day":
        return f"{cell:%Y-%m-%d}"
    if column.kind in NUMBERS:
        assert isinstance(cell, int)
        return cell
    return known.get(str(cell), str(cell))


class _Tables(html.parser.HTMLParser):
    """Takes the bodies of a page's tables apart: for each cell its text and its raw value."""

    def __init__(self) -> None:
        super().__init__()
        self.sections: list[tuple[str, list[list[tuple[str, str | None]]]]] = []
        self._body = self._cell = self._title = False
        self._raw: str | None = None
        self._text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = dict(attrs)
        if tag == "h2":
            self._title, self._text = True, ""
        elif tag == "tbody":
            self._body = True
        elif tag == "tr" and self._body:
            self.sections[-1][1].append([])
        elif tag in ("td", "th") and self._body:
            self._cell, self._text = True, ""
            self._raw = "" if "data-none" in told else told.get("data-value")

    def handle_data(self, data: str) -> None:
        if self._cell or self._title:
            self._text += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "h2":
            self.sections.append((self._text, []))
            self._title = False
        elif tag == "tbody":
            self._body = False
        elif tag in ("td", "th") and self._cell:
            self.sections[-1][1][-1].append((self._text.strip(), self._raw))
            self._cell = False


def read_html(path: Path, weekly: Report) -> dict[str, list[Row]]:
    """Read the tables of a page; the contents have a heading of their own."""
    tables = _Tables()
    tables.feed(path.read_text(encoding="utf-8"))
    found: dict[str, list[Row]] = {}
    for (named, rows), section in zip(tables.sections[1:], weekly.sections, strict=True):
        assert named == title(section)
        raw = _raw_of(section)
        found[section.key] = [
            {
                column.name: _raw_of_page(column, raw[column.name], *cell)
                for column, cell in zip(section.columns, row, strict=True)
            }
            for row in rows
        ]
    return found


def _raw_of_page(column: Column, known: dict[str, Value], words: str, raw: str | None) -> Value:
    if raw == "":
        return None
    if raw is not None:
        return _typed(column.kind, raw)
    return known[words]


READERS: dict[str, Callable[[Path, Report], dict[str, list[Row]]]] = {
    "csv": read_csv, "jsonl": read_jsonl, "json": read_json, "parquet": read_parquet,
    "xlsx": read_xlsx, "html": read_html,
}  # fmt: skip


@pytest.mark.parametrize("form", READERS)
def test_the_weekly_file_tells_the_truth(
    source: DatasetSource, weekly: Report, tmp_path: Path, form: str
) -> None:
    path = tmp_path / f"weekly.{form}"
    write(weekly, form, path)
    found = READERS[form](path, weekly)
    assert all(found[section.key] for section in weekly.sections)
    the_truth(Told(source, found, weekly))


def test_a_number_that_is_not_the_true_one_is_found(
    source: DatasetSource, weekly: Report, tmp_path: Path
) -> None:
    path = tmp_path / "weekly.csv"
    write(weekly, "csv", path)
    found = read_csv(path, weekly)
    for section in weekly.sections:
        numbers = [column.name for column in section.columns if column.kind in ("count", "rupiah")]
        if section.key == "coverage_sums":  # tells nothing of ours
            continue
        name = "members_here" if "members_here" in numbers else numbers[0]
        row = next(each for each in found[section.key] if each.get(name))
        row[name] = int(str(row[name])) + 1
        try:
            the_truth(Told(source, found, weekly))
        except AssertionError:
            row[name] = int(str(row[name])) - 1
        else:
            pytest.fail(f"nobody saw that {section.key} is wrong")
    the_truth(Told(source, found, weekly))


def test_the_weekly_paper_tells_the_truth(
    source: DatasetSource, weekly: Report, tmp_path: Path
) -> None:
    path = tmp_path / "weekly.pdf"
    write(weekly, "pdf", path)
    text = " ".join(" ".join(printed_text(path)).split())
    told = Told(source, {}, weekly)
    wanted: list[str] = []
    for sums in (
        told.truth.money(),
        told.truth.contributions(),
        told.cover.due(),
        told.cover.relief(),
    ):
        for row in sums.values():
            for name, number in row.items():
                is_count = name.startswith(("records", "members"))
                wanted.append(count(number) if is_count else rupiah(number))
    for sums in told.cover.league().values():
        wanted.append(count(sums["points"]))
        share = truth.share(sums["protected_6"], sums["eligible_6"])
        wanted.append("" if share is None else percent(share))
    assert len(wanted) > 300
    words = set(text.split())
    assert [each for each in wanted if not set(each.split()) <= words] == []
    for section in weekly.sections:
        assert " ".join(title(section).split()) in text
