"""Who is paid and how soon: heirs in their order, reports, claims and payment, with their law."""

from __future__ import annotations

from datetime import date
from typing import Any

from perisai_cli.rules.law import Law
from perisai_cli.rules.trace import citation

_UNITS = {"report_days": "days", "claim_years": "years", "payment_days": "working days"}
_NAMED = {
    "jkk_benefit": ("report_days", "claim_years", "payment_days"),
    "jkm_benefit": ("payment_days",),
}
"""The deadlines that each programme's law names."""


def facts(programme: str, day: date, law: Law) -> dict[str, Any]:
    """Return the heirs and the deadlines of a programme for an event on *day*, as JSON values.

    Args:
        programme: ``jkk_benefit`` or ``jkm_benefit``.
        day: Day of the event.
        law: Parameters in force.

    Law: PP 44/2015 Pasal 26 (claims), 37 and 40 (payment, heirs), 44 (reports).
    """
    heirs = law.parameter(f"{programme}.heirs").on_day(day)
    late = law.parameter(f"{programme}.late_rate").on_day(day)
    return {
        "heirs": {"order": list(heirs.value), "law": citation(heirs)},
        "deadlines": _deadlines(programme, day, law),
        "late_payment": {
            "percent_a_day": f"{(late.value * 100).normalize():f}",
            "law": citation(late),
        },
    }


def _deadlines(programme: str, day: date, law: Law) -> list[dict[str, Any]]:
    values = [
        (name, law.parameter(f"{programme}.{name}").on_day(day)) for name in _NAMED[programme]
    ]
    return [
        {
            "code": name.partition("_")[0],
            "count": value.value,
            "unit": _UNITS[name],
            "law": citation(value),
        }
        for name, value in values
    ]
