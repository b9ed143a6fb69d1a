"""A number, an identity number, a code or a date on paper stands whole in one line, always."""

from __future__ import annotations

import itertools
import tomllib
from collections import Counter
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import made_reports as made
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from papers import facts_of, printed_text

from perisai_cli import i18n
from perisai_cli.actions.enrolment_rows import columns_of
from perisai_cli.reports.model import Column, Kind, Report, Row, Section
from perisai_cli.reports.pdf import write_pdf
from perisai_cli.reports.rows import ENROLLMENTS, UNMASKED
from perisai_cli.reports.shown import shown
from perisai_cli.reports.words import heading, said

CATALOGUE = Path(i18n.__file__).with_name("id.toml")
NAMES = sorted(tomllib.loads(CATALOGUE.read_text(encoding="utf-8"))["report_col"])
CODES = st.one_of(
    st.from_regex(r"\A[0-9]{16}\Z"),
    st.from_regex(r"\A[0-9]{4}\*{8}[0-9]{4}\Z"),
    st.uuids().map(str),
    st.from_regex(r"\A[0-9a-f]{1,120}\Z"),
)
WORDS = st.sampled_from(
    ["menunggu dikirim", "Ni Luh Putu Sari Dewi", made.LONG.strip(), "Jl. Segara 3 RT 003/RW 005",
     "Denpasar Selatan, Kota Denpasar, Bali", "ketenagakerjaan", ""]
)  # fmt: skip
DAYS = st.dates(date(1926, 1, 1), date(2126, 12, 30))
VALUES: dict[Kind, st.SearchStrategy[Any]] = {
    "rupiah": st.integers(-(10**9), 10**13),
    "count": st.integers(0, 10**12),
    "percent": st.decimals(0, 10**6, places=2),
    "day": DAYS.map(str),
    "month": DAYS.map(lambda day: f"{day:%Y-%m}"),
    "moment": DAYS.map(lambda day: f"{day}T15:30:00Z"),
    "code": CODES,
    "text": CODES | WORDS,
}
WORKER: Row = {
    "id": "01a21fca-df0a-7d37-9b0a-93b5ca650505", "recorded_at": "2026-09-30T15:30:00Z",
    "state": "needs_fix", "pending": False, "nik": "5171015701900003",
    "name": "I Gusti Ngurah Agung Putra Mahendra Wirayudha", "region": "950108",
    "region_name": "Distrik, Kabupaten Pegunungan Bintang, Papua Pegunungan",
    "occupation": "trader,farmer", "programs": "jkk,jkm,jht", "tier": 14, "start": "2026-09",
    "months": 12, "sector": "transport", "payer": "dbhcht", "amount": 25_200_000,
    "rules": "57aeb6a80e52fe6d", "membership_number": "26099999991", "payment_code": "880126099999",
    "sample_number": True, "problems": "nik.length period.too_long", "birth_date": "1990-09-17",
    "sex": "F", "phone": "+6281485178471",
}  # fmt: skip


@st.composite
def sections(draw: st.DrawFn) -> Section:
    """Return a section with any columns, few or far too many, and values of any length."""
    names = draw(st.lists(st.sampled_from(NAMES), min_size=1, max_size=40, unique=True))
    columns = tuple(Column(name, draw(st.sampled_from(list(VALUES)))) for name in names)
    values = st.fixed_dictionaries({each.name: VALUES[each.kind] for each in columns})
    rows = draw(st.lists(values, min_size=1, max_size=4))
    total = draw(st.none() | values)
    first = tuple(draw(st.lists(st.sampled_from(names), max_size=3, unique=True)))
    return Section("enrollments", columns, rows, total=total, first=first)


def written(section: Section, folder: Path) -> list[str]:
    """Return the lines of a PDF of one section, one space between words."""
    path = folder / "laporan.pdf"
    write_pdf(made.report(section), path)
    lines = itertools.chain(*(page.splitlines() for page in printed_text(path)))
    return [" ".join(line.split()) for line in lines]


def told(section: Section) -> list[str]:
    """Return every cell of a section as it is said."""
    rows = [*section.rows, *([section.total] if section.total else [])]
    return [said(column, row[column.name]) for row in rows for column in section.columns]


def numbers(cells: list[str]) -> Counter[str]:
    return Counter(
        word for cell in cells for word in cell.split() if any(sign.isdigit() for sign in word)
    )


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(section=sections())
def test_every_word_with_a_digit_in_it_stands_whole_in_one_line(
    section: Section, tmp_path_factory: pytest.TempPathFactory
) -> None:
    lines = written(section, tmp_path_factory.mktemp("whole"))
    assert not numbers(told(section)) - Counter(" ".join(lines).split())


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(section=sections())
def test_every_day_and_month_stands_whole_in_one_line(
    section: Section, tmp_path_factory: pytest.TempPathFactory
) -> None:
    lines = written(section, tmp_path_factory.mktemp("days"))
    for column in section.columns:
        for row in section.rows:
            cell = said(column, row[column.name])
            if column.kind == "moment":
                cell = " ".join(cell.split()[:3])
            if column.kind in ("day", "month", "moment"):
                assert any(cell in line for line in lines), cell


@pytest.mark.parametrize("columns", [4, 8, 16, 24, 40])
@pytest.mark.parametrize("kind", ["rupiah", "percent", "moment", "code"])
def test_however_many_columns_there_are_no_number_is_broken(
    kind: Kind, columns: int, tmp_path: Path
) -> None:
    value: Any = {
        "rupiah": 999_999_999_999, "percent": 100, "moment": "2026-09-30T15:30:00Z",
        "code": "5171015701900003",
    }[kind]  # fmt: skip
    those = tuple(Column(name, kind) for name in NAMES[:columns])
    rows: list[Row] = [{column.name: value for column in those} for _ in range(3)]
    section = Section("enrollments", those, rows)
    assert not numbers(told(section)) - Counter(" ".join(written(section, tmp_path)).split())


@pytest.mark.parametrize("names", [ENROLLMENTS, UNMASKED])
@pytest.mark.parametrize("count", [1, 60])
def test_the_list_of_enrolments_says_every_heading_beside_its_value(
    names: tuple[str, ...], count: int, spoken: str, tmp_path: Path
) -> None:
    section = Section("enrollments", columns_of(names), [WORKER] * count, first=("name",))
    words = Counter(" ".join(lines := written(section, tmp_path)).split())
    seen = shown(section, 99)
    assert not numbers(told(seen)) - words
    assert words["Rp25.200.000"] == words[str(WORKER["nik"])] == words[str(WORKER["id"])] == count
    assert sum(str(WORKER["name"]) in line for line in lines) == count
    for column in seen.columns:
        assert all(word in words for word in f"{heading(column)}:".split()), column.name


def test_a_record_is_never_parted_by_the_end_of_a_page(tmp_path: Path) -> None:
    rows = [WORKER | {"nik": f"51710157{place:08}"} for place in range(40)]
    section = Section("enrollments", columns_of(UNMASKED), rows)
    path = tmp_path / "laporan.pdf"
    write_pdf(made.report(section), path)
    pages = printed_text(path)
    assert len(pages) > 2
    for page in pages:
        assert page.count("51710157") == page.count("01a21fca") == page.count("+6281485178471")


def test_a_record_longer_than_a_page_goes_on_over_it(tmp_path: Path) -> None:
    worker = WORKER | {"name": "Ni Luh " * 3000, "problems": "akhir " * 9}
    columns = tuple(column._replace(words=None) for column in columns_of(UNMASKED))
    section = Section("enrollments", columns, [worker, WORKER])
    text = " ".join(written(section, tmp_path))
    assert text.count("Luh") == 3000
    assert text.count("akhir") == 9
    assert text.count("5171015701900003") == 2


@pytest.mark.parametrize("column", ["id", "name", "rules"])
def test_only_what_is_wider_than_the_paper_is_broken(column: str, tmp_path: Path) -> None:
    section = Section("enrollments", columns_of(UNMASKED), [WORKER | {column: "7" * 700}])
    words = " ".join(written(section, tmp_path)).split()
    assert sum(word.count("7") for word in words if set(word) == {"7"}) == 700
    assert "Rp25.200.000" in words


def test_a_long_name_is_broken_and_leaves_the_paper_upright(tmp_path: Path) -> None:
    rows = [WORKER, WORKER | {"name": made.UNBROKEN}]
    section = Section("enrollments", columns_of(UNMASKED), rows, first=("name",))
    path = tmp_path / "laporan.pdf"
    write_pdf(made.report(section), path)
    assert facts_of(path)["Page 1 size"].startswith("595")
    assert "".join(printed_text(path)).count("W") >= len(made.UNBROKEN)


def test_a_sum_that_is_a_block_never_stands_alone_on_a_page(tmp_path: Path) -> None:
    columns = columns_of(UNMASKED)
    total: Row = dict.fromkeys(UNMASKED) | {"amount": 999_999_999_999}
    for count in range(6, 14):
        section = Section("enrollments", columns, [WORKER] * count, total=total)
        path = tmp_path / "laporan.pdf"
        write_pdf(made.report(section), path)
        [last] = [page for page in printed_text(path) if "Rp999.999.999.999" in page]
        assert "5171015701900003" in last
        assert "Nomor: Jumlah" not in last


def test_words_of_letters_stand_whole_in_blocks_too(tmp_path: Path) -> None:
    section = Section("enrollments", columns_of(UNMASKED), [WORKER])
    words = Counter(" ".join(written(section, tmp_path)).split())
    cells = told(shown(section, 9))
    assert not Counter(word for cell in cells for word in cell.split()) - words


def test_a_narrow_list_stays_a_table_and_a_wide_one_stands_upright(tmp_path: Path) -> None:
    def sheet(report: Report) -> tuple[str, str]:
        path = tmp_path / "laporan.pdf"
        write_pdf(report, path)
        return facts_of(path)["Page 1 size"], printed_text(path)[0]

    few = columns_of(("id", "nik", "name", "amount"))
    size, text = sheet(made.report(Section("enrollments", few, [WORKER])))
    assert size.startswith("595")
    assert f"{WORKER['id']} {WORKER['nik']}" in " ".join(text.split())
    size, _ = sheet(made.report(Section("enrollments", columns_of(UNMASKED), [WORKER])))
    assert size.startswith("595")


def test_what_a_column_says_in_words_is_not_said_again_in_the_next() -> None:
    section = Section("enrollments", columns_of(ENROLLMENTS), [WORKER])
    names = [column.name for column in shown(section, 9).columns]
    assert "region" in names
    assert "region_name" not in names
    alone = replace(section, columns=columns_of(("id", "region_name")))
    assert len(shown(alone, 9).columns) == 2
    raw = replace(section, columns=(Column("region", "code"), Column("region_name", "text")))
    assert len(shown(raw, 9).columns) == 2
