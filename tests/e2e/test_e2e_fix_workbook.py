"""What came back as a workbook: written, mended as a supervisor would, and taken in again."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from command_line import Said
from field_work import Agent, Office, a_nik, a_worker, enrol, item_of
from refusals import recorded_wrong

MakeAgent = Callable[[str], Agent]


@pytest.fixture
def agent(an_agent: MakeAgent, office: Office) -> Agent:
    """Return an agent who knows the central's address."""
    return an_agent(office.url)


@pytest.fixture
def ids(agent: Agent) -> dict[str, str]:
    """Return what a real central sent back, by the name of the person."""
    heirs = [{"name": "Ardi", "relationship": "spouse"}, {"name": "Ayu", "relationship": "child"}]
    address = {"text": "Jl. Segara 3", "rt": "003", "village": "Sanur", "region": "517101"}
    ids = {
        "Satu": recorded_wrong(agent, a_worker(name="Satu"), phone="12"),
        "Dua": recorded_wrong(
            agent, a_worker(name="Dua", heirs=heirs, address=address, birth_place="Ende"), income=0
        ),
        "Tiga": recorded_wrong(agent, a_worker(name="Tiga"), total=100),
    }
    assert agent.sync().code == 3
    return ids


def written(agent: Agent, *more: str) -> Path:
    path = agent.folder / "perbaiki.xlsx"
    said = agent.run("antrean", "perbaiki", "--ke", str(path), *more)
    assert said.code == 0, said
    assert said.data["path"] == str(path)
    return path


def taken(agent: Agent, path: Path) -> Said:
    return agent.run("queue", "fix", "--from", str(path))


class Desk:
    """The sheet of a workbook as somebody mends it."""

    def __init__(self, path: Path):
        self.path = path
        self.book = openpyxl.load_workbook(path)
        self.sheet = self.book.worksheets[1]
        self.headings = [cell.value for cell in self.sheet[1]]

    def row(self, name: str) -> int:
        names = [row[0].value for row in self.sheet.iter_rows()]
        return names.index(name) + 1

    def cell(self, name: str, heading: str) -> Any:
        return self.sheet.cell(self.row(name), self.headings.index(heading) + 1)

    def save(self) -> None:
        self.book.save(self.path)


def test_the_faulty_cells_are_marked_with_what_cures_them(
    agent: Agent, ids: dict[str, str]
) -> None:
    path = written(agent)
    assert path.stat().st_mode & 0o077 == 0
    desk = Desk(path)
    assert desk.headings[:3] == ["Nama", "NIK", "Tanggal lahir"]
    assert [row[0].value for row in desk.sheet.iter_rows(min_row=2)] == ["Satu", "Dua", "Tiga"]
    assert "08" in desk.cell("Satu", "Telepon").comment.text
    assert desk.cell("Dua", "Penghasilan").comment is not None
    assert desk.cell("Dua", "Telepon").comment is None
    assert desk.cell("Dua", "Pekerjaan").value == "pedagang"
    assert "quote" not in str(desk.cell("Tiga", "perisai").value)
    assert desk.cell("Tiga", "perisai").value
    for language, words in (("id", "--tanpa-nik"), ("en", "--no-nik")):
        said = agent.run("queue", "fix", "--to", str(path), "--lang", language, as_json=False)
        assert words in said.out


def test_a_mended_row_goes_again_under_its_id_and_the_others_are_left(
    agent: Agent, ids: dict[str, str]
) -> None:
    path = written(agent)
    desk = Desk(path)
    desk.cell("Satu", "Telepon").value = 81234567899  # as a spreadsheet keeps it
    desk.cell("Dua", "Penghasilan").value = "Rp 2.000.000"
    desk.cell("Dua", "Nama ahli waris").value = "I Made Ardi"
    desk.save()
    said = taken(agent, path)
    assert (said.code, said.data["accepted"], said.data["unchanged"]) == (0, 2, 1)
    assert {item["id"] for item in said.data["items"]} == {ids["Satu"], ids["Dua"]}
    worker = agent.run("worker", "show", ids["Dua"]).data["worker"]
    assert (worker["income"], worker["birth_place"], worker["address"]["rt"]) == (
        2_000_000, "Ende", "003",
    )  # fmt: skip
    assert worker["heirs"] == [
        {"name": "I Made Ardi", "relationship": "spouse"}, {"name": "Ayu", "relationship": "child"},
    ]  # fmt: skip
    assert item_of(agent, ids["Tiga"])["rev"] == 1
    again = taken(agent, path)
    assert (again.code, again.data["accepted"], again.data["unchanged"]) == (0, 0, 3)
    assert agent.sync().data["accepted"] == 2


def test_a_row_at_fault_never_stops_the_others(agent: Agent, ids: dict[str, str]) -> None:
    path = written(agent)
    desk = Desk(path)
    desk.cell("Satu", "Telepon").value = "satu dua"
    desk.cell("Dua", "Penghasilan").value = 2_000_000
    identity = desk.sheet.max_column
    desk.sheet.cell(desk.row("Tiga"), identity).value = None
    desk.cell("Tiga", "Telepon").value = "081234567899"
    desk.save()
    said = taken(agent, path)
    assert (said.code, said.data["accepted"], said.data["refused"]) == (3, 1, 2)
    faults = {(error["row"], error["code"]) for error in said.errors}
    assert (desk.row("Satu"), "phone.format") in faults or any(row == 2 for row, _ in faults)
    assert (desk.row("Tiga"), "fix.no_identity") in faults
    assert "satu dua" not in said.out
    assert taken(agent, path).data["refused"] == 2


def test_a_workbook_may_do_without_the_niks(agent: Agent, ids: dict[str, str]) -> None:
    path = written(agent, "--tanpa-nik", "--kode", "phone")
    desk = Desk(path)
    assert "NIK" not in desk.headings
    assert desk.sheet.max_row == 2
    assert "5171" not in "".join(str(cell.value) for row in desk.sheet.iter_rows() for cell in row
                                 if cell.column < desk.sheet.max_column)  # fmt: skip
    desk.cell("Satu", "Telepon").value = "081234567899"
    desk.save()
    assert taken(agent, path).data["accepted"] == 1
    assert agent.sync().data["accepted"] == 1


def test_the_mended_rows_may_come_as_csv(agent: Agent, ids: dict[str, str]) -> None:
    desk = Desk(written(agent))
    desk.cell("Satu", "Telepon").value = "081234567899"
    path = agent.folder / "perbaiki.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file, delimiter=";")
        for row in desk.sheet.iter_rows(values_only=True):
            rows.writerow([each.strftime("%d/%m/%Y") if hasattr(each, "strftime") else each
                           for each in row])  # fmt: skip
    said = taken(agent, path)
    assert (said.data["accepted"], said.data["unchanged"]) == (1, 2), said


def test_what_was_changed_here_meanwhile_is_not_overwritten(
    agent: Agent, ids: dict[str, str]
) -> None:
    path = written(agent)
    agent.run("queue", "fix", ids["Satu"], "--file", "-", stdin='{"phone": "081234567800"}')
    agent.run("antrean", "tarik", ids["Dua"], "--yes")
    desk = Desk(path)
    desk.cell("Satu", "Nama").value = "Nama Lain"
    desk.save()
    said = taken(agent, path)
    assert (said.code, [error["code"] for error in said.errors]) == (3, ["fix.stale"])
    assert agent.run("worker", "show", ids["Satu"]).data["worker"]["name"] == "Satu"


def test_a_workbook_of_somebody_else_is_refused_whole(agent: Agent, ids: dict[str, str]) -> None:
    path = agent.folder / "lain.xlsx"
    book = openpyxl.Workbook()
    book.active.append(["Nama", "NIK", "Telepon"])
    book.active.append(["Made", a_nik(), "081234567890"])
    book.save(path)
    said = taken(agent, path)
    assert (said.code, said.codes) == (2, ["fix.not_ours"])
    for name, code in (("x.pdf", "fix.suffix"), ("x", "fix.suffix")):
        assert agent.run("antrean", "perbaiki", "--ke", name).codes == [code]
    assert taken(agent, agent.folder / "none.xlsx").codes == ["file.unreadable"]
    assert [item_of(agent, each)["rev"] for each in ids.values()] == [1, 1, 1]


def test_nobody_s_row_is_made_of_a_record_that_was_never_here(
    agent: Agent, an_agent: MakeAgent, office: Office, ids: dict[str, str]
) -> None:
    path = written(agent)
    other = an_agent(office.url)
    enrol(other, a_worker())
    said = taken(other, path)
    assert (said.code, set(said.codes), said.data["refused"]) == (2, {"record.unknown"}, 3)
