"""One enrolment as a row: pure, from what a store holds to what a supervisor reads.

Column names are English and never change; money is whole rupiah.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from perisai_cli.domain.identity import mask_name, mask_nik
from perisai_cli.domain.regions import region_label

Row = dict[str, Any]

ENROLLMENTS = (
    "id", "recorded_at", "state", "pending", "nik", "name", "region", "region_name", "occupation",
    "programs", "tier", "start", "months", "sector", "payer", "amount", "rules",
    "membership_number", "payment_code", "sample_number", "problems",
)  # fmt: skip
UNMASKED = (*ENROLLMENTS, "birth_date", "sex", "phone")
PERSONAL = ("nik", "name", "birth_date", "sex", "phone")
"""Members of a worker that an unmasked row shows."""


@dataclass(frozen=True, slots=True)
class Enrolment:
    """One enrolment as a report takes it in: clear facts, the worker's JSON, what was assigned."""

    id: str
    recorded_at: str
    state: str
    pending: bool
    region: str
    programs: str
    tier: int
    start: str
    months: int
    sector: str
    payer: str
    amount: int
    rules: str
    problems: tuple[str, ...]
    worker: dict[str, Any]
    assigned: dict[str, Any]


def enrolment_row(enrolment: Enrolment, *, unmask: bool) -> Row:
    """Return the row of one enrolment: the columns of ``ENROLLMENTS``, or of ``UNMASKED``."""
    worker, assigned = enrolment.worker, enrolment.assigned
    nik, name = str(worker.get("nik", "")), str(worker.get("name", ""))
    row: Row = {
        "id": enrolment.id,
        "recorded_at": enrolment.recorded_at,
        "state": enrolment.state,
        "pending": enrolment.pending,
        "nik": nik if unmask else mask_nik(nik),
        "name": name if unmask else mask_name(name),
        "region": enrolment.region,
        "region_name": region_label(enrolment.region),
        "occupation": ",".join(job["code"] for job in worker.get("occupations", [])),
        "programs": enrolment.programs,
        "tier": enrolment.tier,
        "start": enrolment.start,
        "months": enrolment.months,
        "sector": enrolment.sector,
        "payer": enrolment.payer,
        "amount": enrolment.amount,
        "rules": enrolment.rules,
        "membership_number": assigned.get("kpj", ""),
        "payment_code": assigned.get("payment_code", ""),
        "sample_number": assigned.get("sample", ""),
        "problems": " ".join(enrolment.problems),
    }
    if unmask:
        row |= {name: worker.get(name, "") for name in ("birth_date", "sex", "phone")}
    return row
