"""A believable region from a seed: agents, members, money, returns and events, one agent at a time.

Every agent is drawn from the seed and its own number, so that any part of a region of three
million members can be made alone, in the same way, in little memory. What is drawn are outcomes
(this member has no phone, this money was paid in nine days ago); bodies and facts are made of them
in ``region.bodies`` and ``region.facts``, and the totals are told by ``region.truth``.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from region import places
from region.calendar import (
    DAY,
    HOURS_AHEAD,
    MIDNIGHTS,
    day_number,
    first_day,
    local_number,
    month_number,
    month_of_day,
)
from region.draws import Draw
from region.prices import PROGRAMS, total_price
from region.records import Agent, Event, Member, Payment, Return, Wish

FIRST_MONTH = month_number("2025-06")
_BEGAN = day_number(date(2025, 5, 20))
REFUSED = ("needs_fix", "duplicate", "conflict")


@dataclass(frozen=True)
class Region:
    """A region as it stands at the end of *day*.

    Attributes:
        seed: What everything is drawn from.
        agents: How many agents.
        members: How many members each of them has.
        day: The last day on which something was recorded.
        extras: Payments that overlap another and other rare things, for each thousand members.
    """

    seed: int = 2026
    agents: int = 5
    members: int = 60
    day: date = date(2026, 11, 22)
    extras: int = 5

    def agent(self, number: int) -> Agent:
        """Return one of the agents; ten share an office."""
        draw = Draw(f"{self.seed}/agent/{number}")
        # The first four agents stand in each part of the region, so that both clocks always occur.
        parts = ("51", "96", "53", "52")
        province = (
            parts[number] if number < len(parts) else draw.of(places.PROVINCES, places.WEIGHTS)
        )
        zone = draw.one(places.regencies(province))
        return Agent(number, f"A-{number + 1:04}", f"W-{number // 10 + 1:03}", zone)

    def all_agents(self) -> Iterator[Agent]:
        """Yield the agents."""
        return map(self.agent, range(self.agents))

    def records(self, agent: Agent) -> Iterator[Member | Event]:
        """Yield what an agent recorded: members with their money, then events."""
        draw = Draw(f"{self.seed}/{agent.number}")
        maker = _Maker(self, agent, draw)
        for number in range(self.members):
            yield maker.member(number)
        for _ in range(-(-self.members // 12)):
            yield maker.event()

    def all_records(self) -> Iterator[Member | Event]:
        """Yield what all agents recorded."""
        return itertools.chain.from_iterable(map(self.records, self.all_agents()))


class _Maker:
    """Draws the records of one agent."""

    def __init__(self, region: Region, agent: Agent, draw: Draw):
        self.region, self.agent, self.draw = region, agent, draw
        self.today = day_number(region.day)
        self.ahead = HOURS_AHEAD[agent.zone[:2]] * 3600
        self.end = (self.today + 1) * DAY - self.ahead - 1
        self.last = month_of_day(self.today)

    # Members

    def member(self, number: int) -> Member:
        """Return the next member."""
        draw = self.draw
        moment = self._moment(number)
        standing = draw.standing()
        flaws = draw.flaws()
        home = self._district()
        nik_from = self._nik_district(home, flaws)
        start = self._start(moment)
        months = draw.months()
        wish = draw.wish(PROGRAMS)
        member_id = draw.id(moment)
        payments, returns = self._money(member_id, standing, moment, wish, start)
        return Member(
            id=member_id,
            agent=self.agent,
            standing=standing,
            moment=moment,
            number=self.agent.number * self.region.members + number,
            region=home,
            nik_region=nik_from,
            place=(nik_from if "no_address" in flaws else home)[:4],
            flaws=flaws,
            wish=wish,
            start=start,
            months=months,
            amount=total_price(*wish, start, months),
            codes=draw.codes("enrolment", standing),
            payments=payments,
            returns=returns,
        )

    def _moment(self, number: int) -> int:
        """Return when someone was enrolled; some at midnight of New Year's Eve, in either zone."""
        if number < len(MIDNIGHTS) or self.draw.chance(0.002):
            moment = MIDNIGHTS[number % len(MIDNIGHTS)]
            if local_number(moment, self.agent.zone) <= self.today:
                return moment
        day = self.draw.between(_BEGAN, self.today)
        return day * DAY - self.ahead + self.draw.between(8 * 3600, 20 * 3600)

    def _start(self, moment: int) -> int:
        month = month_of_day(local_number(moment, self.agent.zone))
        return max(FIRST_MONTH, month + self.draw.of((0, 1, 2), (15, 77, 8)))

    def _district(self) -> str:
        """Return where a member lives: mostly in the agent's regency, else in its province."""
        zone = self.agent.zone
        regency = zone if self.draw.chance(0.8) else self.draw.one(places.regencies(zone[:2]))
        return self.draw.one(places.districts(regency))

    def _nik_district(self, home: str, flaws: tuple[str, ...]) -> str:
        if "nik_region_unknown" in flaws:
            return places.nowhere(home[:4])
        if "nik_region_retired" in flaws:
            return self.draw.one(places.retired_districts())
        return home

    # Money

    def _money(
        self, member: str, standing: str, enrolled: int, wish: Wish, start: int
    ) -> tuple[tuple[Payment, ...], tuple[Return, ...]]:
        """Return what a member paid and when they came back.

        Money is mostly paid in the month that it is for or shortly before it. Some members never
        pay, some miss a month or two, some stop, and some of those come back months later.
        """
        draw = self.draw
        payments: list[Payment] = []
        returns: list[Return] = []
        month = start
        goes_on = draw.chance(0.94 if standing in ("accepted", "pending", "held") else 0.25)
        habit = draw.months()
        while goes_on and len(payments) < 12:
            moment = enrolled + draw.between(600, 3 * DAY)
            if payments or draw.chance(0.3):  # most pay when they enrol, for whichever month
                moment = max(moment, self._pay_moment(month))
            if moment > self.end:
                break
            months = habit if draw.chance(0.8) else draw.months()
            payments.append(self._payment(member, moment, wish, month, months))
            month += months
            month, goes_on = self._goes_on(month, member, wish, returns)
        if payments and draw.chance(self.region.extras / 1000):
            payments.append(self._again(payments, wish))
        return tuple(payments), tuple(returns)

    def _goes_on(
        self, month: int, member: str, wish: Wish, returns: list[Return]
    ) -> tuple[int, bool]:
        """Return which month is paid next, and whether it is."""
        draw = self.draw
        luck = draw.number()
        if luck < 0.76:
            return month, True
        if luck < 0.86:
            return month + draw.between(1, 3), True
        back = month + draw.between(4, 8)
        if luck < 0.90 and (moment := self._pay_moment(back)) <= self.end:
            returns.append(self._return(member, moment, wish, back))
            return back, True
        return month, False

    def _pay_moment(self, month: int) -> int:
        ahead = self.draw.chance(0.06)
        day = first_day(month) + (
            self.draw.between(-70, -7) if ahead else self.draw.between(-6, 14)
        )
        return day * DAY - self.ahead + self.draw.between(7 * 3600, 21 * 3600)

    def _payment(self, member: str, moment: int, wish: Wish, start: int, months: int) -> Payment:
        draw = self.draw
        if draw.chance(0.02):  # another tier was chosen meanwhile
            wish = wish._replace(tier=wish.tier + 1)
        standing = draw.standing(payment=True)
        return Payment(
            id=draw.id(moment),
            agent=self.agent,
            standing=standing,
            moment=moment,
            member=member,
            wish=wish,
            start=start,
            months=months,
            amount=total_price(*wish, start, months),
            moved=self._moved(moment),
            codes=draw.codes("payment", standing),
        )

    def _moved(self, moment: int) -> tuple[tuple[str, int], ...]:
        """Return how far money came: what is old has mostly arrived."""
        draw = self.draw
        fresh = self.end - moment < 35 * DAY
        weights = (18, 16, 16, 50) if fresh else (3, 2, 2, 93)
        state = draw.of(("promised", "received", "remitted", "confirmed"), weights)
        way = [each for each in ("promised", "received", "remitted") if draw.chance(0.5)]
        states = [*itertools.takewhile(lambda each: each != state, way), state]
        states = [each for each in states if _ORDER[each] <= _ORDER[state]]
        moved = []
        for each in states:
            moved.append((each, moment))
            moment = min(self.end, moment + draw.between(60, 3 * DAY))
        return tuple(moved)

    def _again(self, payments: list[Payment], wish: Wish) -> Payment:
        """Return a payment of which some months are paid already."""
        last = payments[-1]
        start = last.start + self.draw.between(0, last.months - 1)
        moment = min(self.end, last.moment + self.draw.between(60, 20 * DAY))
        return self._payment(last.member, moment, wish, start, self.draw.months())

    def _return(self, member: str, moment: int, wish: Wish, start: int) -> Return:
        draw = self.draw
        months = draw.months()
        standing = draw.standing()
        return Return(
            id=draw.id(moment),
            agent=self.agent,
            standing=standing,
            moment=moment,
            member=member,
            wish=wish,
            start=start,
            months=months,
            amount=total_price(*wish, start, months),
            codes=draw.codes("reactivation", standing),
        )

    # Events

    def event(self) -> Event:
        """Return the next event."""
        draw = self.draw
        day = draw.between(_BEGAN, self.today)
        moment = min(self.end, day * DAY - self.ahead + draw.between(9 * 3600, 30 * 3600))
        attendees = tuple((each, draw.between(0, 9)) for each in ("now", "later", "unsure", "no"))
        attendees = tuple(each for each in attendees if each[1])
        interested = sum(count for each, count in attendees if each in ("now", "later"))
        enrolled = draw.between(0, interested)
        standing = draw.of(
            ("accepted", "pending", "held", "needs_fix", "withdrawn"), (86, 8, 2, 2, 2)
        )
        return Event(
            id=draw.id(moment),
            agent=self.agent,
            standing=standing,
            moment=moment,
            region=self._district()[: draw.of((4, 6), (70, 30))],
            type=draw.one(_TYPES),
            day=day,
            present=draw.between(0, 80),
            attendees=attendees,
            enrolled=enrolled,
            paid=draw.between(0, enrolled),
            codes=draw.codes("outreach", standing),
        )


_ORDER = {"promised": 0, "received": 1, "remitted": 2, "confirmed": 3}
_TYPES = (
    "market_visit", "harbour_visit", "village_meeting", "prayer_group", "door_to_door",
    "association", "other",
)  # fmt: skip
