"""Many contributions at once: each stretch of months is priced once, and then only multiplied.

It shares its parameters, reliefs and warnings with ``contribution``, and says the same to the
rupiah (tested row by row); it only leaves out the lines of the working.
"""

from __future__ import annotations

import itertools
from bisect import bisect_right
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import NamedTuple

from perisai_cli.domain.errors import InvalidInput
from perisai_cli.domain.period import Month, months_from
from perisai_cli.rules import relief
from perisai_cli.rules.contribution import BEARERS, quote_bpu, tiers
from perisai_cli.rules.law import Law
from perisai_cli.rules.parameter import Parameter, Value, whole
from perisai_cli.rules.request import BpuRequest


class Ladder(NamedTuple):
    """The tiers of a month: lowest incomes, rising from 0, and the base of each."""

    income_mins: tuple[int, ...]
    bases: tuple[int, ...]


class Priced(NamedTuple):
    """What a request costs, without its working.

    Attributes:
        tier: Tier 1-33.
        base: Base of that tier in whole rupiah a month.
        borne_by: ``member``, ``sponsor`` or ``government``.
        by_program: Whole rupiah by programme, in the order asked for.
        start: First contribution month.
        stretches: Months in a row of one price: how many, and whole rupiah a month.
        warned: Codes of the warnings that the single calculation gives, in order of the alphabet.
    """

    tier: int
    base: int
    borne_by: str
    by_program: dict[str, int]
    start: Month
    stretches: tuple[tuple[int, int], ...]
    warned: tuple[str, ...]

    @property
    def total(self) -> int:
        """Whole rupiah over all programmes."""
        return sum(self.by_program.values())

    @property
    def by_month(self) -> dict[str, int]:
        """Whole rupiah by ``YYYY-MM``."""
        prices = [price for count, price in self.stretches for _ in range(count)]
        months = months_from(self.start, len(prices))
        return {str(month): price for month, price in zip(months, prices, strict=True)}


class _Prices(NamedTuple):
    """A month's amounts of each programme, lowest tier first, and the warnings they call for."""

    amounts: tuple[tuple[int, ...], ...]
    warned: frozenset[str]


class Prices:
    """Answers requests from prices that it keeps: one for each kind of member and stretch of law.

    There are few of both, so that what is kept stays small however many requests come.
    """

    def __init__(self, law: Law):
        self._law = law
        self._kept: dict[tuple[object, ...], _Prices] = {}
        self._columns: dict[tuple[object, ...], tuple[int, ...]] = {}
        self._ladders: dict[int, Ladder] = {}

    @cached_property
    def _edges(self) -> list[int]:
        """Months, counted from year 0, from which some value that a price rests on is another."""
        names = ("jkk.bpu_tiers", "jkm.bpu_flat", "jht.bpu_tiers")
        parameters = [self._law.parameter(name) for name in names]
        for each in self._law.reliefs:
            parameters += [each.share, *([each.excluded_payers] if each.excluded_payers else [])]
        return sorted({edge for parameter in parameters for edge in _edges_of(parameter)})

    def ladder(self, month: Month) -> Ladder:
        """Return the tiers in force in *month*.

        Raises:
            NoRuleInForce: there were none.
        """
        stretch = bisect_right(self._edges, _number(month))
        if stretch not in self._ladders:
            table = tiers(month, self._law)
            self._ladders[stretch] = Ladder(
                tuple(tier.income_min for tier in table), tuple(tier.base for tier in table)
            )
        return self._ladders[stretch]

    def price(self, request: BpuRequest) -> Priced:
        """Return what *request* costs: the sums of ``quote_bpu``.

        Raises:
            NoRuleInForce: a programme had no rate in one of the months.
            InvalidInput: ``tier.value`` when the table has no such tier.
        """
        found = [(count, self._prices(request, first)) for first, count in self._parts(request)]
        ladder = self.ladder(request.start)
        row = request.tier - 1
        if not 0 <= row < min(len(ladder.bases), *(len(a) for _, p in found for a in p.amounts)):
            raise InvalidInput("tier.value", field="/tier", low=1, high=len(ladder.bases))
        by_program = {
            program: sum(count * price.amounts[index][row] for count, price in found)
            for index, program in enumerate(request.programs)
        }
        stretches = tuple((count, sum([a[row] for a in price.amounts])) for count, price in found)
        return Priced(
            tier=request.tier,
            base=ladder.bases[row],
            borne_by=BEARERS.get(request.payer, "government"),
            by_program=by_program,
            start=request.start,
            stretches=stretches,
            warned=self._warned(request, [price for _, price in found], stretches, ladder),
        )

    def _parts(self, request: BpuRequest) -> Iterator[tuple[int, int]]:
        """Yield the first month, as a number, and the length of each stretch of *request*."""
        first, end = _number(request.start), _number(request.start) + request.months
        inner = self._edges[bisect_right(self._edges, first) : bisect_right(self._edges, end - 1)]
        yield from ((a, b - a) for a, b in itertools.pairwise((first, *inner, end)))

    def _prices(self, request: BpuRequest, number: int) -> _Prices:
        stretch = bisect_right(self._edges, number)
        key = (request.programs, request.sector, request.payer, request.owner, stretch)
        known = self._kept.get(key)
        if known is None:
            month = Month(number // 12, number % 12 + 1)
            single = request._replace(tier=1, start=month, months=1, income=None)
            warned = {warning.code for warning in quote_bpu(single, self._law).warnings}
            amounts = tuple(self._amounts(program, month, single) for program in single.programs)
            known = self._kept[key] = _Prices(amounts, frozenset(warned - {"months.unusual"}))
        return known

    def _amounts(self, program: str, month: Month, request: BpuRequest) -> tuple[int, ...]:
        """Return one month's amounts of a programme, lowest tier first, relief taken off.

        Law: JKK, PP 44/2015 Pasal 20 ayat (1); JKM, Pasal 20 ayat (3); JHT, PP 46/2015 Pasal 18.
        """
        flat = program == "jkm"
        rate = self._law.parameter("jkm.bpu_flat" if flat else f"{program}.bpu_tiers").on(month)
        waived = relief.for_month(program, month, request, self._law)
        paid = 1 - Decimal(waived.value.value) if waived else Decimal(1)
        count = len(self.ladder(month).bases) if flat else len(rate.value)
        key = (program, rate.since, paid, count)
        if key not in self._columns:
            self._columns[key] = _column(rate, paid, count)
        return self._columns[key]

    def _warned(
        self,
        request: BpuRequest,
        prices: list[_Prices],
        stretches: tuple[tuple[int, int], ...],
        ladder: Ladder,
    ) -> tuple[str, ...]:
        found = frozenset().union(*[price.warned for price in prices])
        if any(before[1] != after[1] for before, after in itertools.pairwise(stretches)):
            found |= {"price.changes"}
        advance = self._law.parameter("bpu.advance_months").find(request.start)
        if advance and request.months not in advance.value:
            found |= {"months.unusual"}
        if request.income is not None and request.tier < tier_at(request.income, ladder):
            found |= {"tier.below_income"}
        return tuple(sorted(found))


def tier_at(income: int, ladder: Ladder) -> int:
    """Return the last tier of *ladder* whose lowest income is not above *income*."""
    return bisect_right(ladder.income_mins, income)


def _column(rate: Value, paid: Decimal, count: int) -> tuple[int, ...]:
    full = [rate.value] * count if isinstance(rate.value, int) else [row[3] for row in rate.value]
    return tuple(whole(amount * paid) for amount in full)


def _number(month: Month) -> int:
    return month.year * 12 + month.month - 1


def _edges_of(parameter: Parameter) -> Iterator[int]:
    """Yield the months from which a value holds, and those from which it no longer does."""
    for value in parameter.values:
        yield _number(Month.of(value.since)) + (value.since.day > 1)
        if value.until and value.until != date.max:
            yield _number(Month.of(value.until)) + 1
