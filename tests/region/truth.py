"""The true totals of a made-up region, added up member by member in dicts and loops.

Nothing of the package's reports, rules or questions is used here. Definitions, for a day D whose
month is M:

- A record's *class* is ``accepted``, ``pending``, ``held``, or ``refused`` (needs_fix, duplicate,
  conflict); what is withdrawn is in no class. *Open* is every class but refused.
- *Enrolments*: members by the month of the day on which they were recorded (agent's clock), region
  (where they live; the NIK's regency without an address), agent, programmes, sector and payer, with
  the rupiah quoted for the months wished for.
- *Contributions*: every payment is parted into months and programmes at the law's price of each
  month (JHT is never halved); ``under_way`` is open money that is not confirmed, the classes are
  confirmed money, and refused is refused in whichever state.
- *Money*: payments by state and by whole days since they came to it: 0-3, 4-7, 8-14, 15-30, 31+.
  By agent they stand with who recorded them; refused ones only where received or remitted.
- *Quality*: findings of members who were not withdrawn. *Returned*: records held or refused, by
  kind, standing and reason; a record with two reasons counts under both.
- *Funnel*: events that were not withdrawn.

Cover, retention, league and relief are told in ``region.truth_cover``.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import date

from region.calendar import day_number, day_text, local_number, month_of_day, month_text
from region.prices import programme_price
from region.records import Event, Member, Payment, Return

CLASSES = {
    "accepted": "accepted", "pending": "pending", "held": "held", "needs_fix": "refused",
    "duplicate": "refused", "conflict": "refused",
}  # fmt: skip
OPEN = ("accepted", "pending", "held")
AGES = ((3, "0-3"), (7, "4-7"), (14, "8-14"), (30, "15-30"))

Sums = dict[tuple[str, ...], Counter[str]]


def class_of(standing: str) -> str | None:
    """Return the class of a standing; None for withdrawn."""
    return CLASSES.get(standing)


def day_of(record: Member | Payment | Return | Event) -> int:
    """Return the number of the day on which a record was made, on its agent's clock."""
    if isinstance(record, Event):
        return record.day
    return local_number(record.moment, record.agent.zone)


class Truth:
    """Totals of records on a day.

    Attributes:
        members: All members, with their payments and returns.
        payments: All payments.
    """

    def __init__(self, records: Iterable[Member | Event], day: date):
        self.day = day_number(day)
        self.month = month_of_day(self.day)
        kept = list(records)
        self.events = [each for each in kept if isinstance(each, Event) and self._was(each)]
        everybody = [each for each in kept if isinstance(each, Member)]
        payments = [payment for member in everybody for payment in member.payments]
        returns = [back for member in everybody for back in member.returns]
        # Why something came back is told without looking at the day.
        self._told = {
            "enrolment": everybody, "payment": payments, "reactivation": returns,
            "outreach": [each for each in kept if isinstance(each, Event)],
        }  # fmt: skip
        self.payments = [payment for payment in payments if self._was(payment)]
        self.returns = [back for back in returns if self._was(back)]
        self.members = [self._then(member) for member in everybody if self._was(member)]

    def _was(self, record: Member | Payment | Return | Event) -> bool:
        """Tell whether a record was there by the day."""
        return day_of(record) <= self.day

    def _then(self, member: Member) -> Member:
        """Return a member with the payments that were there by the day."""
        paid = tuple(payment for payment in member.payments if self._was(payment))
        return member._replace(payments=paid)

    # Enrolments

    def enrolments(self, dimension: str, since: int = 0, until: int | None = None) -> Sums:
        """Return records and quoted rupiah by one dimension, a column for each standing and class.

        *since* and *until* are the numbers of the first and last day of recording.
        """
        found: Sums = defaultdict(Counter)
        for member in self.members:
            day = day_of(member)
            if not since <= day <= (self.day if until is None else until):
                continue
            sums = found[(_enrolled_under(member, dimension, day),)]
            for name in {member.standing, class_of(member.standing) or "withdrawn"}:
                sums[f"records_{name}"] += 1
                sums[f"amount_{name}"] += member.amount
            sums["records"] += 1
            sums["amount"] += member.amount
        return dict(found)

    # Money

    def contributions(self) -> Sums:
        """Return rupiah by contribution month, programme and payer."""
        found: Sums = defaultdict(Counter)
        for payment in self.payments:
            column = _column_of(payment)
            if column is None:
                continue
            wish = payment.wish
            for month in range(payment.start, payment.start + payment.months):
                for program in wish.programs:
                    price = programme_price(
                        program, wish.tier, wish.sector, wish.payer, wish.owner, month
                    )
                    found[month_text(month), program, wish.payer][column] += price
        return dict(found)

    def money(self) -> Sums:
        """Return payments and rupiah by state and age."""
        found: Sums = defaultdict(Counter)
        for payment in self.payments:
            named = class_of(payment.standing)
            if named is None:
                continue
            state, moved = payment.moved[-1]
            days = self.day - local_number(moved, payment.agent.zone)
            age = next((name for limit, name in AGES if days <= limit), "31+")
            found[state, age][f"records_{named}"] += 1
            found[state, age][f"amount_{named}"] += payment.amount
        return dict(found)

    def money_by_agent(self) -> dict[tuple[str, str], tuple[Counter[str], str | None]]:
        """Return the money that each agent recorded, by class and state, and the day of the oldest cash.

        Of what is refused, only money that was taken and is not confirmed.
        """
        sums: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
        oldest: dict[tuple[str, str], int] = {}
        for payment in self.payments:
            state, moved = payment.moved[-1]
            named = class_of(payment.standing)
            if named is None or (named == "refused" and state not in ("received", "remitted")):
                continue
            name = (payment.agent.name, named)
            sums[name][state] += payment.amount
            if state == "received":
                day = local_number(moved, payment.agent.zone)
                oldest[name] = min(day, oldest.get(name, day))
        return {
            name: (sums[name], day_text(oldest[name]) if name in oldest else None) for name in sums
        }

    # What came back, and what is found

    def standings(self) -> dict[tuple[str, str], tuple[int, int]]:
        """Return records and rupiah by kind and standing."""
        found: dict[tuple[str, str], tuple[int, int]] = {}
        kinds = {
            "enrolment": self.members, "payment": self.payments, "reactivation": self.returns,
            "outreach": self.events,
        }  # fmt: skip
        for kind, records in kinds.items():
            for record in records:
                count, amount = found.get((kind, record.standing), (0, 0))
                added = 0 if isinstance(record, Event) else record.amount
                found[kind, record.standing] = (count + 1, amount + added)
        return found

    def returned(self) -> Counter[tuple[str, str, str]]:
        """Return records held or sent back by kind, standing and reason."""
        found: Counter[tuple[str, str, str]] = Counter()
        for kind, records in self._told.items():
            for record in records:
                if record.standing == "held" or class_of(record.standing) == "refused":
                    for code in set(record.codes):
                        found[kind, record.standing, code] += 1
        return found

    def quality(self) -> dict[str, Counter[str]]:
        """Return by finding how many members of each class have it; under ``members`` all of them."""
        found: dict[str, Counter[str]] = defaultdict(Counter)
        for member in self.members:
            named = class_of(member.standing)
            if named is not None:
                for name in ("members", *member.flaws):
                    found[name][named] += 1
        return found

    def paid_twice(self) -> Counter[str]:
        """Return open confirmed payments, by standing, with a month that an earlier one covers."""
        found: Counter[str] = Counter()
        for member in self.members:
            covered: set[int] = set()
            for payment in sorted(counting(member), key=lambda each: (each.start, each.id)):
                months = set(range(payment.start, payment.start + payment.months))
                found[payment.standing] += bool(months & covered)
                covered |= months
        return found

    # Outreach

    def funnel(self, since: int = 0, until: int | None = None) -> Sums:
        """Return events, heads, interested, enrolled and paid by agent and class."""
        found: Sums = defaultdict(Counter)
        for event in self.events:
            inside = since <= event.day <= (self.day if until is None else until)
            named_class = class_of(event.standing)
            if named_class is None or not inside:
                continue
            sums = found[event.agent.name, named_class]
            named = dict(event.attendees)
            sums["events"] += 1
            sums["attended"] += max(event.present, sum(named.values()))
            sums["interested"] += named.get("now", 0) + named.get("later", 0)
            sums["enrolled"] += event.enrolled
            sums["paid"] += event.paid
        return dict(found)


def counting(member: Member) -> list[Payment]:
    """Return the payments that cover a member: open and confirmed."""
    return [each for each in member.payments if each.money == "confirmed" and each.standing in OPEN]


def paid_months(member: Member) -> set[int]:
    """Return the months that confirmed money covers."""
    return {
        month
        for payment in counting(member)
        for month in range(payment.start, payment.start + payment.months)
    }


def _enrolled_under(member: Member, dimension: str, day: int) -> str:
    keys = {
        "region": member.place,
        "agent": member.agent.name,
        "programs": ",".join(member.wish.programs),
        "sector": member.wish.sector,
        "payer": member.wish.payer,
        "month": day_text(day)[:7],
        "total": "all",
        "state": member.standing,
    }
    return keys[dimension]


def _column_of(payment: Payment) -> str | None:
    named = class_of(payment.standing)
    if named in (None, "refused") or payment.money == "confirmed":
        return named
    return "under_way"
