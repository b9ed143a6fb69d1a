"""The list of enrolments on paper, as the program prints it: nothing with a digit is broken."""

from __future__ import annotations

import csv
import io
from collections import Counter
from pathlib import Path

import pytest
from command_line import Cli
from field_work import a_nik, a_worker, enrol, quicken
from papers import printed_text

from perisai_cli.domain.identity import mask_nik
from perisai_cli.domain.money import rupiah

LONG = "I Gusti Ngurah Agung Putra Mahendra Wirayudha"
NIKS = [a_nik() for _ in range(12)]


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Cli:
    made = Cli(tmp_path_factory.mktemp("program"))
    made.set_up()
    quicken(made)
    lives = {"text": "Jl. Segara 3", "region": "950108"}
    workers = [
        a_worker(nik, name=LONG, months=place % 6 + 1, address=lives)
        for place, nik in enumerate(NIKS)
    ]
    enrol(made, *workers)
    return made


def written(program: Cli, path: Path, *more: str) -> Path:
    said = program.run("laporan", "pendaftaran", "--output", str(path), *more)
    assert said.code == 0
    assert said.data["rows"] == len(NIKS)
    return path


@pytest.mark.parametrize("language", ["id", "en"])
@pytest.mark.parametrize("why", [(), ("--unmask", "dibaca di kertas")], ids=["masked", "unmasked"])
def test_every_number_of_the_list_of_enrolments_is_printed_whole(
    program: Cli, tmp_path: Path, language: str, why: tuple[str, ...]
) -> None:
    flat = written(program, tmp_path / "daftar.csv", *why)
    paper = written(program, tmp_path / "daftar.pdf", *why, "--bahasa", language)
    rows = list(csv.DictReader(io.StringIO(flat.read_text(encoding="utf-8"), newline="")))
    words = Counter(" ".join(printed_text(paper)).split())
    assert not Counter(rupiah(int(row["amount"])) for row in rows) - words
    assert {words[row["id"]] for row in rows} == {1}
    assert {words[nik if why else mask_nik(nik)] for nik in NIKS} == {1}
    for name in ("rules", *(("phone", "birth_date") if why else ())):
        assert not Counter(row[name].lstrip("'") for row in rows) - words, name


def test_the_region_is_said_once_a_record_where_people_read(program: Cli, tmp_path: Path) -> None:
    flat = written(program, tmp_path / "daftar.csv")
    rows = csv.DictReader(io.StringIO(flat.read_text(encoding="utf-8"), newline=""))
    [name] = {row["region_name"] for row in rows}
    page = written(program, tmp_path / "daftar.html").read_text(encoding="utf-8")
    assert page.count(name) == len(NIKS)
    words = Counter(" ".join(printed_text(written(program, tmp_path / "daftar.pdf"))).split())
    assert words[name.split()[-1]] == len(NIKS)
