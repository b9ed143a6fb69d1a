"""Every report's rows are the true totals of a made-up region."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date, timedelta
from decimal import ROUND_HALF_EVEN, Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from region.calendar import day_number, month_text
from region.filling import fill_with
from region.records import Event, Member
from region.region import Region
from region.truth import Sums, Truth
from region.truth_cover import CoverTruth

from perisai_cli.actions.report_sources import DatasetSource
from perisai_cli.domain.coverage import packaged
from perisai_cli.reports.asked import FIRST, LAST, Asked
from perisai_cli.reports.catalogue import build
from perisai_cli.reports.model import Origin, Report, Section
from perisai_cli.rules.law import load_law
from perisai_cli.storage.dataset import passing_dataset
from perisai_cli.storage.vault import Vault

DAY = date(2026, 11, 22)
DAYS = (
    date(2025, 12, 31), date(2026, 6, 30), DAY, DAY + timedelta(days=9), date(2027, 1, 1),
    date(2027, 3, 31), date(2027, 4, 1),
)  # fmt: skip
"""Two days in the middle of what was recorded, its last day, and both sides of changes of price."""

SMALL = Region(seed=7, agents=5, members=60, day=DAY)


class World:
    """A region in a dataset, and its truth, on a day."""

    def __init__(self, source: DatasetSource, records: list[Member | Event], day: date):
        self.source, self.day = source, day
        self.truth = Truth(records, day)
        self.cover = CoverTruth(self.truth)

    def report(self, name: str, since: date = FIRST, until: date = LAST) -> Report:
        """Build a report of the region."""
        asked = Asked(self.day, since, until, load_law(), packaged(), None)
        return build(name, self.source, asked)

    def section(self, name: str, key: str) -> Section:
        """Build a report and return one of its sections."""
        return next(each for each in self.report(name).sections if each.key == key)


@contextmanager
def a_world(region: Region, day: date) -> Iterator[World]:
    """Yield a region in a dataset in memory."""
    with a_world_of(list(region.all_records()), day) as world:
        yield world


@contextmanager
def a_world_of(records: list[Member | Event], day: date) -> Iterator[World]:
    """Yield records in a dataset in memory."""
    kept = passing_dataset(Vault(bytes(32)))
    try:
        fill_with(kept, records)
        yield World(DatasetSource(kept, Origin("merged", "5", "")), records, day)
    finally:
        kept.close()


@pytest.fixture(scope="module", params=DAYS, ids=str)
def world(request: pytest.FixtureRequest) -> Iterator[World]:
    with a_world(SMALL, request.param) as made:
        yield made


def rows_of(section: Section, *keys: str) -> dict[tuple[str, ...], dict[str, int]]:
    """Return a section's numbers by its keys; a number that is 0 is left out."""
    found: dict[tuple[str, ...], dict[str, int]] = {}
    for row in section.rows:
        key = tuple(str(row[name]) for name in keys)
        assert key not in found, f"{section.key}: {key} stands there twice"
        found[key] = {
            name: value
            for name, value in row.items()
            if name not in keys and isinstance(value, int) and value
        }
    return found


def without_zeros(
    sums: Mapping[tuple[str, ...], Mapping[str, int]],
) -> dict[tuple[str, ...], dict[str, int]]:
    """Return sums that are not 0, and keys that have any."""
    kept = {key: {name: value for name, value in row.items() if value} for key, row in sums.items()}
    return {key: row for key, row in kept.items() if row}


def share(part: int, whole: int) -> Decimal | None:
    """Return a percentage to two decimals."""
    if not whole:
        return None
    return (Decimal(100) * part / whole).quantize(Decimal("0.01"), ROUND_HALF_EVEN)


def columns(sums: Sums, *names: str) -> Sums:
    """Return some columns of sums."""
    return {key: type(row)({name: row[name] for name in names}) for key, row in sums.items()}


CLASSES = ("accepted", "pending", "held", "refused")
APART = tuple(f"{what}_{name}" for what in ("records", "amount") for name in CLASSES)


def equal(section: Section, keys: tuple[str, ...], sums: Sums) -> None:
    """Fail unless a section's rows, and its total where it has one, are these sums."""
    found = without_zeros(rows_of(section, *keys))
    assert found == without_zeros(sums)
    if section.total is not None:
        named = {name for row in sums.values() for name in row}
        for name in named:
            assert section.total[name] == sum(row[name] for row in sums.values()), name


@pytest.mark.parametrize("dimension", ["region", "agent", "programs", "sector", "payer", "month"])
def test_enrolments_are_counted_once_under_every_dimension(world: World, dimension: str) -> None:
    section = world.section("summary", f"enrolled_{dimension}")
    equal(section, (dimension,), columns(world.truth.enrolments(dimension), *APART))


def test_the_flat_table_of_enrolments_tells_every_standing(world: World) -> None:
    flat = world.report("summary").flat
    assert flat is not None
    names = {"program": "programs", "period": "month"}
    standings = ("accepted", "pending", "held", "needs_fix", "duplicate", "conflict", "withdrawn")
    told = tuple(f"{what}_{name}" for what in ("records", "amount") for name in standings)
    for dimension in {str(row["dimension"]) for row in flat.rows}:
        found = {
            (str(row["key"]),): {name: row[name] for name in ("records", "amount", *told)}
            for row in flat.rows
            if row["dimension"] == dimension
        }
        true = world.truth.enrolments(names.get(dimension, dimension))
        assert without_zeros(found) == without_zeros(columns(true, "records", "amount", *told))  # type: ignore[arg-type]


def test_enrolments_of_a_span_are_those_of_its_days_on_the_agents_clock(world: World) -> None:
    eve = date(2025, 12, 31)
    for since, until in ((eve, eve), (eve + timedelta(days=1), date(2026, 1, 31))):
        report = world.report("summary", since, until)
        [section] = [each for each in report.sections if each.key == "enrolled_agent"]
        true = world.truth.enrolments("agent", day_number(since), day_number(until))
        assert true or since > world.day
        equal(section, ("agent",), columns(true, *APART))


def test_contributions_have_each_months_own_price(world: World) -> None:
    section = world.section("contributions", "contributions")
    true = {
        key: type(row)({f"contribution_{name}": count for name, count in row.items()})
        for key, row in world.truth.contributions().items()
    }
    equal(section, ("month", "program", "payer"), true)
    by_month: Sums = {}
    for (month, _, _), row in true.items():
        by_month.setdefault((month,), type(row)()).update(row)
    equal(world.section("contributions", "contributions_by_month"), ("month",), by_month)


def test_contributions_sum_to_the_money_that_was_paid(world: World) -> None:
    total = world.section("contributions", "contributions").total
    assert total is not None
    paid = sum(each.amount for each in world.truth.payments if each.standing != "withdrawn")
    assert sum(int(str(value)) for value in total.values() if value is not None) == paid


def test_a_sum_that_the_law_does_not_explain_stays_whole() -> None:
    records = list(Region(seed=8, agents=1, members=10, day=DAY).all_records())
    place, member = next(
        (place, each)
        for place, each in enumerate(records)
        if isinstance(each, Member) and each.payments and each.payments[0].standing == "accepted"
    )
    first, *others = member.payments
    odd = first._replace(amount=first.amount + 1, moved=(("confirmed", first.moment),))
    plain = list(records)
    plain[place] = member._replace(payments=(*others,))
    true = Truth(plain, DAY).contributions()
    records[place] = member._replace(payments=(odd, *others))
    with a_world_of(records, DAY) as world:
        section = world.section("contributions", "contributions")
    found = rows_of(section, "month", "program", "payer")
    key = (month_text(odd.start), "unsplit", odd.wish.payer)
    assert found.pop(key) == {"contribution_accepted": odd.amount}
    assert found == without_zeros(
        {k: {f"contribution_{name}": n for name, n in row.items()} for k, row in true.items()}
    )


def test_money_is_told_by_state_and_age(world: World) -> None:
    section = world.section("money", "money_by_age")
    equal(section, ("money", "age_days"), columns(world.truth.money(), *APART))


def test_money_in_hand_is_told_by_agent(world: World) -> None:
    section = world.section("money", "money_by_agent")
    found = {
        (row["agent"], row["class"]): (
            {
                money: row[f"amount_{money}"]
                for money in ("promised", "received", "remitted", "confirmed")
            },
            row["oldest_cash"],
        )
        for row in section.rows
    }
    true = world.truth.money_by_agent()
    assert {name: cash for name, (_, cash) in found.items()} == {
        name: cash for name, (_, cash) in true.items()
    }
    for name, (sums, _) in found.items():
        assert sums == {money: true[str(name[0]), str(name[1])][0][money] for money in sums}


def test_no_cash_that_was_taken_is_missing_from_the_table_by_agent(world: World) -> None:
    counted = {
        money: sum(
            payment.amount
            for payment in world.truth.payments
            if payment.money == money and payment.standing != "withdrawn"
        )
        for money in ("received", "remitted")
    }
    rows = world.section("money", "money_by_agent").rows
    for money, amount in counted.items():
        assert sum(int(str(row[f"amount_{money}"])) for row in rows) == amount


def test_cover_is_told_from_confirmed_months(world: World) -> None:
    equal(world.section("due", "due_by_state"), ("cover",), world.cover.due())
    equal(world.section("due", "due_by_agent"), ("agent", "class"), world.cover.due_by_agent())


def test_retention_counts_each_member_and_month_once(world: World) -> None:
    found = {
        (row["cohort"], row["month_after"]): (row["members"], row["protected"], row["share"])
        for row in world.section("retention", "retention").rows
    }
    true: dict[tuple[object, object], tuple[object, ...]] = {
        ("all", after): (*pair, share(pair[1], pair[0]))
        for after, pair in world.cover.retention_of_all().items()
    }
    true |= {
        (month_text(cohort), after): (*pair, share(pair[1], pair[0]))
        for (cohort, after), pair in world.cover.retention().items()
    }
    assert found == true


def test_the_league_weighs_by_members_still_protected(world: World) -> None:
    section = world.section("agents", "agents")
    true = world.cover.league()
    names = (
        "eligible_1",
        "protected_1",
        "eligible_3",
        "protected_3",
        "eligible_6",
        "protected_6",
        "points",
        "heads",
        "heads_waiting",
    )
    found = {str(row["agent"]): {name: row[name] for name in names} for row in section.rows}
    assert found == {agent: {name: sums[name] for name in names} for agent, sums in true.items()}
    for row in section.rows:
        assert row["share_6"] == share(int(str(row["protected_6"])), int(str(row["eligible_6"])))
    points = [int(str(row["points"])) for row in section.rows]
    assert points == sorted(points, reverse=True)
    judged = [row for row in section.rows if row["eligible_1"]]
    assert [row["rank"] for row in judged] == list(range(1, len(judged) + 1))
    assert [row["rank"] for row in section.rows if not row["eligible_1"]] == [None] * (
        len(points) - len(judged)
    )


@pytest.mark.parametrize(
    ("key", "by"), [("relief", None), ("relief_by_region", "region"), ("relief_by_agent", "agent")]
)
def test_the_relief_report_tells_who_pays_more_from_which_month(
    world: World, key: str, by: str | None
) -> None:
    keys = ("from_month", "sector", *([by] if by else []))
    equal(world.section("relief", key), keys, world.cover.relief(by))


def test_returned_records_are_told_by_reason(world: World) -> None:
    found = {
        (row["kind"], row["standing"], row["reason"]): row["records"]
        for row in world.section("returned", "returned").rows
    }
    assert found == dict(world.truth.returned())


def test_every_kind_and_standing_is_told(world: World) -> None:
    found = {
        (row["kind"], row["standing"]): (row["records"], row["amount"])
        for row in world.section("returned", "standings").rows
    }
    assert found == world.truth.standings()


def test_findings_about_data_are_counted(world: World) -> None:
    true = world.truth.quality()
    members = true.pop("members", Counter())
    found = {str(row["finding"]): row for row in world.section("quality", "quality").rows}
    counted = {
        name: {each: row[f"records_{each}"] for each in CLASSES if row[f"records_{each}"]}
        for name, row in found.items()
    }
    assert counted.pop("month_paid_twice") == dict(+world.truth.paid_twice())
    assert counted.pop("payment_without_member") == {}
    assert {name: row for name, row in counted.items() if row} == {
        name: dict(sums) for name, sums in true.items()
    }
    for name in counted:
        part = true.get(name, Counter())["accepted"]
        assert found[name]["of_accepted"] == share(part, members["accepted"])


def test_the_funnel_counts_events_that_were_held(world: World) -> None:
    section = world.section("funnel", "funnel")
    names = ("events", "attended", "interested", "enrolled", "paid")
    found = {
        (str(row["agent"]), str(row["class"])): {name: int(str(row[name])) for name in names}
        for row in section.rows
    }
    assert without_zeros(found) == without_zeros(world.truth.funnel())


def test_coverage_tells_the_members_here(world: World) -> None:
    true = world.cover.coverage()
    found = {
        str(row["province"]): row["members_here"]
        for row in world.section("coverage", "coverage_provinces").rows
    }
    assert found == {province: true[province] for province in found}
    for row in world.section("coverage", "coverage").rows:
        code = str(row["code"])
        if code.isdigit():
            assert row["members_here"] == true[code], code


def test_who_has_paid_ahead_for_a_first_month_to_come_pays_no_more_than_before() -> None:
    ahead = Region(seed=99, agents=30, members=400, day=DAY)
    records = [
        member
        for number in range(30)
        for member in ahead.records(ahead.agent(number))
        if isinstance(member, Member) and month_text(member.start) == "2027-01"
    ]
    assert any(payment.money == "confirmed" for each in records for payment in each.payments)
    with a_world_of(records, DAY) as world:
        found = rows_of(world.section("relief", "relief"), "from_month")
        assert set(found) == {("2027-04",)}, "January is nobody's second month here"
        equal(world.section("due", "due_by_state"), ("cover",), world.cover.due())


@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    seed=st.integers(0, 10**6),
    agents=st.integers(0, 4),
    members=st.integers(0, 25),
    day=st.sampled_from([date(2026, 1, 1), date(2026, 4, 30), DAY, date(2027, 1, 15)]),
    later=st.integers(-200, 150),
)
def test_any_region_is_told_truly(
    seed: int, agents: int, members: int, day: date, later: int
) -> None:
    region = Region(seed, agents, members, day, extras=200)
    with a_world(region, day + timedelta(days=later)) as world:
        for dimension in ("region", "payer", "month"):
            test_enrolments_are_counted_once_under_every_dimension(world, dimension)
        test_contributions_have_each_months_own_price(world)
        test_money_is_told_by_state_and_age(world)
        test_cover_is_told_from_confirmed_months(world)
        test_retention_counts_each_member_and_month_once(world)
        test_the_league_weighs_by_members_still_protected(world)
        test_the_relief_report_tells_who_pays_more_from_which_month(world, "relief", None)
        test_returned_records_are_told_by_reason(world)
        test_every_kind_and_standing_is_told(world)
        test_findings_about_data_are_counted(world)
        test_the_funnel_counts_events_that_were_held(world)
        test_coverage_tells_the_members_here(world)
