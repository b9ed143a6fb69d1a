"""The worker of the contract of the command line, and ways to change it."""

from __future__ import annotations

import copy
from datetime import UTC, date, datetime
from typing import Any

TODAY = date(2026, 11, 22)
NOW = datetime(2026, 11, 22, 3, 4, 5, tzinfo=UTC)

EXAMPLE: dict[str, Any] = {
    "nik": "5171015708900001",
    "name": "Ni Luh Sari",
    "birth_place": "Denpasar",
    "birth_date": "1990-08-17",
    "sex": "F",
    "phone": "081234567890",
    "email": None,
    "address": {
        "text": "Jl. Segara 3", "rt": "003", "rw": "005", "village": "Sanur", "region": "517101",
    },
    "occupations": [{"code": "trader", "place": "Pasar Sindhu"}],
    "income": 1500000,
    "programs": ["jkk", "jkm"],
    "sector": "other",
    "payer": "self",
    "start": "2026-12",
    "months": 3,
    "heirs": [{"name": "I Made Ardi", "relationship": "spouse"}],
    "children": [{"name": "Putu", "birth_date": "2015-02-01"}],
    "attestation": {"working": True, "critically_ill": False},
    "consent": {"given": True, "method": "signature"},
}  # fmt: skip

GONE = object()
"""Stands for a member that is taken out."""


def changed(**changes: Any) -> dict[str, Any]:
    """Return the example with members changed; ``address__region`` reaches into an inner object."""
    worker = copy.deepcopy(EXAMPLE)
    for path, value in changes.items():
        *outer, last = path.split("__")
        place: Any = worker
        for name in outer:
            place = place[int(name) if name.isdigit() else name]
        if value is GONE:
            del place[last]
        else:
            place[last] = value
    return worker
