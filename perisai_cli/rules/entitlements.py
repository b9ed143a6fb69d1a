"""What JKK gives besides the money that is counted: care, and goods up to a limit."""

from __future__ import annotations

from datetime import date
from typing import Any

from perisai_cli.rules.law import Law
from perisai_cli.rules.parameter import Value
from perisai_cli.rules.trace import citation


def entitlements(day: date, law: Law) -> list[dict[str, Any]]:
    """Return what an accident on *day* entitles to, as JSON values; empty where none is known.

    ``limit`` is in whole rupiah, None where the law names none or the amount was not seen.

    Law: PP 82/2019 Pasal 25 ayat (2) and Lampiran III; for before 2 December 2019 the list was
    not read.
    """
    listed = law.parameter("jkk_benefit.entitlements").find_day(day)
    if listed is None:
        return []
    limit, years, margin = (
        law.parameter(f"jkk_benefit.{name}").on_day(day)
        for name in ("home_care_limit", "home_care_years", "prosthesis_margin")
    )
    plain = [_entitlement(code, None, (listed,)) for code in listed.value]
    home = _entitlement("home_care", limit.value, (limit, years)) | {"years": years.value}
    limb = _entitlement("prosthesis", None, (margin,)) | {
        "percent_over_price": f"{(margin.value * 100).normalize():f}"
    }
    return [*plain, home, limb]


def _entitlement(code: str, limit: int | None, law: tuple[Value, ...]) -> dict[str, Any]:
    return {"code": code, "limit": limit, "law": [citation(value) for value in law]}
