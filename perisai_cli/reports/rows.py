"""Rows of the reports: pure, from what a store holds to what a supervisor reads.

Column names are English and never change; money is whole rupiah; what is accepted, what waits and
what came back stand in columns of their own and are never added up into one proud number.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
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

STANDINGS = ("accepted", "pending", "held", "duplicate", "needs_fix", "conflict", "withdrawn")
SUMMARY = (
    "dimension", "key", "label", "records", "amount",
    *(f"{kind}_{standing}" for standing in STANDINGS for kind in ("records", "amount")),
)  # fmt: skip


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


def summary_rows(cells: Iterable[tuple[str, str, str, int, int]]) -> Iterator[Row]:
    """Yield a row for each key of each dimension.

    Args:
        cells: (dimension, key, standing, records, whole rupiah), the keys of a dimension together.
    """
    current: Row | None = None
    for dimension, key, standing, records, amount in cells:
        if current is None or (current["dimension"], current["key"]) != (dimension, key):
            if current is not None:
                yield current
            label = region_label(key) if dimension == "region" else ""
            current = dict.fromkeys(SUMMARY, 0)
            current |= {"dimension": dimension, "key": key, "label": label}
        current["records"] += records
        current["amount"] += amount
        current[f"records_{standing}"] += records
        current[f"amount_{standing}"] += amount
    if current is not None:
        yield current
