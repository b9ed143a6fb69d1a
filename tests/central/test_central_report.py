"""Reports of the central's own tables: the same as of a copy of them, by the program itself."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import Any

import command_line
import pytest
from central_field import NOW, TODAY, an_item
from command_line import Cli
from test_central_extract import Reader
from two_offices import Scene, without_form

from perisai_cli.actions.app import App
from perisai_cli.actions.central_remote import Office
from perisai_cli.actions.central_report import CentralSource
from perisai_cli.actions.desk import open_desk
from perisai_cli.actions.extract import fetch_central
from perisai_cli.actions.report_files import FORMATS
from perisai_cli.actions.report_sources import report_source
from perisai_cli.central.reporting import CentralFacts
from perisai_cli.domain.coverage import COLUMNS, packaged
from perisai_cli.reports.asked import Asked
from perisai_cli.reports.catalogue import NAMES, build
from perisai_cli.reports.model import Report
from perisai_cli.rules.law import load_law
from perisai_cli.storage.dataset_tables import DERIVED, TABLES
from perisai_cli.storage.store import open_store

FACTS = {table: fact._fields for fact, table in TABLES.items()}
ASKED = Asked(
    date(2027, 2, 3), date(2026, 11, 1), date(2027, 2, 3), load_law(), packaged(), "2026-W47"
)


def now() -> datetime:
    return NOW


def world_of(cli: Cli) -> App:
    def unlock() -> Any:
        return open_store(cli.home, lambda: command_line.PASSPHRASE, lambda _store: None)

    return App(cli.home, now, unlock, None, "perisai/test")


def told(report: Report) -> list[Any]:
    """Return all that a report says but for where it comes from."""
    return [
        (section.key, list(section.rows), section.total, section.notes, section.facts)
        for section in report.sections
    ]


def relation(table: str) -> str:
    """Return the question for all that reports may look at of a table."""
    columns = (*FACTS[table], *DERIVED.get(table, ()))
    told = (f"coalesce({each}, '') AS {each}" if each == "member" else each for each in columns)
    return f"SELECT {', '.join(told)} FROM {table} ORDER BY id"


@pytest.mark.parametrize("office", [None, "W-01", "W-02"])
def test_a_report_of_the_central_is_the_report_of_its_copy(
    scene: Scene, cli: Cli, office: str | None
) -> None:
    """Of records in every standing, and of such as were refused for what their bodies are."""
    for device in (scene.one, scene.other):
        refused = device.push(*without_form(scene.items["member"]["id"]).values())
        assert {result["status"] for result in refused} == {"rejected"}
    cli.set_up()
    role = "officer" if office is None else "supervisor"
    reader = Reader(scene.one.address, scene.database, role, office or "")
    fetch_central(world_of(cli), Office(reader.address, reader.token, now))
    with (
        open_desk(world_of(cli)) as desk,
        report_source(desk, "central") as copy,
        CentralFacts(scene.database, office) as facts,
    ):
        own = CentralSource(facts, office)
        assert (own.origin.source, own.origin.as_of) == ("central", copy.origin.as_of)
        for table in FACTS:
            found = list(own.rows(relation(table)))
            assert found == list(copy.rows(relation(table))), table
            assert found or office, table
        for asked in (ASKED, ASKED._replace(day=TODAY), ASKED._replace(day=date(2026, 11, 21))):
            for name in NAMES:
                assert told(build(name, own, asked)) == told(build(name, copy, asked)), name


@pytest.mark.parametrize("scene", ["sqlite"], indirect=True)  # files are written of the copy alone
@pytest.mark.parametrize("name", NAMES)
def test_what_has_no_form_can_be_written_in_every_format(
    scene: Scene, cli: Cli, tmp_path: Path, name: str
) -> None:
    scene.one.push(*without_form(scene.items["member"]["id"]).values())
    cli.set_up()
    reader = Reader(scene.one.address, scene.database)
    fetch_central(world_of(cli), Office(reader.address, reader.token, now))
    for form in FORMATS:
        to = tmp_path / f"{name}.{form}"
        said = cli.run("laporan", name, "--dari", "pusat", "--luring", "--output", str(to))
        assert (said.code, to.exists()) == (0, True), said


def test_the_program_reports_from_a_centrals_folder(tmp_path: Path, cli: Cli) -> None:
    folder = str(tmp_path / "office")
    assert cli.run("pusat", "agen", "tambah", "A-1", "--kantor", "W-01", "--data", folder).code == 0
    said = cli.run("pusat", "laporan", "ringkasan", "--data", folder, "--kantor", "W-01")
    assert (said.code, said.data["source"].split()[0]) == (0, "central")
    assert said.data["office"] == "W-01"
    shown = cli.run(
        "pusat", "laporan", "mingguan", "--data", folder, "--kantor", "W-01", as_json=False
    )
    assert "kantor W-01" in " ".join(shown.out.split())
    weeks = ("pusat", "laporan", "mingguan", "--minggu", "2026-W47", "--data", folder)
    for office in ((), ("--kantor", "W-01")):
        said = cli.run(*weeks, *office, "--output", str(tmp_path / "weeks"), "--format", "json")
        assert said.code == 0, said
    names = {path.name for path in (tmp_path / "weeks").iterdir()}
    assert names == {f"perisai-weekly-central{of}-2026-W47.json" for of in ("", "-W-01")}
    figures = tmp_path / "figures.csv"
    figures.write_text(",".join(COLUMNS) + "\n")
    for option in (
        ("uang", "--minggu", "2026-W47"), ("agen", "--sejak", "2026-11-01"),
        ("mingguan", "--sampai", "2026-11-01"), ("uang", "--angka", str(figures)),
    ):  # fmt: skip
        said = cli.run("pusat", "laporan", *option, "--data", folder)
        assert (said.code, said.codes) == (2, ["report.option"]), option
    unknown = cli.run("pusat", "laporan", "ringkasan", "--data", folder, "--kantor", "W-09")
    assert (unknown.code, unknown.codes) == (2, ["office.unknown"])
    nameless = cli.run("pusat", "laporan", "pendaftaran", "--data", folder)
    assert (nameless.code, nameless.codes) == (2, ["report.name"])
    assert "ringkasan, iuran, uang, jatuh-tempo" in nameless.errors[0]["remedy"]
    assert cli.run("pusat", "laporan", "uang", "--data", str(tmp_path / "none")).code == 2
    to = tmp_path / "week.xlsx"
    said = cli.run("central", "report", "weekly", "--data", folder, "--output", str(to))
    assert (said.code, to.exists()) == (0, True)


def test_the_program_makes_supervisors_of_one_office(tmp_path: Path, cli: Cli) -> None:
    where = ("--data", str(tmp_path / "office"))
    add = ("pusat", "petugas", "tambah")
    made = cli.run(*add, "S-1", "--peran", "supervisor", "--kantor", "W-03", *where)
    assert (made.code, made.data["office"]) == (0, "W-03")
    for wrong in (("--peran", "supervisor"), ("--kantor", "W-03")):
        said = cli.run(*add, "S-2", *wrong, *where)
        assert (said.code, said.codes) == (2, ["officer.office"])
    [listed] = cli.run("pusat", "petugas", "daftar", *where).data["items"]
    assert (listed["role"], listed["office"]) == ("supervisor", "W-03")


def test_a_report_can_be_asked_of_a_central_far_away(
    scene: Scene, cli: Cli, tmp_path: Path
) -> None:
    cli.set_up()
    reader = Reader(scene.one.address, scene.database, "supervisor", "W-02")
    token = tmp_path / "token"
    token.write_text(reader.token + "\n")
    asked = ("laporan", "ringkasan", "--dari", "pusat")
    assert cli.run(*asked, "--luring").codes == ["dataset.none"]
    assert cli.run(*asked).codes == ["token.needed"]
    far = ("--pusat", reader.address, "--berkas-tanda-masuk", str(token))
    first = cli.run(*asked, *far)
    assert first.code == 0, first
    scene.other.push(an_item())
    assert cli.run(*asked, "--luring").data == first.data
    later = cli.run(*asked, *far)
    assert later.data != first.data
    assert later.data["source"].startswith("central")
