"""What is owed for an employee (PU): by programme, month, risk class, and who bears it."""

from __future__ import annotations

from typing import NamedTuple

from perisai_cli.domain.errors import Problem
from perisai_cli.domain.money import rupiah
from perisai_cli.domain.period import Month, months_from
from perisai_cli.rules import relief
from perisai_cli.rules.benefit import in_percent
from perisai_cli.rules.bill import Bill, Charge, doubts, line_of
from perisai_cli.rules.law import Law
from perisai_cli.rules.parameter import Value
from perisai_cli.rules.trace import Line

BILLED: dict[str, dict[str, str]] = {
    "jkk": {"employer": "pu.jkk_by_risk"},
    "jkm": {"employer": "pu.jkm"},
    "jht": {"employer": "pu.jht_employer", "worker": "pu.jht_worker"},
    "jp": {"employer": "jp.employer", "worker": "jp.worker"},
}
"""The programmes that are billed: who bears them, and the parameter of that share."""

PROGRAMS = (*BILLED, "jkp")
SEGMENTS = ("regular", "non-asn", "election")
WAGE_KINDS = ("monthly", "daily", "piece")
FIRM_SIZES = ("micro", "small", "medium", "large")


class PuRequest(NamedTuple):
    """What an employee's bill is asked for.

    Attributes:
        wage: Whole rupiah as typed: of a month, of a day, or the average of piece work.
        risk: Risk class 1-5; None only where a segment has an assumed one, or JKK is not asked.
        programs: Of ``PROGRAMS``, in the order in which lines are wanted.
        start: First contribution month.
        months: How many months, 1 or more.
        kind: One of ``WAGE_KINDS``.
        segment: One of ``SEGMENTS``.
        labour_intensive: The employer is of a labour-intensive industry.
        size: One of ``FIRM_SIZES``, if it is known.
    """

    wage: int
    risk: int | None
    programs: tuple[str, ...]
    start: Month
    months: int = 1
    kind: str = "monthly"
    segment: str = "regular"
    labour_intensive: bool = False
    size: str | None = None

    @property
    def segments(self) -> frozenset[str]:
        """The segments of reliefs that these contributions belong to."""
        intensive = self.labour_intensive and self.segment == "regular"
        return frozenset({"pu", "labour-intensive"} if intensive else {"pu"})


class Wage(NamedTuple):
    """A wage of a month in whole rupiah, and the values by which it became one."""

    monthly: int
    law: tuple[Value, ...]


def wage_of(request: PuRequest, month: Month, law: Law) -> Wage:
    """Return the monthly wage: a daily one times 25, piece work as the average that was given.

    Raises:
        NoRuleInForce: no rule was in force in *month*.

    Law: PP 44/2015 Pasal 19; PP 46/2015 Pasal 17.
    """
    if request.kind == "daily":
        days = law.parameter("pu.days_a_month").on(month)
        return Wage(request.wage * int(days.value), (days,))
    if request.kind == "piece":
        return Wage(request.wage, (law.parameter("pu.piece_months").on(month),))
    return Wage(request.wage, ())


def quote_pu(request: PuRequest, law: Law) -> Bill:
    """Return what *request* costs, a line for each month, programme and bearer.

    Raises:
        NoRuleInForce: a programme had no rate, or the pension no ceiling, in one of the months.
    """
    months = tuple(months_from(request.start, request.months))
    lines = tuple(
        _line(program, bearer, month, request, law)
        for month in months
        for program in request.programs
        for bearer in BILLED.get(program, ())
    )
    information = tuple(line for month in months for line in _jkp(month, request, law))
    deferred = tuple(found for line in lines if line.code == "jp" for found in _deferred(line, law))
    warnings = (
        *_warnings(request, lines, law),
        *_of_pension(lines, deferred, request, law),
        *_of_job_loss(months, information, request, law),
        *relief.price_changes(lines),
        *doubts(lines, information, deferred),
    )
    return Bill(lines, warnings, information, deferred)


def _line(program: str, bearer: str, month: Month, request: PuRequest, law: Law) -> Line:
    """Return one month's share of a programme that *bearer* pays.

    Law: JKK, PP 44/2015 Pasal 16; JKM, Pasal 18; JHT, PP 46/2015 Pasal 16; JP, PP 45/2015
    Pasal 28 and, for the ceiling on the wage, Pasal 29.
    """
    rate = law.parameter(BILLED[program][bearer]).on(month)
    base, values = wage_of(request, month, law)
    assumed = _assumed(program, month, request, law)
    if assumed:
        rate = rate._replace(basis=assumed[0].basis, doubt=assumed[0].doubt)
    share = rate.value
    if program == "jkk":
        share = share[_risk(month, request, law) - 1]
    if program == "jp":
        ceiling = law.parameter("jp.wage_ceiling").on(month)
        base, values = min(base, ceiling.value), (*values, ceiling)
    charge = Charge(program, bearer, ((share, base),), (rate, *values, *assumed))
    return line_of(charge, month, law, relief.in_segments(program, month, request.segments, law))


def _assumed(program: str, month: Month, request: PuRequest, law: Law) -> tuple[Value, ...]:
    """Return the assumption that a line of staff without rates of their own rests on."""
    segments = law.parameter("pu.assumed_segments").on(month)
    if request.segment not in segments.value:
        return ()
    if program == "jkk" and request.risk is None:
        return (segments, law.parameter("pu.assumed_risk").on(month))
    return (segments,)


def _risk(month: Month, request: PuRequest, law: Law) -> int:
    if request.risk is not None:
        return request.risk
    return int(law.parameter("pu.assumed_risk").on(month).value[0])


def _jkp(month: Month, request: PuRequest, law: Law) -> tuple[Line, ...]:
    """Return what one month's JKP is made of; nobody gets a bill for it.

    Law: PP 37/2021 Pasal 11, as amended by PP 6/2025. What PP 7/2025 takes out of a relieved JKK
    is not known and is left out.
    """
    if "jkp" not in request.programs:
        return ()
    ceiling = law.parameter("jkp.wage_ceiling").on_day(month.first_day())
    base, values = wage_of(request, month, law)
    base = min(base, ceiling.value)
    parts = {"government": law.parameter("jkp.government").on(month)}
    if not _relieved(month, request, law):
        parts["from_jkk"] = law.parameter("jkp.from_jkk").on(month)
    from_jkm = law.parameter("jkp.from_jkm").find(month)
    if from_jkm:
        parts["from_jkm"] = from_jkm
    return tuple(
        line_of(
            Charge(
                f"jkp_{part}",
                "government" if part == "government" else "employer",
                ((rate.value, base),),
                (rate, *values, ceiling),
            ),
            month,
            law,
        )
        for part, rate in parts.items()
    )


def _relieved(month: Month, request: PuRequest, law: Law) -> bool:
    """Tell whether *month* has a relief on JKK, under which the part that JKP takes is unknown."""
    return relief.in_segments("jkk", month, request.segments, law) is not None


def _deferred(line: Line, law: Law) -> tuple[Line, ...]:
    """Return what of a pension line may be paid later.

    Law: PP 49/2020 (known from the press): 99 % of JP is deferred, not waived.
    """
    share = law.parameter("jp.deferred_share").find(Month.parse(line.month))
    if share is None:
        return ()
    charge = Charge(line.code, line.borne_by, ((share.value, line.amount),), (share,))
    return (line_of(charge, Month.parse(line.month), law),)


def _warnings(request: PuRequest, lines: tuple[Line, ...], law: Law) -> list[Problem]:
    found: list[Problem] = []
    if request.kind == "piece":
        names = {"months": "pu.piece_months", "weather": "pu.piece_months_weather"}
        found.append(
            Problem(
                "wage.piece",
                "/wage",
                {key: law.parameter(name).on(request.start).value for key, name in names.items()},
            )
        )
    if {"jkk", "jkm"} - set(request.programs):
        found.append(Problem("programs.jkk_and_jkm_expected", "/programs"))
    if request.size:
        wanted = law.parameter(f"pu.programs_{request.size}").on(request.start).value
        if set(wanted) - set(request.programs):
            found.append(Problem("programs.firm_size", "/firm_size", {"programs": _named(wanted)}))
    if request.segment != "regular" and {"jp", "jkp"} & set(request.programs):
        found.append(Problem("programs.segment", "/segment"))
    if request.labour_intensive and not any(line.relief for line in lines if line.code == "jkk"):
        found.append(Problem("relief.labour_intensive_none", "/labour_intensive"))
    return found


def _of_pension(
    lines: tuple[Line, ...], deferred: tuple[Line, ...], request: PuRequest, law: Law
) -> list[Problem]:
    """Return that the wage is above a ceiling, each ceiling once, and that payment may wait."""
    found: dict[int | None, Problem] = {}
    for line in lines:
        month = Month.parse(line.month)
        if line.code == "jp" and line.base != wage_of(request, month, law).monthly:
            facts: dict[str, str | int] = {"ceiling": rupiah(line.base or 0), "month": line.month}
            found.setdefault(line.base, Problem("jp.capped", "/wage", facts))
    if not deferred:
        return list(found.values())
    (share, *_) = deferred[0].law
    amount = sum(line.amount for line in deferred)
    facts = {"share": in_percent(share.value), "amount": rupiah(amount)}
    return [*found.values(), Problem("jp.deferred", "/start", facts)]


def _of_job_loss(
    months: tuple[Month, ...], information: tuple[Line, ...], request: PuRequest, law: Law
) -> list[Problem]:
    """Return that JKP costs nobody more, what it asks for, and where its parts are not known."""
    if not information:
        return []
    amount = sum(line.amount for line in information)
    found = [Problem("jkp.no_extra_bill", "/programs", {"amount": rupiah(amount)})]
    smaller = request.size in ("micro", "small")
    name = "jkp.programs_smaller" if smaller else "jkp.programs_larger"
    wanted = law.parameter(name).on(request.start).value
    if set(wanted) - set(request.programs):
        found.append(Problem("jkp.needs_programs", "/programs", {"programs": _named(wanted)}))
    if any(_relieved(month, request, law) for month in months):
        found.append(Problem("jkp.composition_unknown", "/labour_intensive"))
    return found


def _named(programs: tuple[str, ...]) -> str:
    return ", ".join(code.upper() for code in programs)
