"""Writes ``reports.md``: every report's sections and columns, with what they are called.

Run it from the root of the checkout whenever a report changes; a test compares the page::

    python docs/reference/make_reports.py
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

from perisai_cli.actions.enrolment_rows import columns_of, dataset_columns
from perisai_cli.cli.names import INDONESIAN
from perisai_cli.domain.coverage import packaged
from perisai_cli.i18n.catalogue import sentence
from perisai_cli.reports import catalogue
from perisai_cli.reports.asked import FIRST, LAST, Asked
from perisai_cli.reports.model import Column, Origin, Report, Section
from perisai_cli.reports.rows import ENROLLMENTS, PERSONAL
from perisai_cli.rules.law import load_law

PAGE = Path(__file__).with_name("reports.md")
HEAD = """# Laporan dan kolomnya / Reports and their columns

This page is made by `docs/reference/make_reports.py`. Column names are what CSV, JSON, JSON Lines
and Parquet hold; headings are what people read, in Indonesian and English. Kinds: `count` and
`rupiah` are whole numbers, `percent` is a percentage with two decimals, `day` is YYYY-MM-DD,
`month` YYYY-MM, `moment` a UTC time, `code` one of the codes of the JSON. An empty value means
*not known*, which is never 0. A flat file holds the section marked *flat*; `weekly` has none, so
its flat files hold one row a number (`section,row,label,column,kind,value`). Where people read,
`region` is said in words; `region_name` beside it is for files of rows and workbooks alone.
"""


class _Nothing:
    """A source without a row."""

    origin = Origin("merged", "0", "")

    def rows(self, _sql: str, **_values: str | int) -> Iterator[tuple[int, ...]]:
        return iter([])

    def reasons(self) -> list[tuple[str, str, str, str, str, int]]:
        return []


def page() -> str:
    """Return the page."""
    asked = Asked(date(2026, 11, 27), FIRST, LAST, load_law(), packaged(), "2026-W48")
    parts = [HEAD, *_enrolments()]
    for name in catalogue.NAMES:
        report = catalogue.build(name, _Nothing(), asked)
        parts.append(f"\n## `laporan {INDONESIAN[f'report {name}']}` / `report {name}`\n")
        if name == "weekly":
            parts.append("\nEvery section of the others, after these two:\n")
        parts += [_section(report, each) for each in _shown(report)]
    return "".join(parts)


def _shown(report: Report) -> list[Section]:
    if report.name == "weekly":
        return list(report.sections[:2])
    flat = [report.flat] if report.flat is not None and report.flat not in report.sections else []
    return [*flat, *report.sections]


def _enrolments() -> Iterator[str]:
    yield "\n## `laporan pendaftaran` / `report enrollments`\n"
    yield "\n### Of this store\n\n" + _table(columns_of(ENROLLMENTS))
    yield "\n### Of a dataset (merged or central)\n\n" + _table(dataset_columns())
    named = ", ".join(f"`{name}`" for name in PERSONAL)
    yield f"\nWith `--buka` / `--unmask` and a reason, in full: {named}.\n"


def _section(report: Report, section: Section) -> str:
    flat = " *flat*" if section is report.flat else ""
    return f"\n### `{section.key}`{flat}\n\n{_table(section.columns)}"


def _table(columns: tuple[Column, ...]) -> str:
    lines = ["| column | kind | Indonesia | English |", "|---|---|---|---|"]
    for column in columns:
        said = [_heading(language, column.name) for language in ("id", "en")]
        lines.append(f"| `{column.name}` | {column.kind} | {said[0]} | {said[1]} |")
    return "\n".join(lines) + "\n"


def _heading(language: str, name: str) -> str:
    try:
        return sentence(language, f"report_col.{name}")
    except KeyError:  # columns of flat files alone are read by programs
        return "–"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
