"""Whoever can be enrolled comes through a list unchanged: any people, in any shape of file."""

from __future__ import annotations

import csv
import shutil
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from command_line import PASSPHRASE, Cli
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from perisai_cli.actions.importing import ImportOptions, import_file
from perisai_cli.cli.import_talk import SpokenWords, Written
from perisai_cli.domain.occupations import OCCUPATIONS
from perisai_cli.domain.terms import RELATIONSHIPS
from perisai_cli.storage.records import Records
from perisai_cli.wiring import throwaway_app

HEADINGS = {
    "nik": ("NIK", "No. KTP", "Nomor Induk Kependudukan"),
    "name": ("Nama", "Nama Lengkap", "Full name"),
    "birth_date": ("Tanggal Lahir", "Tgl. Lahir", "Date of birth"),
    "sex": ("L/P", "Jenis Kelamin", "Sex"),
    "phone": ("No HP", "Telp/WA", "Phone"),
    "occupation": ("Pekerjaan", "Occupation"),
    "income": ("Penghasilan", "Monthly income"),
    "heir": ("Ahli Waris", "Nama Ahli Waris"),
    "relationship": ("Hubungan", "Hubungan Ahli Waris"),
}
_MONTHS = ("Januari", "Februari", "Maret", "April", "Mei", "Juni", "Juli", "Agustus", "September",
           "Oktober", "November", "Desember")  # fmt: skip
_NAMES = st.lists(
    st.sampled_from(("Ni", "Luh", "Wayan", "Siti", "D'Souza", "Maria", "Yosef", "Abdul-Rahman")),
    min_size=1,
    max_size=4,
).map(" ".join)


@st.composite
def people(draw: st.DrawFn) -> list[dict[str, Any]]:
    """Return people who can be enrolled, each with a NIK that says when they were born."""
    found = []
    for number in range(draw(st.integers(1, 6))):
        born = draw(st.dates(date(1970, 1, 1), date(2005, 12, 31)))
        sex = draw(st.sampled_from("FM"))
        day = born.day + (40 if sex == "F" else 0)
        serial = f"{number + 1:03d}{draw(st.integers(1, 9))}"
        found.append(
            {
                "nik": f"517101{day:02d}{born.month:02d}{born.year % 100:02d}{serial}",
                "name": draw(_NAMES),
                "birth_date": born,
                "sex": sex,
                "phone": f"08{draw(st.integers(10**8, 10**10 - 1))}",
                "occupation": draw(st.sampled_from(sorted(OCCUPATIONS))),
                "income": draw(st.integers(1, 90)) * 100_000,
                "heir": draw(_NAMES),
                "relationship": draw(st.sampled_from(sorted(RELATIONSHIPS))),
            }
        )
    return found


@st.composite
def shapes(draw: st.DrawFn) -> dict[str, Any]:
    """Return how a list is written: kind of file, order and words of its headings, its days."""
    return {
        "kind": draw(st.sampled_from(("csv", "tsv", "utf-16", "xlsx"))),
        "order": draw(st.permutations(list(HEADINGS))),
        "headings": {field: draw(st.sampled_from(words)) for field, words in HEADINGS.items()},
        "title_rows": draw(st.integers(0, 2)),
        "day": draw(st.sampled_from(("%Y-%m-%d", "%d/%m/%Y", "%d-%m-%Y", "words", "cell"))),
        "woman": draw(st.sampled_from(("P", "Perempuan", "F"))),
        "dots": draw(st.booleans()),
    }


def cell(field: str, value: Any, shape: dict[str, Any]) -> Any:
    if field == "birth_date":
        if shape["day"] == "words":
            return f"{value.day} {_MONTHS[value.month - 1]} {value.year}"
        if shape["day"] == "cell":
            return value if shape["kind"] == "xlsx" else value.isoformat()
        return value.strftime(shape["day"])
    if field == "sex":
        man = {"P": "L", "Perempuan": "Laki-laki", "F": "M"}[shape["woman"]]
        return shape["woman"] if value == "F" else man
    if field == "income" and shape["dots"]:
        return f"Rp{value:,}".replace(",", ".")
    return value


def write(path: Path, rows: Sequence[Sequence[Any]], kind: str) -> Path:
    if kind == "xlsx":
        book = openpyxl.Workbook()
        for row in rows:
            book.active.append(list(row))
        book.save(path.with_suffix(".xlsx"))
        return path.with_suffix(".xlsx")
    encoding = "utf-16" if kind == "utf-16" else "utf-8"
    with path.with_suffix(".csv").open("w", encoding=encoding, newline="") as file:
        csv.writer(file, delimiter="\t" if kind == "tsv" else ";").writerows(rows)
    return path.with_suffix(".csv")


@pytest.fixture
def fresh(ready_home: Cli, tmp_path: Path) -> Path:
    return Path(shutil.copytree(ready_home.home, tmp_path / "home"))


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(everyone=people(), shape=shapes())
def test_any_people_in_any_shape_come_through_a_list_as_they_are(
    fresh: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    everyone: list[dict[str, Any]],
    shape: dict[str, Any],
) -> None:
    home = shutil.copytree(fresh, tmp_path / "one", dirs_exist_ok=True)
    rows: list[list[Any]] = [["Daftar anggota"]] * shape["title_rows"]
    rows.append([shape["headings"][field] for field in shape["order"]])
    rows += [[cell(field, one[field], shape) for field in shape["order"]] for one in everyone]
    path = write(tmp_path / "list", rows, shape["kind"])
    app = throwaway_app(home, PASSPHRASE, "")
    options = ImportOptions(path, accept=True, attested=True, consent="spoken")
    result = import_file(app, options, SpokenWords(), Written())
    assert result.data["recorded"] == len(everyone), result
    with app.store() as store:
        kept = [each.worker for each in Records(store, "", "").each()]
    assert sorted(map(core, kept)) == sorted(map(wanted, everyone))


def wanted(one: dict[str, Any]) -> tuple[Any, ...]:
    return (
        one["nik"], one["name"], one["birth_date"].isoformat(), one["sex"],
        "+62" + one["phone"][1:], one["occupation"], one["income"], one["heir"],
        one["relationship"],
    )  # fmt: skip


def core(worker: dict[str, Any]) -> tuple[Any, ...]:
    [occupation], [heir] = worker["occupations"], worker["heirs"]
    return (
        worker["nik"], worker["name"], worker["birth_date"], worker["sex"], worker["phone"],
        occupation["code"], worker["income"], heir["name"], heir["relationship"],
    )  # fmt: skip
