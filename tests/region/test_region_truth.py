"""The made-up region is believable and stable, and its truth is right where a hand can add it up."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from datetime import UTC, date, datetime
from itertools import islice

import pytest

from perisai_cli.domain.enrolment import read_worker
from perisai_cli.domain.facts import Whose, held_of, member_of, paid_of, returned_of
from perisai_cli.domain.ids import is_id
from perisai_cli.domain.period import Month
from perisai_cli.rules.bulk import Prices
from perisai_cli.rules.law import load_law
from perisai_cli.rules.request import BpuRequest
from region.bodies import STRANGE, bodies, nik_of, worker_of, workers
from region.calendar import MIDNIGHTS, day_text, local_number, month_number, utc_text
from region.facts import enrolled, facts, held, paid, returned, rev_of
from region.records import Agent, Event, Member, Payment, Return, Wish
from region.region import Region
from region.truth import Truth, day_of
from region.truth_cover import CoverTruth, cover_of

DAY = date(2026, 11, 22)
REGION = Region(seed=11, agents=6, members=150, day=DAY)
DIGEST = "8f34a0e05d1c5ba0"


def digest(region: Region) -> str:
    """Return a digest of every fact and every worker of a region."""
    told = hashlib.sha256()
    for fact in facts(region.all_records()):
        told.update(repr(tuple(fact)).encode())
    for worker in workers(region):
        told.update(json.dumps(worker, ensure_ascii=False).encode())
    return told.hexdigest()


def members_of(region: Region) -> list[Member]:
    return [each for each in region.all_records() if isinstance(each, Member)]


# The generator


def test_the_same_seed_gives_the_same_region_and_another_seed_another() -> None:
    small = Region(seed=3, agents=3, members=20, day=DAY)
    assert digest(small) == digest(Region(seed=3, agents=3, members=20, day=DAY))
    assert digest(small) != digest(Region(seed=4, agents=3, members=20, day=DAY))
    assert digest(small)[:16] == DIGEST


def test_an_agent_alone_is_the_agent_among_others() -> None:
    alone = list(REGION.records(REGION.agent(4)))
    among = [each for each in REGION.all_records() if each.agent.number == 4]
    assert alone == among


def test_a_region_of_millions_is_made_as_it_is_read() -> None:
    whole = Region(seed=1, agents=7_500, members=400, day=DAY)
    first = list(islice(whole.all_records(), 500))
    assert first == list(islice(whole.all_records(), 500))
    last = next(iter(whole.records(whole.agent(7_499))))
    assert isinstance(last, Member)
    assert last.number == 2_999_600


def test_shares_are_believable() -> None:
    members = members_of(Region(seed=5, agents=20, members=200, day=DAY))
    standings = Counter(each.standing for each in members)
    assert set(standings) == {
        "accepted",
        "pending",
        "held",
        "needs_fix",
        "duplicate",
        "conflict",
        "withdrawn",
    }
    assert 0.74 < standings["accepted"] / len(members) < 0.82
    payments = [payment for each in members for payment in each.payments]
    assert 1.8 < len(payments) / len(members) < 3.2
    assert {each.months for each in payments} == {1, 3, 6, 12}
    money = Counter(each.money for each in payments)
    assert set(money) == {"promised", "received", "remitted", "confirmed"}
    assert money["confirmed"] > len(payments) * 0.8
    assert any(each.returns for each in members)
    starts = {each.start for each in members}
    assert (min(starts), max(starts)) == (month_number("2025-06"), month_number("2027-01"))
    states = Counter(cover_of(each, month_number("2026-11")).state for each in members)
    assert set(states) == {
        "active", "ending", "grace_1", "grace_2", "grace_3", "lapsed", "never", "not_begun",
    }  # fmt: skip
    assert Truth(members, DAY).paid_twice().total() > 0


def test_both_clocks_and_all_parts_of_the_region_occur() -> None:
    zones = {REGION.agent(number).zone[:2] for number in range(4)}
    assert zones == {"51", "96", "53", "52"}
    moments = {each.moment for each in members_of(REGION)}
    assert moments >= set(MIDNIGHTS)


def test_nothing_happens_after_the_day() -> None:
    for record in REGION.all_records():
        assert day_text(day_of(record)) <= "2026-11-22"
        if isinstance(record, Member):
            for payment in record.payments:
                assert payment.moment >= record.moment
                moments = [moment for _, moment in payment.moved]
                assert moments == sorted(moments)
                assert day_text(local_number(moments[-1], payment.agent.zone)) <= "2026-11-22"


def test_ids_and_niks_are_nobody_elses() -> None:
    members = members_of(REGION)
    ids = [fact.id for fact in facts(REGION.all_records())]
    assert all(map(is_id, ids))
    assert len(set(ids)) == len(ids)
    niks = [worker_of(each)["nik"] for each in members]
    assert len(set(niks)) == len(niks)
    assert all(nik[-4] == "9" for nik in niks)


def test_names_that_break_files_occur() -> None:
    names = {worker["name"] for worker in workers(Region(seed=1, agents=6, members=150, day=DAY))}
    assert len(names & set(STRANGE)) > 2
    assert any(len(name) > 55 for name in names)
    assert any(len(name.split()) == 1 for name in names)


def test_every_worker_is_taken_without_a_fault() -> None:
    now = datetime(2026, 11, 22, 4, tzinfo=UTC)
    for worker in workers(REGION):
        read, faults, _warnings = read_worker(worker, DAY, now)
        assert not faults, faults
        assert read is not None


# Facts of bodies are those that were drawn


def test_facts_read_from_bodies_are_the_facts_that_were_drawn() -> None:
    for kind, record, body in bodies(REGION):
        agent = record.agent
        whose = Whose(
            record.id, rev_of(record), record.standing, agent.name, agent.office, agent.zone
        )
        if isinstance(record, Member):
            assert (kind, member_of(whose, body, DAY)) == ("enrolment", enrolled(record))
        elif isinstance(record, Payment):
            assert (kind, paid_of(whose, body)) == ("payment", paid(record))
        elif isinstance(record, Return):
            assert (kind, returned_of(whose, body)) == ("reactivation", returned(record))
        else:
            assert (kind, held_of(whose, body, record.enrolled, record.paid)) == (
                "outreach",
                held(record),
            )


def test_the_laws_engine_asks_the_same_for_every_payment() -> None:
    prices = Prices(load_law())
    for member in members_of(REGION):
        for payment in member.payments:
            wish = payment.wish
            start = Month(payment.start // 12, payment.start % 12 + 1)
            request = BpuRequest(
                wish.tier, wish.programs, start, payment.months, wish.sector, wish.payer, wish.owner
            )
            assert prices.price(request).total == payment.amount


# The truth, where a hand can add it up

BALI = Agent(0, "A-1", "W-1", "5171")
PAPUA = Agent(1, "A-2", "W-1", "9471")
PLAIN = Wish(("jkk", "jkm"), 1, "other", "self", False)


def a_member(
    number: int, start: str, *, agent: Agent = BALI, standing: str = "accepted", wish: Wish = PLAIN,
    paid_for: tuple[tuple[str, int, str], ...] = (), moment: int = 1_760_000_000,
    flaws: tuple[str, ...] = (), codes: tuple[str, ...] = (), amount: int = 16_800,
) -> Member:  # fmt: skip
    """Return a member; ``paid_for`` are first month, months and state of payments at 16,800 each."""
    member_id = f"member-{number}"
    payments = tuple(
        Payment(
            f"{member_id}-{place}", agent, "accepted", moment, member_id, wish,
            month_number(first), months, 16_800 * months, ((state, moment),), (),
        )
        for place, (first, months, state) in enumerate(paid_for)
    )  # fmt: skip
    return Member(
        member_id, agent, standing, moment, number, agent.zone, agent.zone, agent.zone, flaws, wish,
        month_number(start), 1, amount, codes, payments, (),
    )  # fmt: skip


def confirmed(first: str, months: int = 1) -> tuple[str, int, str]:
    return (first, months, "confirmed")


def test_midnight_is_told_by_the_agents_own_clock() -> None:
    before_papua, papua, before_bali, bali = MIDNIGHTS
    assert utc_text(papua) == "2025-12-31T15:00:00Z"
    assert utc_text(bali) == "2025-12-31T16:00:00Z"
    members = [
        a_member(1, "2026-01", agent=PAPUA, moment=before_papua),
        a_member(2, "2026-01", agent=PAPUA, moment=papua),
        a_member(3, "2026-01", moment=papua),
        a_member(4, "2026-01", moment=before_bali),
        a_member(5, "2026-01", moment=bali),
        a_member(6, "2026-01", moment=bali, standing="conflict"),
    ]
    found = Truth(members, DAY).enrolments("month")
    assert {key: row["records"] for key, row in found.items()} == {("2025-12",): 3, ("2026-01",): 3}
    assert found["2026-01",]["records_accepted"] == 2
    assert found["2026-01",]["amount_refused"] == 16_800


def test_three_months_over_the_price_change_are_parted_by_hand() -> None:
    whole = Wish(("jkk", "jkm", "jht"), 1, "other", "self", False)
    member = a_member(
        1, "2026-11", wish=whole, paid_for=(("2026-11", 3, "confirmed"), ("2026-03", 1, "received"))
    )
    refused = a_member(2, "2026-04", paid_for=(("2026-04", 1, "promised"),))
    refused = refused._replace(payments=(refused.payments[0]._replace(standing="duplicate"),))
    found = Truth([member, refused], DAY).contributions()
    assert {key: dict(row) for key, row in found.items()} == {
        ("2026-11", "jkk", "self"): {"accepted": 5_000},
        ("2026-11", "jkm", "self"): {"accepted": 3_400},
        ("2026-11", "jht", "self"): {"accepted": 20_000},
        ("2026-12", "jkk", "self"): {"accepted": 5_000},
        ("2026-12", "jkm", "self"): {"accepted": 3_400},
        ("2026-12", "jht", "self"): {"accepted": 20_000},
        ("2027-01", "jkk", "self"): {"accepted": 10_000},
        ("2027-01", "jkm", "self"): {"accepted": 6_800},
        ("2027-01", "jht", "self"): {"accepted": 20_000},
        ("2026-03", "jkk", "self"): {"under_way": 10_000},
        ("2026-03", "jkm", "self"): {"under_way": 6_800},
        ("2026-03", "jht", "self"): {"under_way": 20_000},
        ("2026-04", "jkk", "self"): {"refused": 5_000},
        ("2026-04", "jkm", "self"): {"refused": 3_400},
    }


@pytest.mark.parametrize(
    ("start", "paid_for", "state"),
    [
        ("2026-10", (confirmed("2026-10", 3),), "active"),
        ("2026-10", (confirmed("2026-10", 2),), "ending"),
        ("2026-10", (confirmed("2026-11"), confirmed("2027-01")), "ending"),
        ("2026-10", (confirmed("2026-10"),), "grace_1"),
        ("2026-08", (confirmed("2026-08"), confirmed("2026-12")), "grace_3"),
        ("2026-07", (confirmed("2026-07"),), "lapsed"),
        ("2026-07", (("2026-11", 1, "remitted"),), "never"),
        ("2026-11", (), "never"),
        ("2026-12", (confirmed("2026-12"),), "not_begun"),
        ("2027-01", (), "not_begun"),
    ],
)  # fmt: skip
def test_cover_in_november(
    start: str, paid_for: tuple[tuple[str, int, str], ...], state: str
) -> None:
    assert cover_of(a_member(1, start, paid_for=paid_for), month_number("2026-11")).state == state


def test_due_costs_by_hand() -> None:
    members = [
        a_member(1, "2026-08", paid_for=(confirmed("2026-08", 4),)),
        a_member(2, "2026-08", paid_for=(confirmed("2026-08", 1),), standing="held"),
        a_member(3, "2026-08", paid_for=(), standing="withdrawn"),
        a_member(4, "2026-01", paid_for=(confirmed("2026-01", 3),)),
    ]
    found = CoverTruth(Truth(members, DAY)).due()
    assert {key: +row for key, row in found.items()} == {
        ("ending",): Counter(members_accepted=1, next_accepted=8_400),
        ("grace_3",): Counter(members_held=1, next_held=8_400, rescue_held=3 * 8_400),
        ("lapsed",): Counter(members_accepted=1, next_accepted=8_400, rescue_accepted=8_400),
    }
    in_december = CoverTruth(Truth(members, date(2026, 12, 1))).due()
    assert in_december["grace_1",]["next_accepted"] == 16_800


def test_retention_and_league_by_hand() -> None:
    members = [
        a_member(1, "2026-04", paid_for=(confirmed("2026-04", 3), confirmed("2026-06", 2))),
        a_member(2, "2026-04", paid_for=(confirmed("2026-04", 12),)),
        a_member(3, "2026-04", standing="pending"),
        a_member(4, "2026-04", standing="needs_fix", paid_for=(confirmed("2026-04", 12),)),
        a_member(5, "2026-10", paid_for=(confirmed("2026-10", 3),)),
        a_member(6, "2027-01", paid_for=()),
    ]
    cover = CoverTruth(Truth(members, DAY))
    april, october = month_number("2026-04"), month_number("2026-10")
    assert cover.retention() == {
        (april, 0): (2, 2), (april, 1): (2, 2), (april, 2): (2, 2), (april, 3): (2, 2),
        (april, 4): (2, 1), (april, 5): (2, 1), (april, 6): (2, 1), (october, 0): (1, 1),
    }  # fmt: skip
    assert +cover.league()["A-1"] == Counter(
        heads=3, heads_waiting=1, eligible_1=2, eligible_3=2, eligible_6=2, protected_1=2,
        protected_3=2, protected_6=1, points=1 * 2 + 3 * 2 + 6 * 1,
    )  # fmt: skip


def test_who_pays_more_by_hand() -> None:
    rider = Wish(("jkk", "jkm"), 1, "transport", "self", False)
    members = [
        a_member(1, "2026-08", paid_for=(confirmed("2026-08", 4),)),
        a_member(2, "2026-10", wish=rider, paid_for=(confirmed("2026-10"),), standing="held"),
        a_member(
            3, "2026-08", wish=PLAIN._replace(payer="dbhcht"), paid_for=(confirmed("2026-08", 4),)
        ),
        a_member(
            4, "2026-08", wish=PLAIN._replace(owner=True), paid_for=(confirmed("2026-08", 4),)
        ),
        a_member(5, "2026-01", paid_for=(confirmed("2026-01"),)),
        a_member(6, "2026-12"),
        a_member(7, "2027-01", paid_for=(confirmed("2027-01"),)),
    ]
    assert CoverTruth(Truth(members, DAY)).relief("region") == {
        ("2027-01", "other", "5171"): Counter(members_accepted=2, more_accepted=16_800),
        ("2027-04", "transport", "5171"): Counter(members_held=1, more_held=8_400),
    }
    assert CoverTruth(Truth(members, date(2027, 4, 1))).relief() == {}


def test_ages_of_money_by_hand() -> None:
    day = 86_400
    end = 1_795_300_000  # 22 November 2026, about 04:00 in UTC
    assert utc_text(end).startswith("2026-11-21") or utc_text(end).startswith("2026-11-22")
    today = local_number(end, "5171")
    base = date.fromisoformat(day_text(today))
    ages = (0, 3, 4, 7, 8, 14, 15, 30, 31)
    members = [
        a_member(number, "2026-11", moment=end - age * day, paid_for=(("2026-11", 1, "received"),))
        for number, age in enumerate(ages)
    ]
    found = Truth(members, base).money()
    assert {age: row["records_accepted"] for (_, age), row in found.items()} == {
        "0-3": 2, "4-7": 2, "8-14": 2, "15-30": 2, "31+": 1,
    }  # fmt: skip
    [(name, (sums, oldest))] = Truth(members, base).money_by_agent().items()
    assert (name, sums["received"]) == (("A-1", "accepted"), 9 * 16_800)
    assert oldest == day_text(today - 31)


def test_reasons_findings_and_the_funnel_by_hand() -> None:
    members = [
        a_member(1, "2026-11", flaws=("no_phone", "no_heir")),
        a_member(
            2,
            "2026-11",
            standing="needs_fix",
            codes=("quote.mismatch", "nik.date"),
            flaws=("no_heir",),
        ),
        a_member(3, "2026-11", standing="withdrawn", flaws=("no_phone",)),
        a_member(4, "2026-11", standing="held", codes=("captured.past",)),
    ]
    came = (("now", 3), ("later", 2), ("no", 10))
    event = Event("e", BALI, "accepted", 1_760_000_000, "5171", "other", 20_000, 4, came, 2, 1, ())
    truth = Truth([*members, event, event._replace(standing="withdrawn")], DAY)
    assert truth.quality() == {
        "members": Counter(accepted=1, refused=1, held=1),
        "no_phone": Counter(accepted=1),
        "no_heir": Counter(accepted=1, refused=1),
    }
    assert truth.returned() == {
        ("enrolment", "needs_fix", "quote.mismatch"): 1,
        ("enrolment", "needs_fix", "nik.date"): 1,
        ("enrolment", "held", "captured.past"): 1,
    }
    assert truth.funnel() == {
        ("A-1", "accepted"): Counter(events=1, attended=15, interested=5, enrolled=2, paid=1)
    }
    assert truth.standings()["enrolment", "withdrawn"] == (1, 16_800)


def test_months_paid_twice_are_found_by_hand() -> None:
    once = a_member(1, "2026-04", paid_for=(confirmed("2026-04", 3), confirmed("2026-07")))
    twice = a_member(2, "2026-04", paid_for=(confirmed("2026-04", 3), confirmed("2026-06", 3)))
    promised = a_member(
        3, "2026-04", paid_for=(confirmed("2026-04", 3), ("2026-04", 1, "promised"))
    )
    assert Truth([once, twice, promised], DAY).paid_twice() == Counter(accepted=1)


def test_coverage_counts_accepted_members_whose_month_is_paid() -> None:
    members = [
        a_member(1, "2026-11", paid_for=(confirmed("2026-11"),)),
        a_member(2, "2026-11", paid_for=(confirmed("2026-11"),), standing="pending"),
        a_member(3, "2026-11", paid_for=(confirmed("2026-11"),), agent=PAPUA),
        a_member(4, "2026-11"),
    ]
    assert CoverTruth(Truth(members, DAY)).coverage() == {"5171": 1, "51": 1, "9471": 1, "94": 1}


def test_a_nik_is_built_of_district_birth_and_serial() -> None:
    member = a_member(12_345, "2026-11")._replace(nik_region="517101")
    assert nik_of(member, date(1990, 8, 17), "F") == "5171015708909345"


def test_cash_for_what_was_sent_back_stays_with_who_took_it_by_hand() -> None:
    members = [a_member(1, "2026-11", paid_for=(("2026-11", 1, state),)) for state in MONEY_STATES]
    refused = [
        member._replace(
            payments=tuple(each._replace(standing="duplicate") for each in member.payments)
        )
        for member in members
    ]
    [(name, (sums, oldest))] = Truth(refused, DAY).money_by_agent().items()
    assert (name, dict(sums)) == (("A-1", "refused"), {"received": 16_800, "remitted": 16_800})
    assert oldest is not None


MONEY_STATES = ("promised", "received", "remitted", "confirmed")
