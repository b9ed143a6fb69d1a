"""Changing the person recorded last, before going on: each change is a revision of that record."""

from __future__ import annotations

import copy
from typing import Any

from perisai_cli.actions.desk import Desk
from perisai_cli.actions.queue import correct
from perisai_cli.cli import card
from perisai_cli.cli.asking import Interview
from perisai_cli.cli.output import problem_lines, sentence, tell
from perisai_cli.cli.questions import SHORT, GoBack, ask
from perisai_cli.domain.errors import InvalidInput
from perisai_cli.domain.money import rupiah
from perisai_cli.i18n import text
from perisai_cli.storage.day import last_recorded

_FIELDS = tuple(card.STEPS)


def edit_last(desk: Desk) -> None:
    """Show the worker recorded last and change lines of the card until Enter, or ``<``."""
    record_id = last_recorded(desk.store.connection)
    if record_id is None:
        tell(text("last.none"))
        return

    def answer(typed: str) -> str | None:
        return card.chosen(_FIELDS, typed) if typed else None

    while True:
        worker = desk.records.record(record_id).worker
        tell("", text("last.heading"), *card.lines(worker))
        try:
            line = ask(text("last.ask"), answer, about=(text("about.last"),), room=SHORT)
        except GoBack:
            line = None
        if line is None:
            return
        _change(desk, record_id, line)


def _change(desk: Desk, record_id: str, line: str) -> None:
    """Ask one line again and record it at once as the next revision of the same record."""
    record = desk.records.record(record_id)
    asking = Interview(desk, copy.deepcopy(record.worker), record_id, {})
    if not card.change(asking, line):
        return
    changes = differences(record.worker, asking.answers)
    if not changes:
        return
    try:
        result = correct(desk, record, changes)
    except InvalidInput as error:
        for problem in error.problems:
            tell(*problem_lines(problem))
        tell(text("last.unchanged"))
        return
    for warning in result.warnings or ():
        tell(f"! {sentence('warning', warning)}")
    total = rupiah(result.data["quote"]["total"])
    tell(text("queue.fixed", id=record_id[-8:], rev=result.data["rev"], total=total))


def differences(before: dict[str, Any], after: dict[str, Any]) -> dict[str, Any]:
    """Return what makes *after* of *before*, as ``correct`` takes it: None takes a member away."""
    changes: dict[str, Any] = {name: None for name in before if name not in after}
    for name, value in after.items():
        old = before.get(name)
        if isinstance(value, dict) and isinstance(old, dict):
            value = differences(old, value)  # noqa: PLW2901 - only what differs is merged in
        if value not in (old, {}):
            changes[name] = value
    return changes
