"""Who may be enrolled as a self-employed member, and the whole examination of one worker.

The agent's tool and the central API call the same ``examine``, so that what passes here passes
there as long as both hold the same law.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from perisai_cli.domain.enrolment import read_worker
from perisai_cli.domain.errors import NoRuleInForce, Problem
from perisai_cli.domain.people import Worker
from perisai_cli.domain.period import Month, age_on
from perisai_cli.rules.contribution import quote_bpu, tier_of_income
from perisai_cli.rules.law import Law
from perisai_cli.rules.request import BpuRequest
from perisai_cli.rules.trace import Quote


@dataclass(frozen=True, slots=True)
class Examination:
    """The result of looking at one worker: the worker and quote when nothing is at fault."""

    worker: Worker | None
    quote: Quote | None
    faults: tuple[Problem, ...]
    warnings: tuple[Problem, ...]


def examine(loose: dict[str, Any], today: date, now: datetime, law: Law) -> Examination:
    """Return everything there is to say about enrolling the worker in *loose* JSON.

    Args:
        loose: The members of a worker's JSON.
        today: The day of registration where the worker lives.
        now: The moment of capture.
        law: Parameters in force.
    """
    worker, faults, warnings = read_worker(loose, today, now)
    birth = worker.birth_date if worker else _birth_date(loose)
    if birth is not None and birth <= today:
        age_faults, age_warnings = age_problems(birth, today, law)
        faults += age_faults
        warnings += age_warnings
    if worker is None or faults:
        return Examination(None, None, tuple(faults), tuple(warnings))
    try:
        quote = _quote(_priced_by(worker, law), law)
    except NoRuleInForce as error:
        faults.append(Problem(error.code, "/start", error.problems[0].facts))
        return Examination(None, None, tuple(faults), tuple(warnings))
    if worker.start < Month.of(today):
        warnings.append(Problem("start.past", "/start"))
    return Examination(worker, quote, (), (*warnings, *quote.warnings))


_quote = lru_cache(maxsize=1024)(quote_bpu)
"""The quote of a request: a whole market asks for the same few."""


def _priced_by(worker: Worker, law: Law) -> BpuRequest:
    """Return what a worker's quote depends on: an income only where a tier was chosen beside it."""
    request = request_of(worker, law)
    return request if worker.tier is not None else request._replace(income=None)


def request_of(worker: Worker, law: Law) -> BpuRequest:
    """Return the quote that a worker asks for; the tier is the chosen one, else the income's."""
    tier = worker.tier
    if tier is None:
        assert worker.income is not None  # read_worker demands one of the two
        tier = tier_of_income(worker.income, worker.start, law).number
    return BpuRequest(
        tier=tier,
        programs=worker.programs,
        start=worker.start,
        months=worker.months,
        sector=worker.sector,
        payer=worker.payer,
        owner=worker.owner,
        income=worker.income,
    )


def age_problems(birth: date, today: date, law: Law) -> tuple[list[Problem], list[Problem]]:
    """Return the faults and the warnings that an age on the day of registration gives.

    Law: under 65 when enrolling, Permenaker 5/2021 (known from secondary sources; one says 60).
    """
    limits = _age_limits(Month.of(today), law)
    age = age_on(birth, today)
    facts: dict[str, str | int] = {"age": age, "limit": limits["age_limit"]}
    if age >= limits["age_limit"]:
        return [Problem("age.too_old", "/birth_date", facts)], []
    if age < limits["age_minimum"]:
        facts["limit"] = limits["age_minimum"]
        return [Problem("age.too_young", "/birth_date", facts)], []
    if age >= limits["age_to_confirm"]:
        return [], [Problem("age.near_limit", "/birth_date", facts)]
    if age < limits["age_of_majority"]:
        return [], [Problem("age.minor", "/birth_date", facts)]
    return [], []


@lru_cache(maxsize=64)
def _age_limits(month: Month, law: Law) -> dict[str, int]:
    """Return the ages that decide, in force in *month*."""
    names = ("age_minimum", "age_of_majority", "age_to_confirm", "age_limit")
    return {name: law.parameter(f"bpu.{name}").on(month).value for name in names}


def _birth_date(loose: dict[str, Any]) -> date | None:
    """Return the birth date as far as it can be read, so that age is judged beside other faults."""
    try:
        return date.fromisoformat(str(loose.get("birth_date")))
    except ValueError:
        return None
