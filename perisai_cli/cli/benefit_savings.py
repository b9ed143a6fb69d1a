"""``manfaat jht``, ``jp`` and ``jkp``: savings, pension, job loss."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any

from perisai_cli import wiring
from perisai_cli.actions.app import Result
from perisai_cli.actions.benefit_savings import (
    JhtOptions,
    JkpOptions,
    JpOptions,
    benefit_of_job_loss,
    benefit_of_pension,
    benefit_of_savings,
)
from perisai_cli.cli import benefits, output
from perisai_cli.cli.benefit_group import app
from perisai_cli.cli.framework import command, opt
from perisai_cli.domain.money import rupiah
from perisai_cli.i18n import text

DAY = "YYYY-MM-DD"

Text = str | None


@command(app, "benefit jht")
def jht(
    balance: Annotated[Text, opt("--saldo", "--balance", key="balance", metavar="RUPIAH")] = None,
    rate: Annotated[Text, opt("--hasil", "--yield", key="yield", metavar="%")] = None,
    years: Annotated[Text, opt("--tahun", "--years", key="saving_years", metavar="0-60")] = None,
    contribution: Annotated[
        Text, opt("--iuran", "--contribution", key="saving_contribution", metavar="RUPIAH")
    ] = None,
    reason: Annotated[
        Text,
        opt(
            "--alasan", "--reason", key="jht_reason",
            metavar="age|resign|housing|partial|death|disability",
        ),
    ] = None,
    on: Annotated[Text, opt("--pada", "--on", key="on", metavar=DAY)] = None,
    explain: Annotated[bool, opt("--jelaskan", "--explain", key="explain")] = False,
) -> int:  # fmt: skip
    """Calculate old-age savings."""
    options = JhtOptions(balance, rate, years, contribution, reason, on)
    return _show(benefit_of_savings(options, wiring.now()), _savings, explain)


@command(app, "benefit jp")
def jp(
    average_wage: Annotated[
        Text, opt("--upah-rata", "--average-wage", key="average_wage", metavar="RUPIAH")
    ] = None,
    months: Annotated[Text, opt("--bulan", "--months", key="paid_in_all", metavar="1-720")] = None,
    date: Annotated[Text, opt("--tanggal", "--date", key="jp_date", metavar=DAY)] = None,
    born: Annotated[Text, opt("--lahir", "--born", key="born", metavar=DAY)] = None,
    beneficiary: Annotated[
        Text,
        opt(
            "--penerima", "--beneficiary", key="beneficiary",
            metavar="old-age|widow|child|parent|disability",
        ),
    ] = None,
    density: Annotated[
        Text, opt("--kepadatan", "--density", key="density", metavar="%")
    ] = None,
    membership_months: Annotated[
        Text,
        opt("--bulan-peserta", "--membership-months", key="jp_membership", metavar="0-720"),
    ] = None,
    explain: Annotated[bool, opt("--jelaskan", "--explain", key="explain")] = False,
) -> int:  # fmt: skip
    """Calculate a monthly pension."""
    options = JpOptions(average_wage, months, date, born, beneficiary, density, membership_months)
    return _show(benefit_of_pension(options), _pension, explain)


@command(app, "benefit jkp")
def jkp(
    wage: Annotated[Text, opt("--upah", "--wage", key="last_wage", metavar="RUPIAH")] = None,
    date: Annotated[Text, opt("--tanggal", "--date", key="jkp_date", metavar=DAY)] = None,
    reason: Annotated[
        Text,
        opt(
            "--alasan", "--reason", key="jkp_reason",
            metavar="laid-off|contract-ended-early|contract-ended|resigned|disabled|retired|died",
        ),
    ] = None,
    paid_months: Annotated[
        Text, opt("--bulan-iur", "--paid-months", key="jkp_paid", metavar="0-24")
    ] = None,
    claim: Annotated[Text, opt("--klaim-ke", "--claim", key="claim_number", metavar="1-3")] = None,
    explain: Annotated[bool, opt("--jelaskan", "--explain", key="explain")] = False,
) -> int:  # fmt: skip
    """Calculate the cash after a job was lost."""
    options = JkpOptions(wage, date, reason, paid_months, claim)
    return _show(benefit_of_job_loss(options, wiring.now()), _job_loss, explain)


def _show(result: Result, words: Any, explain: bool) -> int:
    def lines(data: Any) -> Iterator[str]:
        yield from words(data)
        if explain:
            yield from _years(data.get("by_year", ()))
            more = (*data["refused_by"], *data.get("rests_on", ()))
            yield from benefits.working(data | {"refused_by": more})

    return output.show(result, lines)


def _years(rows: Any) -> Iterator[str]:
    for row in rows:
        amounts = {name: rupiah(row[name]) for name in row if name != "year"}
        yield "  " + text("savings.year", year=row["year"], **amounts)


def _savings(data: dict[str, Any]) -> Iterator[str]:
    yield from benefits.summary(data)
    if data["tax"] is not None:
        yield text("savings.tax", tax=rupiah(data["tax"]), net=rupiah(data["net"]))
    if data["remaining"]:
        yield text("savings.remaining", amount=rupiah(data["remaining"]))
        return
    options = data["options"]
    facts = {name: rupiah(options[name]) for name in ("housing", "partial")}
    yield text("savings.options", years=options["after_years"], **facts)


def _pension(data: dict[str, Any]) -> Iterator[str]:
    if data["lump_sum"]:
        yield text("pension.lump_sum")
    elif not data["lines"]:
        yield text("pension.not_yet", day=data["reaches_pension_age"])
    else:
        yield from benefits.summary(data)
        yield text("pension.a_month", amount=rupiah(data["total"]), day=data["paid_from"])
    if data["reaches_pension_age"] and data["lines"]:
        yield text("pension.age", day=data["reaches_pension_age"], age=data["pension_age"])


def _job_loss(data: dict[str, Any]) -> Iterator[str]:
    yield from benefits.summary(data)
    for row in data["by_month"]:
        yield "  " + text("job_loss.month", number=row["month"], amount=rupiah(row["amount"]))
    if data["by_month"] and data["training"]:
        yield text("job_loss.training", amount=rupiah(data["training"]))
    if data["by_month"] and data["conditions"]:
        conditions = data["conditions"]
        yield text(
            "job_loss.conditions",
            applications=conditions["applications_a_month"],
            interviews=conditions["interviews_a_month"],
            attendance=conditions["training_attendance"],
        )
