"""What the program itself reports of workers it was given, through its own store, is the truth."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import test_truth_rows as truth
from command_line import Cli
from field_work import lines, quicken
from region.bodies import worker_of
from region.records import Member
from region.region import Region
from region.truth import Sums, Truth
from region.truth_cover import CoverTruth

REGION = Region(seed=21, agents=4, members=15)
KEPT = (
    "no_phone",
    "no_address",
    "no_heir",
    "one_word_name",
    "nik_region_unknown",
    "nik_region_retired",
    "nik_birth_differs",
    "nik_sex_differs",
)


def taken(member: Member) -> Member:
    """Return a member as a store has it that nobody answered for: pending, nothing paid."""
    return member._replace(standing="pending", payments=(), returns=(), codes=())


@pytest.fixture(scope="module")
def members() -> list[Member]:
    return [taken(each) for each in REGION.all_records() if isinstance(each, Member)]


@pytest.fixture(scope="module")
def program(members: list[Member], tmp_path_factory: pytest.TempPathFactory) -> Cli:
    made = Cli(tmp_path_factory.mktemp("program"))
    made.set_up()
    quicken(made)
    said = made.run("daftar", "--berkas", "-", stdin=lines(*map(worker_of, members)))
    assert said.code == 0, said
    return made


def sections(program: Cli, *asked: str) -> dict[str, Any]:
    """Return what a report tells, by the key of its section."""
    data = program.run("report", *asked).data
    return dict(data["sections"]) if "sections" in data else {"": data}


def test_enrolments_of_a_store_are_those_that_were_typed(
    program: Cli, members: list[Member]
) -> None:
    told = Truth(members, date(2999, 1, 1))
    [flat] = sections(program, "summary").values()
    names = {"program": "programs"}
    for dimension in ("total", "region", "program", "sector", "payer", "state"):
        found = {
            (row["key"],): {name: row[name] for name in ("records_pending", "amount_pending")}
            for row in flat["items"]
            if row["dimension"] == dimension
        }
        true: Sums = told.enrolments(names.get(dimension, dimension))
        assert found == truth.columns(true, "records_pending", "amount_pending")


def test_findings_of_a_store_are_those_that_were_drawn(program: Cli, members: list[Member]) -> None:
    [flat] = sections(program, "quality").values()
    true = Truth(members, date(2999, 1, 1)).quality()
    found = {row["finding"]: row["records_pending"] for row in flat["items"]}
    assert {name: found[name] for name in KEPT} == {
        name: true[name]["pending"] if name in true else 0 for name in KEPT
    }


def test_nobody_of_a_store_without_money_is_covered(program: Cli, members: list[Member]) -> None:
    on = datetime.now(UTC).date() + timedelta(days=2)  # later than the records, on any clock
    [flat] = sections(program, "due", "--on", on.isoformat()).values()
    found = {
        (row["cover"],): {name: row[name] for name in row if name != "cover"}
        for row in flat["items"]
    }
    true = CoverTruth(Truth(members, on)).due()
    assert set(true) <= {("never",), ("not_begun",)}
    assert truth.without_zeros(found) == truth.without_zeros(true)


def test_names_and_niks_stay_in_the_store(
    program: Cli, members: list[Member], tmp_path: Path
) -> None:
    folder = tmp_path / "week"
    program.run("report", "weekly", "--output", f"{folder}/", "--format", "csv,jsonl")
    told = "".join(path.read_text(encoding="utf-8") for path in folder.iterdir())
    assert told
    for member in members:
        worker = worker_of(member)
        assert worker["nik"] not in told
        if len(worker["name"]) > 8:  # a short one is a part of many a word
            assert worker["name"] not in told
