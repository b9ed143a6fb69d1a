"""Correcting a person's record by the numbered lines of the card, each asked as the wizard does."""

from __future__ import annotations

import copy
from typing import Any

from perisai_cli.actions.app import App, Result
from perisai_cli.actions.book import corrected
from perisai_cli.actions.desk import Desk, open_desk
from perisai_cli.actions.queue import mended, open_to_change, refuse_other_kinds
from perisai_cli.cli import card
from perisai_cli.cli import field_questions as own
from perisai_cli.cli.asking import Interview
from perisai_cli.cli.edit_last import differences
from perisai_cli.cli.output import field_label, problem_lines, sentence, tell
from perisai_cli.cli.questions import GoBack, ask, yes
from perisai_cli.domain import outbox
from perisai_cli.domain.errors import InvalidInput
from perisai_cli.domain.money import rupiah
from perisai_cli.i18n import text
from perisai_cli.storage.records import Record

_BY_CARD = tuple(card.STEPS)
_LINES = (*_BY_CARD, *own.QUESTIONS)
"""Fields in the order of their numbers."""


def correct_by_menu(app: App, record_id: str) -> Result:
    """Ask which lines to correct until Enter is typed alone, show what changes, and record it.

    Raises:
        InvalidInput: the record can't be changed, or the person decides not to record it.
    """
    with open_desk(app) as desk:
        record = desk.records.record(record_id)
        refuse_other_kinds(record)
        open_to_change(record)
        asking = Interview(desk, copy.deepcopy(record.worker), record.summary.id, {})
        if record.summary.state == outbox.ACCEPTED:
            tell(text("book.accepted_before"))
        while True:
            ask_lines(asking)
            changes = differences(record.worker, asking.answers)
            if not changes:
                raise InvalidInput("correction.nothing")
            if _agreed(desk, record, changes):
                return corrected(desk, record, changes)
            if not yes(text("book.go_on"), default=True):
                raise InvalidInput("confirm.no")


def ask_lines(asking: Interview) -> None:
    """Show the card and ask the lines whose numbers are typed, until Enter is typed alone."""

    def line(typed: str) -> str | None:
        return card.chosen(_LINES, typed) if typed else None

    while True:
        more = [(text(f"field.{name}"), own.said(asking.answers, name)) for name in own.QUESTIONS]
        tell("", *card.lines(asking.answers, _BY_CARD, more))
        try:
            field = ask(text("book.ask_field"), line, about=(text("about.last"),))
            if field is None:
                return
            if field in own.QUESTIONS:
                own.QUESTIONS[field](asking.answers)
            else:
                card.change(asking, field)
        except GoBack:
            continue


def _agreed(desk: Desk, record: Record, changes: dict[str, Any]) -> bool:
    """Show what changes and what it costs; ask whether to record it."""
    try:
        ready = desk.examine(mended(record.worker, changes), record.summary.id, record.worker)
    except InvalidInput as error:
        for problem in error.problems:
            tell(*problem_lines(problem))
        return False
    labels = ", ".join(dict.fromkeys(field_label(f"/{name}") for name in changes))
    tell("", text("book.changes", fields=labels))
    before, after = record.summary.amount, ready.quote.total
    if before is not None and before != after:
        tell("  " + text("book.new_price", old=rupiah(before), new=rupiah(after)))
    for warning in ready.warnings:
        tell(f"! {sentence('warning', warning)}")
    return yes(text("book.record_it"), default=True)
