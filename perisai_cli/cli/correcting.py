"""Correcting a person's record by a menu of its fields, each asked as the wizard asks it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from perisai_cli.actions.app import App, Result
from perisai_cli.actions.book import corrected
from perisai_cli.actions.desk import Desk, open_desk
from perisai_cli.actions.queue import mended, open_to_change
from perisai_cli.cli import field_questions as own
from perisai_cli.cli.asking import Interview
from perisai_cli.cli.output import problem_lines, sentence, tell
from perisai_cli.cli.questions import GoBack, Step, ask, interview, yes
from perisai_cli.cli.queue_words import facts
from perisai_cli.cli.wizard import ask_again
from perisai_cli.domain.errors import InvalidInput, Problem
from perisai_cli.domain.identity import mask_nik
from perisai_cli.domain.money import rupiah
from perisai_cli.i18n import text

_BY_WIZARD = (
    "nik", "name", "birth_date", "sex", "phone", "address", "occupations", "income", "programs",
    "start", "heirs",
)  # fmt: skip
_OWN: dict[str, Callable[[Interview], Step]] = {
    "address.village": lambda asking: asking.village,
    "address.region": lambda asking: asking.region,
    "birth_place": lambda asking: lambda: own.birth_place(asking.answers),
    "email": lambda asking: lambda: own.email(asking.answers),
    "payer": lambda asking: lambda: own.payer(asking.answers),
    "children": lambda asking: lambda: own.children(asking.answers),
}
MENU = (*_BY_WIZARD, *_OWN)
"""Fields by the number under which the menu shows them; ``start`` asks for the months too."""


def correct_by_menu(app: App, record_id: str) -> Result:
    """Ask which fields to correct until Enter is typed alone, show what changes, and record it.

    Raises:
        InvalidInput: the record can't be changed, or the person decides not to record it.
    """
    with open_desk(app) as desk:
        record = desk.records.record(record_id)
        open_to_change(record)
        asking = Interview(desk, dict(record.worker), record.summary.id, {})
        if record.summary.state == "accepted":
            tell(text("book.accepted_before"))
        while True:
            _ask_fields(asking)
            changes = changed(record.worker, asking.answers)
            if not changes:
                raise InvalidInput("correction.nothing")
            if _agreed(desk, asking, record.worker, changes, record.summary.amount):
                return corrected(desk, record, changes)
            if not yes(text("book.go_on"), default=True):
                raise InvalidInput("confirm.no")


def changed(before: dict[str, Any], after: dict[str, Any]) -> dict[str, Any]:
    """Return the members that differ; None for one that is gone."""
    new = {name: value for name, value in after.items() if before.get(name) != value}
    return new | {name: None for name in before if name not in after}


def _ask_fields(asking: Interview) -> None:
    while True:
        tell("", text("book.menu"), *_menu_lines(asking.answers))
        try:
            name = ask(text("book.ask_field"), _numbered)
            if name is None:
                return
            ask_field(asking, name)
        except GoBack:
            continue


def ask_field(asking: Interview, name: str) -> None:
    """Ask for one field of the menu."""
    if name in _OWN:
        interview([_OWN[name](asking)])
    else:
        ask_again(asking, (Problem("field", f"/{name}"),))


def _numbered(typed: str) -> str | None:
    if not typed:
        return None
    if typed in MENU:
        return typed
    if typed.isascii() and typed.isdigit() and 1 <= int(typed[:5]) <= len(MENU):
        return MENU[int(typed) - 1]
    raise InvalidInput("answer.number", choices=f"1–{len(MENU)}")


def _menu_lines(answers: dict[str, Any]) -> Iterator[str]:
    for number, name in enumerate(MENU, 1):
        yield f"  {number:>2} {text(f'field.{name}')}: {_value(answers, name)}"


def _value(answers: dict[str, Any], name: str) -> str:
    outer, _, inner = name.partition(".")
    value = answers.get(outer)
    if inner or outer == "address":
        value = (value or {}).get(inner or "text")
    if value in (None, [], ""):
        return "–"
    if name == "nik":
        return mask_nik(str(value))
    if name == "start":
        return f"{value} × {answers.get('months', 1)}"
    return "; ".join(said for _, said in facts({outer: value}))


def _agreed(
    desk: Desk, asking: Interview, before: dict[str, Any], changes: dict[str, Any], paid: int | None
) -> bool:
    """Show what changes and what it costs; ask whether to record it."""
    try:
        ready = desk.examine(mended(before, changes), asking.record_id)
    except InvalidInput as error:
        for problem in error.problems:
            tell(*problem_lines(problem))
        return False
    tell("", text("book.changes"))
    for name in changes:
        old, new = _value(before, name), _value(ready.finished.worker, name)
        label = text(f"field.{name}")
        tell("  " + text("book.change", field=label, old=old, new=new))
    if paid is not None and paid != ready.quote.total:
        tell("  " + text("book.new_price", old=rupiah(paid), new=rupiah(ready.quote.total)))
    for warning in ready.warnings:
        tell(f"! {sentence('warning', warning)}")
    return yes(text("book.record_it"), default=True)
