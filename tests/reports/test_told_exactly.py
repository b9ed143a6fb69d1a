"""Small promises of reports: what a number is of, what a note says, what a picture adds up."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from made_reports import report

from perisai_cli.actions.report_files import EXTRAS, IN_A_FOLDER, write, written
from perisai_cli.actions.report_sources import DatasetSource
from perisai_cli.cli.tables import table
from perisai_cli.domain.coverage import TARGET, aimed_at, packaged
from perisai_cli.domain.errors import InvalidInput
from perisai_cli.domain.facts import Member, Paid, number_of
from perisai_cli.domain.period import Month
from perisai_cli.reports.asked import FIRST, LAST, Asked
from perisai_cli.reports.catalogue import build
from perisai_cli.reports.figures import figures, told
from perisai_cli.reports.model import Chart, Column, Origin, Report, Section
from perisai_cli.rules.law import load_law
from perisai_cli.storage.dataset import passing_dataset
from perisai_cli.storage.vault import Vault

DECEMBER = number_of(Month(2026, 12))


def a_member(**changes: Any) -> Member:
    whole = Member(
        "m1", 1, "accepted", "A-1", "A-1", "W", "2026-11-01", "5171", "jkk,jkm", 1, DECEMBER - 1,
        1, "other", "self", 0, 16800, "ab", 0,
    )  # fmt: skip
    return whole._replace(**changes)


def a_payment(number: int, day: str, start: int, months: int) -> Paid:
    return Paid(
        f"p{number}", 1, "accepted", "A-1", "A-1", "W", day, "m1", "jkk,jkm", 1, start, months,
        "other", "self", 0, 16800 * months, "ab", "confirmed", day,
    )  # fmt: skip


def made(name: str, asked: Asked, *facts: Member | Paid, origin: Origin | None = None) -> Report:
    kept = passing_dataset(Vault(bytes(32)))
    with kept.transaction():
        kept.put(facts)
        kept.derive()
    return build(name, DatasetSource(kept, origin or Origin("merged", "1", "")), asked)


@pytest.mark.parametrize(("day", "twice"), [("2026-11-19", 0), ("2026-11-20", 1)])
def test_a_month_is_paid_twice_from_the_day_of_the_second_payment(day: str, twice: int) -> None:
    asked = Asked(date.fromisoformat(day), FIRST, LAST, load_law())
    paid = (a_payment(1, "2026-11-01", DECEMBER, 1), a_payment(2, "2026-11-20", DECEMBER - 1, 2))
    [section] = made("quality", asked, a_member(), *paid).sections
    [row] = [row for row in section.rows if row["finding"] == "month_paid_twice"]
    assert row["records_accepted"] == twice


MONDAY, SUNDAY = date(2026, 11, 23), date(2026, 11, 29)


@pytest.mark.parametrize(
    ("day", "today", "past"),
    [
        (SUNDAY, SUNDAY, False),
        (SUNDAY, date(2026, 11, 30), True),
        (MONDAY, SUNDAY, False),
        (MONDAY, date(2026, 11, 30), True),
    ],
)
def test_a_week_is_past_once_its_sunday_is(day: date, today: date, past: bool) -> None:
    asked = Asked(day, MONDAY, SUNDAY, load_law(), packaged(), "2026-W48", today)
    head = made("weekly", asked, a_member()).sections[0]
    assert ("past_week" in {note.code for note in head.notes}) == past


@pytest.mark.parametrize(("today", "days"), [(MONDAY, None), (SUNDAY, 9)])
def test_a_book_is_as_old_as_it_is_today(today: date, days: int | None) -> None:
    origin = Origin("merged", "1", "", None, "2026-11-20T01:00:00Z", "A-1")
    asked = Asked(SUNDAY, MONDAY, SUNDAY, load_law(), packaged(), "2026-W48", today)
    head = made("weekly", asked, a_member(), origin=origin).sections[0]
    found = [note.facts["days"] for note in head.notes if note.code == "old_book"]
    assert found == ([days] if days else [])


def test_what_was_taken_back_is_counted_beside_each_table_that_leaves_it_out() -> None:
    asked = Asked(SUNDAY, MONDAY, SUNDAY, load_law(), packaged(), "2026-W48", SUNDAY)
    gone = [a_member(id=f"m{number}", standing="withdrawn") for number in (2, 3, 4)]
    late = a_member(id="m5", standing="withdrawn", day="2026-11-24")
    sections = made("weekly", asked, a_member(), *gone, late).sections
    counts = {
        section.key: [
            note.facts["count"] for note in section.notes if note.code == "withdrawn_left_out"
        ]
        for section in sections
    }
    assert counts["new_by_author"] == [1]
    assert counts["enrolled_region"] == [4]


def test_a_figure_is_aimed_at_the_next_target_of_its_place() -> None:
    [country, *_] = [each for each in packaged() if (each.code, each.kind) == ("ID", "realisasi")]
    targets = [each for each in packaged() if (each.code, each.kind) == ("ID", TARGET)]
    assert sorted(each.as_of for each in targets) == ["2025", "2026", "2029", "2045"]
    for of, to in (("2025-04", "2025"), ("2026-01-31", "2026"), ("2027", "2029"), ("2050", "2045")):
        aimed = aimed_at(packaged(), country._replace(as_of=of))
        assert aimed is not None
        assert aimed.as_of == to
    assert aimed_at(packaged(), country._replace(code="99")) is None


def test_every_published_target_is_told_with_its_own_date() -> None:
    asked = Asked(SUNDAY, FIRST, LAST, load_law(), packaged())
    rows = made("coverage", asked).sections[1].rows
    shown = {(row["code"], row["segment"], row["target_date"], row["target"]) for row in rows}
    targets = [each for each in packaged() if each.kind == TARGET]
    assert targets
    for each in targets:
        assert (each.code, each.segment, each.as_of, each.reported) in shown


def test_a_picture_whose_rows_share_records_tells_no_sum() -> None:
    columns = (Column("finding", "code"), Column("records_accepted", "count"))
    rows: list[Any] = [
        {"finding": "a", "records_accepted": 3},
        {"finding": "b", "records_accepted": 4},
    ]
    for adds in (True, False):
        chart = Chart("stacked", "finding", ("records_accepted",), adds=adds)
        drawn = figures(Section("quality", columns, rows, chart=chart))
        assert drawn is not None
        assert ("7" in told(drawn)) == adds
    [quality] = made("quality", Asked(SUNDAY, FIRST, LAST, load_law()), a_member()).sections
    assert quality.chart is not None
    assert not quality.chart.adds


def test_nothing_in_a_table_steers_the_terminal() -> None:
    lines = "\n".join(table(["Nama"], [["\x1b[2JNi Luh\r\u202e"], ["Made\nBalik"]]))
    assert not set("\x1b\r\u202e") & set(lines)
    assert "[2JNi Luh" in lines
    assert "Balik" in lines


def test_no_file_is_written_where_one_of_the_formats_can_t_be(
    tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    import sys

    assert set(EXTRAS) - {"parquet"} <= set(IN_A_FOLDER)
    for form, (library, extra) in EXTRAS.items():
        with monkeypatch.context() as without:
            without.setitem(sys.modules, library, None)
            with pytest.raises(InvalidInput) as caught:
                write(report(), form, tmp_path / f"r.{form}")
            assert (caught.value.code, caught.value.problems[0].facts) == (
                "report.extra",
                {"extra": extra},
            )
    monkeypatch.setitem(sys.modules, "reportlab", None)
    with pytest.raises(InvalidInput) as caught:
        written(report(), f"{tmp_path}/", IN_A_FOLDER)
    assert (caught.value.code, caught.value.problems[0].facts) == (
        "report.extra",
        {"extra": "reports"},
    )
    assert list(tmp_path.iterdir()) == []
