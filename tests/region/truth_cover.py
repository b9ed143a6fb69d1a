"""Who is covered, who stayed and who will pay more, told member by member.

Definitions, for a day D whose month is M, over open members (accepted, pending, held):

- A month is *paid* when confirmed money of an open payment is for it; a month paid twice is paid
  once.
- *Cover*: ``active`` when M and M+1 are paid, ``ending`` when M is but M+1 is not; else by the last
  paid month L before M: ``grace_1`` to ``grace_3`` for M-L up to three, ``lapsed`` beyond. Without
  any paid month up to M: ``not_begun`` where the first month wished for is after M, else ``never``.
- *Next month* is what M+1 costs; a *rescue* is what covers M again: the unpaid months in grace, M
  alone for lapsed and never, nothing for the others.
- *Retention*: a cohort is the members whose first month wished for is the same; after h = 0 to 12
  months, how many of them have that month paid; only months before M are looked at.
- *League*: for h of 1, 3 and 6, E_h members old enough and P_h of them protected; points are
  1·P_1 + 3·P_3 + 6·P_6, the share is P_6 of E_6, heads are members whose first month is not
  after M.
- *Relief*: of members active, ending, in grace or not begun, those whose month costs more than the
  month before, in the twelve months after M and not before the first month wished for.
- *Coverage*: accepted members whose month M is paid, by regency and by province.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import NamedTuple

from region.calendar import month_text
from region.prices import month_price
from region.records import Member
from region.truth import OPEN, Sums, Truth, paid_months

GRACE = 3
LONGEST = 12
HORIZONS = (1, 3, 6)


class Covered(NamedTuple):
    """A member and how it is covered; ``unpaid`` counts the months in a row without payment."""

    member: Member
    state: str
    unpaid: int


def cover_of(member: Member, month: int) -> Covered:
    """Return how a member is covered in a month."""
    paid = paid_months(member)
    if month in paid:
        return Covered(member, "active" if month + 1 in paid else "ending", 0)
    before = [each for each in paid if each < month]
    if not before:
        return Covered(member, "not_begun" if member.start > month else "never", 0)
    unpaid = month - max(before)
    if unpaid <= GRACE:
        return Covered(member, f"grace_{unpaid}", unpaid)
    return Covered(member, "lapsed", unpaid)


class CoverTruth:
    """Cover, retention and relief of a truth's members."""

    def __init__(self, truth: Truth):
        self.month = truth.month
        self.members = [each for each in truth.members if each.standing in OPEN]
        self.covered = [cover_of(member, self.month) for member in self.members]

    def due(self) -> Sums:
        """Return members, what their next month costs and what a rescue costs, by cover."""
        found: Sums = defaultdict(Counter)
        for each in self.covered:
            sums = found[(each.state,)]
            sums[f"members_{each.member.standing}"] += 1
            if each.state != "not_begun" or each.member.start == self.month + 1:
                next_month = month_price(*each.member.wish, self.month + 1)
                sums[f"next_{each.member.standing}"] += next_month
            sums[f"rescue_{each.member.standing}"] += self._rescue(each)
        return dict(found)

    def _rescue(self, each: Covered) -> int:
        if each.state in ("active", "ending", "not_begun"):
            return 0
        count = each.unpaid if each.state.startswith("grace") else 1
        months = range(self.month - count + 1, self.month + 1)
        return sum(month_price(*each.member.wish, month) for month in months)

    def due_by_agent(self) -> Sums:
        """Return members by agent, standing and cover, grace in one."""
        found: Sums = defaultdict(Counter)
        for each in self.covered:
            key = (each.member.agent.name, each.member.standing)
            found[key][f"members_{each.state.partition('_')[0]}"] += 1
        for sums in found.values():  # "not_begun" has a line in its name, too
            if "members_not" in sums:
                sums["members_not_begun"] = sums.pop("members_not")
        return dict(found)

    def retention(self) -> dict[tuple[int, int], tuple[int, int]]:
        """Return members and protected by cohort and months after its first."""
        found: dict[tuple[int, int], tuple[int, int]] = {}
        for member in self.members:
            if member.standing != "accepted":
                continue
            paid = paid_months(member)
            for after in range(LONGEST + 1):
                month = member.start + after
                if month < self.month:
                    members, protected = found.get((member.start, after), (0, 0))
                    found[member.start, after] = (members + 1, protected + (month in paid))
        return found

    def retention_of_all(self) -> dict[int, tuple[int, int]]:
        """Return members and protected of all cohorts together, by months after the first."""
        found: dict[int, tuple[int, int]] = {}
        for (_, after), (members, protected) in self.retention().items():
            before = found.get(after, (0, 0))
            found[after] = (before[0] + members, before[1] + protected)
        return found

    def league(self) -> dict[str, Counter[str]]:
        """Return each agent's eligible and protected members, points and heads."""
        found: dict[str, Counter[str]] = defaultdict(Counter)
        for member in self.members:
            if member.start > self.month:
                continue
            sums, paid = found[member.agent.name], paid_months(member)
            if member.standing != "accepted":
                sums["heads_waiting"] += 1
                continue
            sums["heads"] += 1
            for after in HORIZONS:
                month = member.start + after
                if month < self.month:
                    sums[f"eligible_{after}"] += 1
                    sums[f"protected_{after}"] += month in paid
                    sums["points"] += after * (month in paid)
        return dict(found)

    def relief(self, by: str | None = None) -> Sums:
        """Return who pays more from which month on, by sector, and by region or agent."""
        found: Sums = defaultdict(Counter)
        for each in self.covered:
            if each.state in ("lapsed", "never"):
                continue
            member = each.member
            place = {"region": member.place, "agent": member.agent.name}
            key = (member.wish.sector, *([place[by]] if by else []))
            begins = max(self.month, member.start if each.state == "not_begun" else 0)
            for month in range(begins + 1, self.month + 13):
                before = month_price(*member.wish, month - 1)
                after = month_price(*member.wish, month)
                if after > before:
                    sums = found[month_text(month), *key]
                    sums[f"members_{member.standing}"] += 1
                    sums[f"more_{member.standing}"] += after - before
        return dict(found)

    def coverage(self) -> Counter[str]:
        """Return accepted members whose month is paid, by regency and by province."""
        found: Counter[str] = Counter()
        for each in self.covered:
            if each.member.standing == "accepted" and each.state in ("active", "ending"):
                found[each.member.place] += 1
                found[each.member.place[:2]] += 1
        return found
