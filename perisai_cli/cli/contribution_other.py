"""``iuran pu``, ``jakon`` and ``pmi``: employees, construction, migrant workers."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Annotated, Any

from perisai_cli import wiring
from perisai_cli.actions.app import Result
from perisai_cli.actions.contribution_other import (
    JakonOptions,
    PmiOptions,
    PuOptions,
    contribution_jakon,
    contribution_pmi,
    contribution_pu,
)
from perisai_cli.cli import output, quotes
from perisai_cli.cli.contribution_group import app
from perisai_cli.cli.framework import command, opt
from perisai_cli.domain.money import rupiah
from perisai_cli.i18n import text

MONTH = "YYYY-MM"
DAY = "YYYY-MM-DD"
MONEY = "RUPIAH"

Text = str | None


@command(app, "contribution pu")
def pu(
    wage: Annotated[Text, opt("--upah", "--wage", key="pu_wage", metavar=MONEY)] = None,
    risk: Annotated[Text, opt("--risiko", "--risk", key="risk", metavar="1-5")] = None,
    program: Annotated[
        Text, opt("--program", key="pu_program", metavar="jkk,jkm[,jht][,jp][,jkp]")
    ] = None,
    start: Annotated[Text, opt("--mulai", "--start", key="start", metavar=MONTH)] = None,
    months: Annotated[Text, opt("--bulan", "--months", key="months", metavar="1-60")] = None,
    kind: Annotated[
        Text, opt("--jenis-upah", "--wage-kind", key="wage_kind", metavar="monthly|daily|piece")
    ] = None,
    segment: Annotated[
        Text, opt("--segmen", "--segment", key="segment", metavar="regular|non-asn|election")
    ] = None,
    size: Annotated[
        Text, opt("--skala", "--firm-size", key="firm_size", metavar="micro|small|medium|large")
    ] = None,
    intensive: Annotated[
        bool, opt("--padat-karya", "--labour-intensive", key="labour_intensive")
    ] = False,
    on: Annotated[Text, opt("--pada", "--on", key="on", metavar=DAY)] = None,
    explain: Annotated[bool, opt("--jelaskan", "--explain", key="explain")] = False,
) -> int:
    """Calculate what is owed for an employee."""
    options = PuOptions(wage, risk, program, start, months, kind, segment, size, on, intensive)
    return _show(contribution_pu(options, wiring.now()), _employee, explain=explain)


@command(app, "contribution jakon")
def jakon(
    value: Annotated[Text, opt("--nilai", "--value", key="contract_value", metavar=MONEY)] = None,
    wage: Annotated[Text, opt("--upah", "--wage", key="site_wage", metavar=MONEY)] = None,
    start: Annotated[Text, opt("--mulai", "--start", key="start", metavar=MONTH)] = None,
    on: Annotated[Text, opt("--pada", "--on", key="on", metavar=DAY)] = None,
    explain: Annotated[bool, opt("--jelaskan", "--explain", key="explain")] = False,
) -> int:
    """Calculate what is owed for a building site."""
    result = contribution_jakon(JakonOptions(value, wage, start, on), wiring.now())
    return _show(result, _site, explain=explain)


@command(app, "contribution pmi")
def pmi(
    via: Annotated[Text, opt("--lewat", "--via", key="via", metavar="agency|self")] = None,
    months: Annotated[Text, opt("--bulan", "--months", key="pmi_months", metavar="6|12|24")] = None,
    extra: Annotated[Text, opt("--tambahan", "--extra", key="extra", metavar="N")] = None,
    jht: Annotated[Text, opt("--jht", key="pmi_jht", metavar=MONEY)] = None,
    start: Annotated[Text, opt("--mulai", "--start", key="start", metavar=MONTH)] = None,
    on: Annotated[Text, opt("--pada", "--on", key="on", metavar=DAY)] = None,
    explain: Annotated[bool, opt("--jelaskan", "--explain", key="explain")] = False,
) -> int:
    """Calculate what a migrant worker pays."""
    result = contribution_pmi(PmiOptions(via, months, extra, jht, start, on), wiring.now())
    return _show(result, _migrant, explain=explain)


def _show(
    result: Result, summary: Callable[[dict[str, Any]], Iterator[str]], *, explain: bool
) -> int:
    def lines(data: Any) -> Iterator[str]:
        yield from summary(data)
        if explain:
            yield from quotes.working(data)

    return output.show(result, lines)


def _employee(data: dict[str, Any]) -> Iterator[str]:
    """Yield the wage, who bears how much of each programme, the price by month, and JKP aside."""
    wage = data["wage"]
    facts = {
        "amount": rupiah(wage["amount"]),
        "monthly": rupiah(wage["monthly"]),
        "days": wage.get("days"),
        "programs": ", ".join(code.upper() for code in data["totals"]["by_program"]) or "–",
    }
    if wage["kind"] == "daily":
        yield text("bill.wage_daily", **facts)
    else:
        yield text("bill.wage_piece" if wage["kind"] == "piece" else "bill.wage_monthly", **facts)
    yield from _parts(data["lines"])
    yield from quotes.priced(data)
    if data["information"]:
        yield text("bill.aside")
        yield from _parts(data["information"])


def _site(data: dict[str, Any]) -> Iterator[str]:
    """Yield the contract or the wages, both programmes, and the total."""
    month = data["lines"][0]["month"]
    if data["value"] is None:
        yield text("bill.site_wage", amount=rupiah(data["wage"]), month=month)
    else:
        yield text("bill.contract", amount=rupiah(data["value"]), month=month)
    yield from _whole(data)


def _migrant(data: dict[str, Any]) -> Iterator[str]:
    """Yield the way and the length, each sum, and the total."""
    facts = {"months": data["months"], "extra": data["extra"]}
    yield text("bill.migrant_agency" if data["via"] == "agency" else "bill.migrant_self", **facts)
    yield from _whole(data)


def _whole(data: dict[str, Any]) -> Iterator[str]:
    yield from _parts(data["lines"])
    yield from quotes.savings(data)
    yield text("bill.total", total=rupiah(data["total"]))
    yield from quotes.bases_of(data)


def _parts(lines: list[dict[str, Any]]) -> Iterator[str]:
    """Yield each programme with who bears it, summed over the months."""
    sums: dict[tuple[str, str], int] = {}
    for line in lines:
        key = line["code"], line["borne_by"]
        sums[key] = sums.get(key, 0) + line["amount"]
    for (code, bearer), amount in sums.items():
        facts = {"amount": rupiah(amount), "bearer": text(f"bearer.{bearer}")}
        yield "  " + text("bill.part", name=quotes.line_name(code), **facts)
