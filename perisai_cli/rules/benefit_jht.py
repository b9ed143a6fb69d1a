"""Old-age savings (JHT): how a balance grows at a yield that the user gives, and what is paid out.

The law names no yield. Development is credited from monthly books (PP 46/2015, Pasal 27); what is
computed here is a year's development on the balance at its beginning, which is a little less.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from perisai_cli.domain.errors import Problem
from perisai_cli.domain.money import rupiah
from perisai_cli.rules.benefit import Benefit, BenefitLine, doubts, in_percent
from perisai_cli.rules.law import Law
from perisai_cli.rules.parameter import Value
from perisai_cli.rules.rounding import half_up, is_exact
from perisai_cli.rules.trace import citation

REASONS = ("age", "resign", "housing", "partial", "death", "disability")
_EARLY = {"housing": "early_housing", "partial": "early_other"}
_MONTHS = 12

NO_YIELD = Decimal(0)


class JhtRequest(NamedTuple):
    """What is asked: a balance today, and how it goes on.

    Attributes:
        balance: Whole rupiah in the account today.
        rate: Yield a year as a fraction, the user's own.
        years: Whole years to go on saving; 0 asks for today's balance.
        contribution: Whole rupiah put in each month of those years.
        reason: One of ``REASONS``.
        day: Day whose rules hold.
    """

    balance: int
    rate: Decimal
    years: int
    contribution: int
    reason: str
    day: date


class Year(NamedTuple):
    """One year of saving, in whole rupiah; closing = opening + contributions + development."""

    year: int
    opening: int
    contributions: int
    development: int

    @property
    def closing(self) -> int:
        """The balance at the end of the year."""
        return self.opening + self.contributions + self.development


def growth(request: JhtRequest) -> tuple[Year, ...]:
    """Return the years of saving, each developed on its opening balance, rounded half up.

    Law: PP 46/2015, Pasal 22 ayat (2); the yearly step is this tool's own.
    """
    years: list[Year] = []
    opening = request.balance
    for number in range(1, request.years + 1):
        put_in = _MONTHS * request.contribution
        year = Year(number, opening, put_in, half_up(opening * request.rate))
        years.append(year)
        opening = year.closing
    return tuple(years)


def benefit_jht(request: JhtRequest, law: Law) -> Benefit:
    """Return what is paid out before tax: the whole balance, or the share that may be drawn early.

    Raises:
        NoRuleInForce: no rule for the reason was known on the day.

    Law: PP 46/2015, Pasal 22; PP 60/2015, Pasal 26; Permenaker 4/2022.
    """
    years = growth(request)
    balance = years[-1].closing if years else request.balance
    early = request.reason in _EARLY
    lines = _early(request, balance, law) if early else _whole(request, years, law)
    paid = sum(line.amount for line in lines)
    tax, taxed_by = (None, ()) if early else _tax(paid, request.day, law)
    facts: dict[str, Any] = {
        "reason": request.reason,
        "balance": balance,
        "remaining": balance - paid,
        "tax": tax,
        "net": None if tax is None else paid - tax,
        "options": _options(balance, request.day, law),
        "by_year": [year._asdict() | {"closing": year.closing} for year in years],
        "known_yields": _known_yields(law),
        "rests_on": [citation(value) for value in taxed_by],
    }
    return Benefit(lines, _warnings(request, years, lines, taxed_by, law), facts)


def _whole(request: JhtRequest, years: tuple[Year, ...], law: Law) -> tuple[BenefitLine, ...]:
    reason = "resign_wait" if request.reason == "resign" else "reasons"
    rests = (
        law.parameter("jht_benefit.parts").on_day(request.day),
        law.parameter(f"jht_benefit.{reason}").on_day(request.day),
    )
    lines = [BenefitLine("jht_balance", request.balance, "", rests)] if request.balance else []
    put_in = sum(year.contributions for year in years)
    if put_in:
        working = f"{len(years)} × {_MONTHS} × {rupiah(request.contribution)}"
        lines.append(BenefitLine("jht_contributions", put_in, working, rests))
    developed = sum(year.development for year in years)
    if developed:
        working = _developed(years, request.rate)
        exact = all(is_exact(year.opening * request.rate) for year in years)
        law_of = (
            rests if exact else (*rests, law.parameter("rounding.percentages").on_day(request.day))
        )
        lines.append(BenefitLine("jht_development", developed, working, law_of, estimate=True))
    return tuple(lines)


def _developed(years: tuple[Year, ...], rate: Decimal) -> str:
    """Return the arithmetic of the development: one product, or the sum of the years."""
    if len(years) == 1:
        return f"{in_percent(rate)} × {rupiah(years[0].opening)}"
    parts = [rupiah(year.development) for year in years]
    return " + ".join(parts if len(parts) <= 3 else (parts[0], "…", parts[-1]))


def _early(request: JhtRequest, balance: int, law: Law) -> tuple[BenefitLine, ...]:
    """Return what may be drawn once while one goes on working.

    Law: PP 46/2015, Pasal 22 ayat (4)-(6).
    """
    share = law.parameter(f"jht_benefit.{_EARLY[request.reason]}").on_day(request.day)
    after = law.parameter("jht_benefit.early_years").on_day(request.day)
    working = f"{in_percent(share.value)} × {rupiah(balance)}"
    amount = _at_most(share.value, balance)
    return (BenefitLine(f"jht_{request.reason}", amount, working, (share, after)),)


def _at_most(share: Decimal, balance: int) -> int:
    """Return a share that the law calls the most there is: its fraction of a rupiah is left."""
    return int(share * balance)


def _options(balance: int, day: date, law: Law) -> dict[str, int]:
    """Return the most that may be drawn early of *balance*, by reason, and after how many years."""
    shares = {
        reason: _at_most(law.parameter(f"jht_benefit.{name}").on_day(day).value, balance)
        for reason, name in _EARLY.items()
    }
    return shares | {"after_years": law.parameter("jht_benefit.early_years").on_day(day).value}


def _tax(paid: int, day: date, law: Law) -> tuple[int, tuple[Value, ...]]:
    """Return the final income tax on a sum paid at once, in whole rupiah.

    Law: PP 68/2009, from secondary sources.
    """
    free = law.parameter("tax.jht_free").on_day(day)
    rate = law.parameter("tax.jht_rate").on_day(day)
    return half_up(max(0, paid - free.value) * rate.value), (rate, free)


def _known_yields(law: Law) -> list[dict[str, Any]]:
    return [
        citation(value)
        | {"year": value.since.year, "percent": str((value.value * 100).normalize())}
        for value in law.parameter("jht_benefit.yield").values
    ]


def _warnings(
    request: JhtRequest,
    years: tuple[Year, ...],
    lines: tuple[BenefitLine, ...],
    taxed_by: tuple[Value, ...],
    law: Law,
) -> tuple[Problem, ...]:
    found = []
    if years:
        found.append(Problem("jht.yield_is_yours", "/yield", {"rate": in_percent(request.rate)}))
    if request.contribution and years:
        found.append(Problem("jht.yearly_step", "/contribution"))
    found.append(_condition(request, law))
    if request.reason in _EARLY:
        found.append(Problem("jht.early_tax"))
    return (*found, *doubts((*(value for line in lines for value in line.law), *taxed_by)))


def _condition(request: JhtRequest, law: Law) -> Problem:
    """Return what must be so for this reason to hold."""
    if request.reason in _EARLY:
        after = law.parameter("jht_benefit.early_years").on_day(request.day).value
        return Problem("jht.early_once", "/reason", {"years": after})
    if request.reason == "resign":
        wait = law.parameter("jht_benefit.resign_wait").on_day(request.day).value
        return Problem("jht.resign_wait", "/reason", {"months": wait})
    if request.reason == "age":
        age = law.parameter("jht_benefit.pension_age").on_day(request.day).value
        return Problem("jht.pension_age", "/reason", {"age": age})
    code = {"death": "jht.heirs", "disability": "jht.disability"}[request.reason]
    return Problem(code, "/reason")
