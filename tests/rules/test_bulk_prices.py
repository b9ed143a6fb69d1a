"""Many at once says the same as one at a time, to the rupiah, the warning and the fault."""

from __future__ import annotations

import csv
import io
import json
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import oracle
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from perisai_cli.actions import bulk, bulk_csv
from perisai_cli.actions.contribution import BpuOptions, contribution_bpu
from perisai_cli.cli import main
from perisai_cli.domain import terms
from perisai_cli.domain.errors import InvalidInput, NoRuleInForce
from perisai_cli.domain.period import Month
from perisai_cli.rules.bulk import Prices
from perisai_cli.rules.contribution import quote_bpu
from perisai_cli.rules.law import load_law
from perisai_cli.rules.request import BpuRequest

LAW = load_law()
NOW = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)
PRICES = Prices(LAW)
PROGRAMS = [("jkk", "jkm"), ("jkk", "jkm", "jht"), ("jkk",), ("jkm",), ("jht",), ("jkm", "jht")]
EDGES = [low + step for low, *_ in oracle.TIERS for step in (-1, 0, 1)]

months = st.builds(
    Month, st.integers(2015, 2031), st.integers(1, 12)
).filter(lambda month: month >= Month(2015, 5))  # fmt: skip
incomes = st.sampled_from(EDGES).filter(bool) | st.integers(1, 25_000_000)
requests = st.builds(
    BpuRequest,
    tier=st.integers(1, 33),
    programs=st.sampled_from(PROGRAMS),
    start=months,
    months=st.integers(1, 30),
    sector=st.sampled_from(terms.SECTORS),
    payer=st.sampled_from(terms.PAYERS),
    owner=st.booleans(),
    income=st.none() | incomes.filter(lambda income: income > 0),
)


@given(requests)
def test_a_price_is_the_quote_without_its_lines(request_: BpuRequest) -> None:
    if request_.start < Month(2015, 7):
        for price in (lambda: quote_bpu(request_, LAW), lambda: PRICES.price(request_)):
            with pytest.raises(NoRuleInForce) as caught:
                price()
            assert caught.value.code == "rule.not_in_force"
        return
    quote, priced = quote_bpu(request_, LAW), PRICES.price(request_)
    assert (priced.tier, priced.base, priced.total) == (quote.tier, quote.base, quote.total)
    assert priced.by_program == quote.by("code")
    assert priced.by_month == quote.by("month")
    assert {priced.borne_by: priced.total} == quote.by("borne_by")
    assert priced.warned == tuple(sorted({warning.code for warning in quote.warnings}))


@given(requests.filter(lambda each: each.start >= Month(2015, 7)))
def test_a_price_is_the_oracle_s(request_: BpuRequest) -> None:
    month = request_.start.year * 100 + request_.start.month
    total = 0
    for _ in range(request_.months):
        for programme in request_.programs:
            who = (request_.sector, request_.payer, request_.owner)
            total += oracle.price(request_.tier, programme, month, *who)
        month = oracle.following(month)
    assert PRICES.price(request_).total == total


@pytest.mark.parametrize("tier", [0, 34, -1])
def test_a_tier_that_is_not_there_is_refused(tier: int) -> None:
    request_ = BpuRequest(tier, ("jkk", "jkm"), Month(2026, 5), 1)
    with pytest.raises(InvalidInput) as caught:
        PRICES.price(request_)
    assert caught.value.code == "tier.value"


def test_what_is_kept_does_not_grow_with_the_months_asked_for() -> None:
    prices = Prices(LAW)
    for year in range(2016, 2400):
        prices.price(BpuRequest(1, ("jkm",), Month(year, 1), 12))
    assert len(prices._kept) <= len(prices._edges) + 1 < 30


def test_what_a_sheet_keeps_has_a_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bulk_csv, "MAX_KINDS", 3)
    monkeypatch.setattr(bulk_csv, "MAX_TAILS", 4)
    found = [
        {**dict.fromkeys(cells, ""), "income": str(low or 1), "start": f"2026-{month:02d}"}
        for low, *_ in oracle.TIERS[:6]
        for month in (*range(1, 6), *range(5, 0, -1))
    ]
    answers, _ = csv_answers(as_csv(found), counter())
    for answer, row in zip(answers, found, strict=True):
        assert agrees(answer, row), (answer, row)


# --- a file of rows -------------------------------------------------------------------------------

cells = {
    "income": st.sampled_from(["", "0", "abc", "1.500.000", "Rp2.000.000", "15e5", "1500000.5", "٣",
                               "1_000", "+5", " 900000 ", "-1", str(10**15), str(10**12)])
    | incomes.map(str),
    "tier": st.sampled_from(["", "", "", "1", "33", "0", "34", "x", "007"]),
    "program": st.sampled_from(["", "jkk,jkm", "jkk,jkm,jht", "JKM, JKK", "jht", "jp", "jkk;jkm"]),
    "sector": st.sampled_from(["", "other", "transport", "sea"]),
    "payer": st.sampled_from(["", *terms.PAYERS, "state"]),
    "start": st.sampled_from(["", "2026-12", "2026-3", "2015-06", "2015-07", "2026-03", "3000-01"]),
    "months": st.sampled_from(["", "1", "12", "60", "61", "0", "2", "1000"]),
    "owner": st.sampled_from(["", "true", "false", "ya", "TIDAK", "1", "maybe"]),
}  # fmt: skip
rows = st.fixed_dictionaries(cells)


def singly(row: dict[str, str]) -> tuple[str, ...] | dict[str, Any]:
    """Return what the command for one member says of a row: its data, or its codes."""
    given_ = {name: text.strip() for name, text in row.items() if text.strip()}
    owner = given_.pop("owner", "").lower()
    known = owner in ("", "true", "false", "ya", "tidak", "1")
    faults = () if known else ("owner.format",)
    try:
        options = BpuOptions(**given_, owner=owner in ("true", "ya", "1"))
        data = contribution_bpu(options, NOW).data
    except InvalidInput as error:
        return (*(problem.code for problem in error.problems), *faults)
    except NoRuleInForce as error:
        return faults or (error.code,)
    return faults or data


def as_csv(found: list[dict[str, str]], mark: str = ",") -> bytes:
    page = io.StringIO()
    writer = csv.DictWriter(page, ["id", *cells], delimiter=mark)
    writer.writeheader()
    writer.writerows({"id": f"w-{index}", **row} for index, row in enumerate(found))
    return page.getvalue().encode()


def counter() -> bulk.Counter:
    return bulk.Counter(BpuOptions(), NOW, lambda _problems: None)


def csv_answers(text: bytes, using: bulk.Counter) -> tuple[list[dict[str, str]], bulk.Tally]:
    out = io.StringIO()
    with bulk_csv.open_table(io.BytesIO(text)) as table:
        tally = bulk_csv.price_csv(table, out, using)
    return list(csv.DictReader(io.StringIO(out.getvalue()), delimiter=table.mark)), tally


def agrees(answer: dict[str, str], row: dict[str, str]) -> bool:
    single = singly(row)
    if isinstance(single, tuple):
        numbers = {answer[name] for name in bulk_csv.ANSWERED}
        return (answer["error"].split(), numbers) == (list(single), {""})
    programs = single["totals"]["by_program"]
    expected = {
        **{name: single[name] for name in ("tier", "base", "total")},
        **{name: single["totals"][name] for name in ("member", "sponsor", "government")},
        **{name: programs.get(name, 0) for name in terms.PROGRAMS},
    }
    return answer["error"] == "" and expected == {
        name: int(answer[name]) for name in bulk_csv.ANSWERED
    }


@settings(deadline=None)
@given(st.lists(rows, min_size=1, max_size=12), st.sampled_from(",;"))
def test_every_row_of_a_csv_is_answered_as_if_alone(found: list[dict[str, str]], mark: str) -> None:
    twice = [*found, *found]  # the second time, what was kept answers
    using = counter()
    # With semicolons a header holds no comma; with commas, cells with commas stand in quotes.
    answers, tally = csv_answers(as_csv(twice, mark), using)
    assert [answer["id"] for answer in answers] == [f"w-{index}" for index in range(len(twice))]
    for answer, row in zip(answers, twice, strict=True):
        assert agrees(answer, row), (answer, row)
    assert (tally.rows, tally.refused) == (
        len(twice), sum(isinstance(singly(row), tuple) for row in twice),
    )  # fmt: skip


@settings(deadline=None)
@given(st.lists(rows, min_size=1, max_size=6))
def test_every_object_of_json_lines_is_answered_as_if_alone(found: list[dict[str, str]]) -> None:
    out = io.StringIO()
    numbered = list(enumerate(found, 1))
    bulk.price_json(numbered, out, counter(), lambda problem: {"code": problem.code})
    for answer, row in zip(map(json.loads, out.getvalue().splitlines()), found, strict=True):
        single = singly(row)
        if isinstance(single, tuple):
            assert [error["code"] for error in answer["errors"]] == list(single)
        else:
            assert {name: answer[name] for name in ("total", "tier", "base", "totals")} == {
                name: single[name] for name in ("total", "tier", "base", "totals")
            }


def test_json_values_are_read_as_what_they_are() -> None:
    held = [
        {"income": 1_500_000, "programs": ["jkk", "jkm", "jht"], "owner": True, "id": 7},
        {"income": 1_500_000.0},
        {"income": 150.125},
        {"income": True},
        {"tier": 3, "months": 3, "sector": None, "start": "2026-12"},
        {"income": 1_500_000, "name": "x"},
        {"income": {"a": 1}},
    ]
    out = io.StringIO()
    bulk.price_json(list(enumerate(held, 1)), out, counter(), lambda found: {"code": found.code})
    answers = [json.loads(line) for line in out.getvalue().splitlines()]
    assert answers[0] | {"warnings": 0} == answers[0] | {
        "row": 1,
        "id": 7,
        "total": 54_800,
        "warnings": 0,
    }
    assert [answer.get("errors", [{}])[0].get("code") for answer in answers] == [
        None, "income.value", "income.value", "income.value", None, "column.unknown", "income.value",
    ]  # fmt: skip


# --- the command ----------------------------------------------------------------------------------


def command(tmp_path: Path, text: str, *more: str) -> int:
    file = tmp_path / "workers.csv"
    file.write_bytes(text.encode())
    return main.run(["iuran", "bpu", "--berkas", str(file), *more])


HEADER = "id,income,start\n"
GOOD, BAD = "a,1500000,2026-12\n", "b,x,2026-12\n"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (HEADER + GOOD, 0),
        (HEADER + GOOD + BAD, 3),
        (HEADER + BAD, 2),
        (HEADER + "a,1500000,2015-06\n", 2),
        (HEADER, 2),
        ("", 2),
        ("\n\n", 2),
    ],
)
def test_the_exit_code_counts_the_refused(
    text: str, code: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert command(tmp_path, text) == code
    capsys.readouterr()


@pytest.mark.parametrize(
    ("header", "code"),
    [("id,income,start,name", "column.unknown"), ("income,penghasilan", "column.twice")],
)
def test_a_column_that_is_not_known_stops_before_a_sum_is_wrong(
    header: str, code: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert command(tmp_path, f"{header}\n1,2,3,4\n", "--json") == 2
    document = json.loads(capsys.readouterr().out)
    assert document["errors"][0]["code"] == code
    assert document["errors"][0]["remedy"]


def test_a_row_with_more_or_fewer_cells_is_refused_alone(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = HEADER + "a,1500000,jkk,jkm\n" + "a,1500000\n" + '\n"b ""x""",1500000,2026-12\n'
    assert command(tmp_path, text) == 3
    found = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    assert [row["error"] for row in found] == ["row.cells", "row.cells", ""]
    assert found[2]["id"] == 'b "x"'
    assert found[2]["total"] == "11400"


def test_rows_without_an_id_go_by_their_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert (
        command(tmp_path, "\ufeffpenghasilan;bulan\r\n1500000;1\r\n\r\nx;1\r\n", "--lang", "en")
        == 3
    )
    told = capsys.readouterr()
    assert [line.split(";")[0] for line in told.out.splitlines()] == ["row", "2", "4"]
    assert "Row 4." in told.err
    assert "1 row(s) calculated, 1 refused" in told.err


def test_options_stand_for_what_a_row_leaves_out(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    more = ("--sektor", "transport", "--mulai", "2026-02", "--pemilik")
    assert command(tmp_path, "id,income,sector,owner\na,1,,no\nb,1,other,\n", *more) == 0
    found = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    assert [row["total"] for row in found] == ["8400", "16800"]


@pytest.mark.parametrize("option", ["--tier", "--income"])
def test_income_and_tier_are_the_rows_own(
    option: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert command(tmp_path, HEADER + GOOD, option, "1", "--json") == 2
    assert json.loads(capsys.readouterr().out)["errors"][0]["code"] == "file.row_decides"


def test_json_asked_for_gives_a_result_a_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert command(tmp_path, HEADER + GOOD + BAD + "c,1\n", "--json") == 3
    good, bad, short = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert (good["row"], good["id"], good["total"]) == (2, "a", 11_400)
    assert (bad["id"], bad["errors"][0]["code"], bad["errors"][0]["row"]) == (
        "b",
        "income.value",
        3,
    )
    assert short["errors"][0]["code"] == "row.cells"


def test_a_pipe_of_json_lines_goes_to_a_file(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    piped = io.TextIOWrapper(io.BufferedReader(io.BytesIO(b'{"tier": 1, "start": "2026-05"}\n{\n')))
    monkeypatch.setattr(sys, "stdin", piped)
    target = tmp_path / "out.jsonl"
    assert main.run(["iuran", "bpu", "--file", "-", "-o", str(target), "--json"]) == 3
    document = json.loads(capsys.readouterr().out)
    assert document["status"] == "partial"
    assert document["data"] == {
        "rows": 2, "accepted": 1, "refused": 1, "path": str(target.resolve()),
    }  # fmt: skip
    first, second = [json.loads(line) for line in target.read_text().splitlines()]
    assert first["total"] == 8_400
    assert second["errors"][0]["code"] == "json.syntax"


def test_no_file_is_left_when_nothing_can_be_read(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert command(tmp_path, "name\nx\n", "-o", str(tmp_path / "out.csv")) == 2
    assert not (tmp_path / "out.csv").exists()
    assert main.run(["iuran", "bpu", "--file", str(tmp_path / "none.csv")]) == 2
    assert main.run(["iuran", "bpu", "--tier", "1", "-o", "x.csv"]) == 2
    capsys.readouterr()


def test_many_refused_rows_are_told_up_to_a_point(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert command(tmp_path, HEADER + BAD * 50, "--lang", "en") == 2
    told = capsys.readouterr()
    assert told.err.count("[income.value]") == 20
    assert "More rows were refused" in told.err
    assert told.out.count("income.value") == 50
