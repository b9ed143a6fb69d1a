"""What an import came to: counts by standing, faults by kind, rupiah of those who are ready."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from typing import Any

from perisai_cli.actions.import_rows import CHANGED, MEND, STANDINGS, Seen
from perisai_cli.domain.errors import EXIT_DONE, EXIT_INVALID, EXIT_PARTIAL, Problem
from perisai_cli.sheets.model import Skipped

FIRST_ROWS = 5
"""Rows that are named of each kind of fault."""


@dataclass(slots=True)
class Kind:
    """A kind of fault: its first instance, how many rows have it, and the first of those rows."""

    first: Problem
    count: int = 0
    rows: list[int] = field(default_factory=list)


class Tally:
    """Counts rows; what it keeps does not grow with them.

    Attributes:
        standings: Rows by what they came to; they sum to the rows that hold a person.
        skipped: Rows that hold none, by reason.
        recorded: Workers that are on the disk.
        amount: Whole rupiah that the ready ones are to pay for all their months.
    """

    def __init__(self) -> None:
        self.standings: Counter[str] = Counter()
        self.skipped: Counter[str] = Counter()
        self.recorded = 0
        self.amount = 0
        self._perhaps = 0
        self._near_limit = 0
        self._kinds: dict[tuple[str, str | None], Kind] = {}
        self._warnings: Counter[str] = Counter()

    def skip(self, row: Skipped) -> None:
        """Count a row that holds no person."""
        self.skipped[row.reason] += 1

    def note(self, seen: Seen, *, recorded: bool) -> None:
        """Count a row that holds a person."""
        self.standings[seen.standing] += 1
        self.recorded += recorded
        self._perhaps += seen.perhaps_member
        for code in {warning.code for warning in seen.warnings}:
            self._warnings[code] += 1
            self._near_limit += code == "age.near_limit"
        if seen.ready is not None:
            self.amount += seen.ready.finished.amount
        kinds = {(fault.code, fault.field): fault for fault in reversed(seen.faults)}
        for key, fault in kinds.items():
            kind = self._kinds.setdefault(key, Kind(fault))
            kind.count += 1
            if len(kind.rows) < FIRST_ROWS:
                kind.rows.append(seen.person.row)

    @property
    def people(self) -> int:
        """Rows that hold a person."""
        return self.standings.total()

    def as_json(self) -> dict[str, Any]:
        """Return the counts as JSON values."""
        standings = {name: self.standings[name] for name in STANDINGS}
        return {
            "rows": self.people + self.skipped.total(),
            "people": self.people,
            **standings,
            "recorded": self.recorded,
            "perhaps_members": self._perhaps,
            "near_age_limit": self._near_limit,
            "skipped": dict(sorted(self.skipped.items())),
            "amount": self.amount,
            "faults": [
                {"code": kind.first.code, "field": kind.first.field, "count": kind.count,
                 "rows": kind.rows}
                for kind in self._by_size()
            ],
            "warnings_by_code": dict(self._warnings.most_common()),
        }  # fmt: skip

    def problems(self) -> tuple[Problem, ...]:
        """Return one problem for each kind of fault, the most frequent first, at its first row."""
        return tuple(replace(kind.first, row=kind.rows[0]) for kind in self._by_size())

    def _by_size(self) -> list[Kind]:
        return sorted(self._kinds.values(), key=lambda kind: -kind.count)

    def verdict(self) -> tuple[str, int]:
        """Return status and exit code: done, someone must look at some, or nothing is usable."""
        if not (self.standings[MEND] or self.standings[CHANGED]):
            return "success", EXIT_DONE
        if self.people > self.standings[MEND]:
            return "partial", EXIT_PARTIAL
        return "error", EXIT_INVALID
