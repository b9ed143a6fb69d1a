"""What a report is asked for: nothing is passed over in silence, and files tell what is in them."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest
from command_line import Cli
from field_work import a_nik, a_worker, enrol
from market import first
from screen import Screen, answered

from perisai_cli.domain.coverage import COLUMNS


@pytest.mark.parametrize("name", ["uang", "jatuh-tempo", "agen", "mingguan", "bertahan"])
def test_a_day_is_no_source_of_a_report_that_looks_at_no_span(agent: Cli, name: str) -> None:
    said = agent.run("laporan", name, "--dari", "2026-11-01")
    assert (said.code, said.faults) == (2, {("/from", "report.source")})


def test_a_week_is_the_same_however_it_is_written(agent: Cli, tmp_path: Path) -> None:
    for week in ("2026-W47", "2026-w47"):
        said = agent.run(
            "laporan", "mingguan", "--minggu", week, "--output", f"{tmp_path}/", "--format", "json"
        )
        assert said.data["week"] == "2026-W47"
    assert [path.name for path in tmp_path.glob("*.json")] == [
        "perisai-weekly-store-A-017-2026-W47.json"
    ]


@pytest.mark.parametrize(
    ("arguments", "field"),
    [
        (("mingguan", "--minggu", ""), "/week"),
        (("mingguan", "--output", ""), "/output"),
        (("agen", "--format", ""), "/format"),
        (("agen", "--dari", ""), "/from"),
        (("ringkasan", "--sejak", ""), "/since"),
        (("ringkasan", "--sampai", ""), "/to"),
    ],
)
def test_an_option_with_nothing_in_it_is_not_taken_for_none(
    agent: Cli, arguments: tuple[str, ...], field: str
) -> None:
    said = agent.run("laporan", *arguments)
    assert (said.code, said.faults) == (2, {(field, "usage.option_needs_value")})


def test_days_are_in_reach_and_in_their_order(agent: Cli) -> None:
    said = agent.run("laporan", "ringkasan", "--sejak", "2026-12-01", "--sampai", "2026-11-30")
    assert (said.code, said.faults) == (2, {("/since", "report.span")})
    for name in ("jatuh-tempo", "bertahan", "uang", "keringanan"):
        for day in ("1999-12-31", "3000-01-01", "9999-12-01"):
            said = agent.run("laporan", name, "--pada", day)
            assert (said.code, said.faults) == (2, {("/on", "day.far")}), day
        for day in ("2000-01-01", "2999-12-31"):
            assert agent.run("laporan", name, "--pada", day).code in (0, 4), day
    for day, code in (("2000-01-01", 4), ("2999-12-31", 2)):  # no rule yet; not begun yet
        assert agent.run("laporan", "mingguan", "--pada", day).code == code, day
    for week in ("1998-W52", "3001-W02", "2025-W53"):
        said = agent.run("laporan", "mingguan", "--minggu", week)
        assert (said.code, said.codes) == (2, ["week.format"]), week


def test_a_list_that_shows_persons_says_so_in_it_and_in_its_name(agent: Cli) -> None:
    nik = a_nik()
    enrol(agent, a_worker(nik))
    folder = agent.folder / "daftar"
    for more in ((), ("--buka", "dicek kantor")):
        said = agent.run(
            "laporan", "pendaftaran", "--output", f"{folder}/", "--format", "xlsx", *more
        )
        assert said.code == 0, said
    day = said.data["day"]
    masked, seen = (
        folder / f"perisai-enrollments-store-A-017{mark}-{day}.xlsx" for mark in ("", "-unmasked")
    )

    def cells(path: Path) -> str:
        book = openpyxl.load_workbook(path)
        return "\n".join(
            str(cell) for sheet in book for row in sheet.iter_rows(values_only=True) for cell in row
        )

    assert nik not in cells(masked)
    assert "dicek kantor" not in cells(masked)
    assert nik in cells(seen)
    assert "sejauh ada di sini. Alasan: dicek kantor" in cells(seen)


def test_a_folder_in_the_way_and_a_long_name_are_told_as_such(agent: Cli, tmp_path: Path) -> None:
    stem = "perisai-weekly-store-A-017-2026-W47"
    (tmp_path / f"{stem}.pdf").mkdir()
    said = agent.run("laporan", "mingguan", "--minggu", "2026-W47", "--output", str(tmp_path))
    assert (said.code, said.codes) == (8, ["report.unwritable"])
    assert said.errors[0]["message"] == f"{stem}.pdf tidak dapat ditulis: itu nama sebuah folder."
    said = agent.run("laporan", "agen", "--output", "a" * 300 + ".csv")
    assert (said.code, said.codes) == (8, ["report.unwritable"])
    assert "namanya terlalu panjang" in said.errors[0]["message"]


def test_a_bad_file_of_the_office_is_named_and_not_repeated(agent: Cli) -> None:
    nik = a_nik()
    for content, code in (
        (f"{nik},Ni Luh Sari\n", "coverage.columns"),
        (f"{','.join(COLUMNS)}\n{nik}\n", "coverage.row"),
    ):
        (agent.home / "coverage.csv").write_text(content)
        said = agent.run("laporan", "mingguan")
        assert (said.code, said.codes) == (2, [code])
        assert "coverage.csv" in said.errors[0]["message"]
        assert nik not in said.out + said.err
        assert "Sari" not in said.out + said.err


def test_a_draft_is_no_news_of_a_store(agent: Cli) -> None:
    with Screen(agent, "daftar") as screen:
        answered(screen, *first(a_nik())[:3])
        screen.wait_for(screen.words("ask.phone"))
        screen.kill()
    assert agent.run("laporan", "ringkasan").data["as_of"] == ""
    enrol(agent, a_worker())
    assert agent.run("laporan", "ringkasan").data["as_of"] != ""


def test_a_central_that_is_away_before_anything_was_fetched(agent: Cli, tmp_path: Path) -> None:
    token = tmp_path / "token"
    token.write_text("t" * 43)
    said = agent.run(
        "laporan", "agen", "--dari", "pusat", "--pusat", "http://127.0.0.1:9",
        "--berkas-tanda-masuk", str(token),
    )  # fmt: skip
    assert (said.code, said.codes) == (5, ["report.central_unread"])


def test_an_argument_that_is_missing_has_the_name_of_the_help(cli: Cli) -> None:
    said = cli.run("pusat", "laporan", "--data", "x")
    assert (said.code, said.errors[0]["message"]) == (2, "NAME belum diberikan.")


@pytest.mark.parametrize(
    "arguments",
    [
        ("impor", "~nosuchuser/x.csv"),
        ("daftar", "--berkas", "~nosuchuser/x.json"),
        ("antrean", "perbaiki", "--dari", "~nosuchuser/x.xlsx"),
    ],
    ids=" ".join,
)
def test_a_home_that_nobody_has_is_a_file_that_is_not_there(
    agent: Cli, arguments: tuple[str, ...]
) -> None:
    said = agent.run(*arguments)
    assert (said.code, said.codes) == (2, ["file.unreadable"])
    strange = agent.run("antrean", "daftar", environment={"PERISAI_HOME": "~nosuchuser/home"})
    assert (strange.code, strange.codes) == (2, ["home.nobody"])
