"""Correcting a record on the terminal: only what is at fault is asked again."""

from __future__ import annotations

from perisai_cli.actions.app import App, Result
from perisai_cli.actions.desk import open_desk
from perisai_cli.actions.queue import correct
from perisai_cli.cli.asking import Interview
from perisai_cli.cli.output import problem_lines, tell
from perisai_cli.cli.questions import alone, ask
from perisai_cli.cli.wizard import ask_again
from perisai_cli.domain.errors import InvalidInput, Problem
from perisai_cli.i18n import text

FIELDS = ("nik", "name", "birth_date", "sex", "phone", "address", "occupations", "income", "months")


def fix(app: App, record_id: str) -> Result:
    """Show a record's problems, ask for the fields that they name, and record the correction.

    Raises:
        InvalidInput: the id is unknown, or what was typed still has faults.
    """
    with open_desk(app) as desk:
        record = desk.records.record(record_id)
        problems = record.problems
        for problem in problems:
            tell(*problem_lines(problem))
        if not any(problem.field for problem in problems):
            problems = (
                Problem("field", f"/{alone(lambda: ask(text('ask.field_to_fix'), _field))}"),
            )
        asking = Interview(desk, dict(record.worker), record.summary.id, {})
        ask_again(asking, problems)
        gone = {name: None for name in record.worker if name not in asking.answers}
        return correct(desk, record, asking.answers | gone)


def _field(typed: str) -> str:
    if typed not in FIELDS:
        raise InvalidInput("answer.field", choices=", ".join(FIELDS))
    return typed
