"""Calculates an agent's statement: no store, no passphrase, no network."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

from perisai_cli.actions.app import Result
from perisai_cli.actions.options import Options
from perisai_cli.domain.money import parse_rupiah
from perisai_cli.domain.period import Month, local_day
from perisai_cli.rules import incentive
from perisai_cli.rules.incentive_terms import read_agreement
from perisai_cli.rules.law import load_law

_HOME_REGION = "51"  # the calculators' day is Bali's; --pada sets another
_MOST_NEW = 100_000


class IncentiveOptions(NamedTuple):
    """The options of ``insentif hitung`` as they were typed; None where they were not."""

    scheme: str | None = None
    new: str | None = None
    program: str | None = None
    collected: str | None = None
    collected_later: str | None = None
    on: str | None = None


def calculate_incentive(
    options: IncentiveOptions, now: datetime, own: Mapping[str, Any] | None = None
) -> Result:
    """Return what an agent is paid for a month, line by line.

    Without a scheme it is the one that held on the given day, or today's; a scheme of the past
    without a day is taken as it last was.
    *own* is the settings' table of the office's own amounts.

    Raises:
        InvalidInput: every option at fault, each under the pointer of its English name; or
            ``settings.invalid``.
        NoRuleInForce: the scheme did not hold on the day.
    """
    read, law = Options(), load_law()
    read.need("new", options.new)
    read.need("collected", options.collected)
    day = read.day("on", options.on)
    new = read.whole("new", options.new, 0, _MOST_NEW)
    collected = read.read("collected", options.collected, _rupiah_or_none, "amount.value")
    later = read.read("collected-later", options.collected_later, _rupiah_or_none, "amount.value")
    program = read.choice("program", options.program, incentive.PROGRAM_COUNTS, "2")
    scheme = read.choice("scheme", options.scheme, incentive.SCHEMES, incentive.SCHEMES[-1])
    if scheme == "2018" and later:
        read.fault("incentive.no_later_share", "collected-later")
    read.check()
    month, today = Month.of(day) if day else None, Month.of(local_day(now, _HOME_REGION))
    if options.scheme is None:
        month = month or today
        scheme = incentive.scheme_in(month, law)
    elif month is None and scheme == incentive.scheme_in(today, law):
        month = today
    request = incentive.IncentiveRequest(
        scheme, new or 0, program, collected or 0, later or 0, month
    )
    statement = incentive.statement(request, law, read_agreement(own))
    return Result("incentive calculate", statement.as_json(), warnings=statement.warnings)


def _rupiah_or_none(typed: str) -> int:
    """Return whole rupiah; a month may have brought none."""
    return 0 if typed.strip() == "0" else parse_rupiah(typed)
