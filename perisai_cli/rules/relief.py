"""Reliefs: which waived share holds for whom in which month, and what to warn of."""

from __future__ import annotations

import itertools
from typing import NamedTuple

from perisai_cli.domain.errors import Problem
from perisai_cli.domain.money import rupiah
from perisai_cli.domain.period import Month, months_from
from perisai_cli.rules.law import Law
from perisai_cli.rules.parameter import Relief, Value
from perisai_cli.rules.request import BpuRequest
from perisai_cli.rules.trace import Line


class Waived(NamedTuple):
    """A relief in force: its code and the value that holds its share."""

    code: str
    value: Value


def for_month(program: str, month: Month, request: BpuRequest, law: Law) -> Waived | None:
    """Return the relief that a member of *request* has on *program* in *month*, if any.

    Law: PP 50/2025 Pasal 3 and 4 ayat (1); PP 49/2020 Pasal 9.
    """
    for relief in law.reliefs:
        share = relief.share.find(month)
        if share and program in relief.programs and not _excluded(relief, month, request):
            return Waived(relief.code, share)
    return None


def in_segments(program: str, month: Month, segments: frozenset[str], law: Law) -> Waived | None:
    """Return the relief that contributions of any of these *segments* have on *program*, if any.

    Reliefs that ask for a sector are for self-employed members and are passed over.

    Law: PP 49/2020 Pasal 9 and 12; PP 7/2025 Pasal 4; PP 36/2025.
    """
    for relief in law.reliefs:
        share = relief.share.find(month) if relief.sector is None else None
        if share and program in relief.programs and segments & relief.segments:
            return Waived(relief.code, share)
    return None


def exclusion(program: str, month: Month, request: BpuRequest, law: Law) -> tuple[Value, ...]:
    """Return the value by which the payer of *request* keeps the full price, where one does.

    Law: PP 50/2025 Pasal 3 (from the press).
    """
    return tuple(
        value
        for relief in law.reliefs
        if relief.share.find(month) and program in relief.programs
        if _excluded(relief, month, request) == "payer"
        if relief.excluded_payers and (value := relief.excluded_payers.find(month))
    )


def _excluded(relief: Relief, month: Month, request: BpuRequest) -> str | None:
    """Return why a relief in force does not reach this member: segment, sector, payer or owner."""
    if "bpu" not in relief.segments:
        return "segment"
    if relief.sector not in (None, request.sector):
        return "sector"
    if request.owner and not relief.owners:
        return "owner"
    payers = relief.excluded_payers.find(month) if relief.excluded_payers else None
    return "payer" if payers and request.payer in payers.value else None


def warnings(request: BpuRequest, lines: tuple[Line, ...], law: Law) -> tuple[Problem, ...]:
    """Return what to tell beside a quote: price changes, exclusions, and doubts of the sources."""
    return (*_exclusions(request, law), *price_changes(lines), *_doubts(request, lines))


def _exclusions(request: BpuRequest, law: Law) -> list[Problem]:
    reasons = {
        _excluded(relief, month, request)
        for month in months_from(request.start, request.months)
        for relief in law.reliefs
        if relief.share.find(month)
    }
    found = []
    if "payer" in reasons:
        code = "relief.dbhcht" if request.payer == "dbhcht" else "relief.public_payer"
        found.append(Problem(code, "/payer"))
    if "owner" in reasons:
        found.append(Problem("relief.owner", "/owner"))
    return found


def price_changes(lines: tuple[Line, ...]) -> list[Problem]:
    """Return a warning for each month whose price differs from the month before."""
    prices: dict[str, int] = {}
    for line in lines:
        prices[line.month] = prices.get(line.month, 0) + line.amount
    months = list(prices)
    return [
        Problem(
            "price.changes",
            "/months",
            {"month": later, "before": rupiah(prices[earlier]), "after": rupiah(prices[later])},
        )
        for earlier, later in itertools.pairwise(months)
        if prices[earlier] != prices[later]
    ]


def _doubts(request: BpuRequest, lines: tuple[Line, ...]) -> list[Problem]:
    """Return the doubts of every value that a line rests on, each once."""
    codes = {value.doubt: None for line in lines for value in line.law if value.doubt}
    found = [Problem(f"doubt.{code}") for code in codes]
    relieved = any(line.relief == "pp-50-2025" for line in lines)
    if relieved and request.payer in ("village", "sponsor"):
        found.append(Problem("relief.payer_not_named", "/payer"))
    return found
