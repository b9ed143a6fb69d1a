"""Enrols workers: one at a time, or many with their commits grouped."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any, Protocol

from perisai_cli.actions.app import App, Result
from perisai_cli.actions.contribution import quote_json
from perisai_cli.actions.desk import Desk, Ready, open_desk
from perisai_cli.actions.guard import question_json
from perisai_cli.actions.lines import Line
from perisai_cli.domain.errors import (
    EXIT_DONE,
    EXIT_INVALID,
    EXIT_PARTIAL,
    InvalidInput,
    NoRuleInForce,
    Problem,
)

GROUP = 100
"""Workers to a commit when many come in; a receipt is given only after its commit."""


class Receipts(Protocol):
    """Where the outcome of each row goes, once it is certain."""

    def accepted(self, item: dict[str, Any], warnings: tuple[Problem, ...]) -> None:
        """Take the receipt of a worker that is on the disk."""

    def refused(self, problems: tuple[Problem, ...]) -> None:
        """Take the faults of a row that was not recorded."""


def enroll_one(app: App, loose: dict[str, Any], defaults: dict[str, Any]) -> Result:
    """Record one worker; when this returns, it is on the disk.

    Raises:
        InvalidInput: every fault at once; nothing was recorded.
    """
    with open_desk(app) as desk:
        try:
            ready = desk.examine(_filled(loose, defaults))
        except InvalidInput as error:
            if {problem.code for problem in error.problems} == {NoRuleInForce.default_code}:
                raise NoRuleInForce.of(error.problems) from None
            raise
        return record_ready(desk, ready)


def _filled(loose: dict[str, Any], defaults: dict[str, Any]) -> dict[str, Any]:
    """Return a worker with the defaults where it says nothing; null says nothing."""
    missing = {name: value for name, value in defaults.items() if loose.get(name) is None}
    return loose | missing


def record_ready(desk: Desk, ready: Ready, answers: Mapping[str, str] | None = None) -> Result:
    """Record an examined worker in one transaction and return its receipt.

    Args:
        desk: The open desk.
        ready: The worker.
        answers: The agent's answers to ``desk.questions(ready)``, by code; the rest stays open.

    Raises:
        InvalidInput: ``worker.already_here``, or an answer can't be kept; nothing was recorded.
    """
    with desk.guard.recording():
        ready = desk.record(ready, desk.app.clock(), answers or {})
    data = receipt(ready) | {"quote": quote_json(ready.quote), "pending": desk.answers.pending()}
    return Result("enroll", data, warnings=ready.warnings)


def receipt(ready: Ready) -> dict[str, Any]:
    """Return the receipt of a recorded worker as JSON values."""
    return {
        "id": ready.finished.id,
        "rev": 1,
        "state": "queued",
        "nik_masked": ready.nik_masked,
        "tier": ready.quote.tier,
        "base": ready.quote.base,
        "quote": {"total": ready.quote.total, "totals": ready.quote.totals()},
        "questions": [question_json(each) for each in ready.asked],
    }


def enroll_many(
    app: App, lines: Iterable[Line], defaults: dict[str, Any], receipts: Receipts
) -> Result:
    """Record the workers in *lines*; a bad line never stops the others.

    Memory does not grow with the number of lines, but for what *receipts* keeps.
    """
    counts = {"count": 0, "accepted": 0, "refused": 0}
    with open_desk(app) as desk:
        group: list[tuple[int, Ready]] = []
        for row, held in lines:
            counts["count"] += 1
            outcome = _examined(desk, row, held, defaults)
            if isinstance(outcome, Ready):
                group.append((row, outcome))
            else:
                receipts.refused(outcome)
            if len(group) == GROUP:
                counts["accepted"] += _commit(desk, group, receipts)
                group = []
        counts["accepted"] += _commit(desk, group, receipts)
        pending = desk.answers.pending()
    counts["refused"] = counts["count"] - counts["accepted"]
    status, code = _verdict(counts)
    return Result("enroll", counts | {"pending": pending}, status=status, exit_code=code)


def _examined(
    desk: Desk, row: int, held: dict[str, Any] | Problem, defaults: dict[str, Any]
) -> Ready | tuple[Problem, ...]:
    if isinstance(held, Problem):
        return (held,)
    try:
        return desk.examine(_filled(held, defaults))
    except InvalidInput as error:
        return _at(row, error)


def _at(row: int, error: InvalidInput) -> tuple[Problem, ...]:
    return tuple(replace(problem, row=row) for problem in error.problems)


def _commit(desk: Desk, group: list[tuple[int, Ready]], receipts: Receipts) -> int:
    """Record a group in one transaction, then give its receipts; return how many were recorded."""
    outcomes: list[tuple[int, Ready | tuple[Problem, ...]]] = []
    if group:
        with desk.guard.recording():
            now = desk.app.clock()
            for row, ready in group:
                try:
                    kept = desk.record(ready, now, {})
                except InvalidInput as error:  # the same NIK twice: nothing of it was written
                    outcomes.append((row, _at(row, error)))
                else:
                    outcomes.append((row, kept))
    recorded = 0
    for row, outcome in outcomes:
        if isinstance(outcome, Ready):
            recorded += 1
            receipts.accepted({"row": row} | receipt(outcome), outcome.warnings)
        else:
            receipts.refused(outcome)
    return recorded


def _verdict(counts: dict[str, int]) -> tuple[str, int]:
    if not counts["refused"]:
        return "success", EXIT_DONE
    if counts["accepted"]:
        return "partial", EXIT_PARTIAL
    return "error", EXIT_INVALID
