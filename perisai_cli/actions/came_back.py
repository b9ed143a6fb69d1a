"""What came back from the central: grouped by what is wrong, and mended many at a time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

from perisai_cli.actions.app import App, Result
from perisai_cli.actions.book import person
from perisai_cli.actions.desk import Desk, open_desk
from perisai_cli.actions.queue import correct
from perisai_cli.domain import outbox
from perisai_cli.domain.errors import (
    EXIT_DONE,
    EXIT_INVALID,
    EXIT_PARTIAL,
    InvalidInput,
    Problem,
)
from perisai_cli.domain.outbox import THEIRS
from perisai_cli.storage.records import KIND, Record

_STATES = (*outbox.ATTENTION, outbox.QUEUED)
# A record that came back without a word of why: an older central says no more.
_UNTOLD = {
    outbox.CONFLICT: THEIRS,
    outbox.DUPLICATE: "nik.duplicate",
    outbox.NEEDS_FIX: "worker.faults",
}


def came_back(desk: Desk, codes: tuple[str, ...] = ()) -> Iterator[Record]:
    """Yield the people who ask for something, oldest first, each with at least one problem.

    *codes* are beginnings of the codes to be among their problems; none of them means all. A
    record that still waits is among them when the central refused it alone.
    """
    for record in desk.records.each(_STATES):
        whole = explained(record)
        if whole.summary.kind == KIND and any(_wanted(each, codes) for each in whole.problems):
            yield whole


def explained(record: Record) -> Record:
    """Return a record that came back with at least one problem, be it the bare state's."""
    code = None if record.problems else _UNTOLD.get(record.summary.state)
    return replace(record, problems=(Problem(code),)) if code else record


def _wanted(problem: Problem, codes: tuple[str, ...]) -> bool:
    return not codes or any(problem.code.startswith(code) for code in codes)


def checked_codes(codes: Iterable[str]) -> tuple[str, ...]:
    """Return the beginnings of codes that were asked for.

    Raises:
        InvalidInput: ``fix.code``: one is no such thing; it is not repeated.
    """
    found = tuple(code.strip() for code in codes)
    for code in found:
        if not code or not code.isascii() or set(code) - set("abcdefghijklmnopqrstuvwxyz._"):
            raise InvalidInput("fix.code", field="--code")
    return found


def fix_list(app: App, codes: tuple[str, ...]) -> Result:
    """Return what came back, grouped by what is wrong, the most frequent first."""
    with open_desk(app) as desk:
        groups, count = grouped(came_back(desk, codes))
    return Result("queue fix", {"count": count, "groups": groups})


def grouped(records: Iterable[Record]) -> tuple[list[dict[str, Any]], int]:
    """Return the groups of records with the same problem, and the number of records."""
    groups: dict[str, dict[str, Any]] = {}
    count = 0
    for record in records:
        count += 1
        for problem in {each.code: each for each in record.problems}.values():
            group = groups.setdefault(problem.code, _group(problem))
            group["count"] += 1
            group["items"].append(person(record))
    return sorted(groups.values(), key=lambda group: (-group["count"], group["code"])), count


def _group(problem: Problem) -> dict[str, Any]:
    facts = {"field": problem.field, "facts": problem.facts}
    return {"code": problem.code, **facts, "count": 0, "items": []}


def fix_again(app: App, record_id: str | None, codes: tuple[str, ...]) -> Result:
    """Make a new revision of what came back as it is, priced by the rules in force now.

    That mends a price of other rules, and says once more what another version contradicted.

    Raises:
        InvalidInput: the one record that is named can't be changed, or still has faults.
    """
    with open_desk(app) as desk:
        if record_id is not None:
            return correct(desk, desk.records.record(record_id), {})
        wanted = [record.summary.id for record in came_back(desk, codes)]
        mended = Mended()
        for row, each in enumerate(wanted, 1):
            mended.correct(desk, each, {}, row)
        return mended.result(desk)


class Mended:
    """What mending many records came to; one at fault never stops the others."""

    def __init__(self) -> None:
        self.items: list[dict[str, Any]] = []
        self.unchanged = 0
        self.problems: list[Problem] = []
        self._refused = 0

    def correct(self, desk: Desk, record_id: str, changes: dict[str, Any], row: int) -> None:
        """Record one correction, or keep why it can't be; each has a transaction of its own."""
        try:
            data = correct(desk, desk.records.record(record_id), changes).data
        except InvalidInput as error:
            self.refuse(error.problems, row, record_id)
        else:
            names = ("id", "rev", "state", "nik_masked")
            kept = {name: data[name] for name in names}
            self.items.append({"row": row, **kept, "total": data["quote"]["total"]})

    def refuse(self, problems: Iterable[Problem], row: int, record_id: str | None = None) -> None:
        """Keep why a row was not mended."""
        self._refused += 1
        self.problems += [replace(problem, row=row, id=record_id) for problem in problems]

    def result(self, desk: Desk) -> Result:
        """Return the counts, what was corrected, and every fault with its row."""
        corrected = len(self.items)
        data = {
            "count": corrected + self.unchanged + self._refused,
            "accepted": corrected,
            "unchanged": self.unchanged,
            "refused": self._refused,
            "items": self.items,
            "pending": desk.answers.pending(),
        }
        status, code = "success", EXIT_DONE
        if self._refused:
            some = corrected or self.unchanged
            status, code = ("partial", EXIT_PARTIAL) if some else ("error", EXIT_INVALID)
        return Result("queue fix", data, tuple(self.problems), status=status, exit_code=code)
