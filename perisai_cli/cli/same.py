"""One question for all that neighbours share: Enter takes it, a number changes a line of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from perisai_cli.cli import card
from perisai_cli.cli.output import tell
from perisai_cli.cli.questions import SHORT, GoBack, ask
from perisai_cli.i18n import text

if TYPE_CHECKING:
    from perisai_cli.cli.asking_wish import Wish

FIELDS = ("occupations", "occupations.place", "income", "programs", "start", "payer")
_METHOD = "method"


def ask_same(asking: Wish) -> None:
    """Show what the person before had, and ask until it holds for this one, too."""
    fields = (*FIELDS, _METHOD) if _METHOD in asking.defaults else FIELDS

    def answer(typed: str) -> str | None:
        return card.chosen(fields, typed) if typed else None

    while True:
        way = [text(f"consent_method.{asking.defaults[_METHOD]}")] if fields != FIELDS else []
        more = [(text("field.consent"), each) for each in way]
        tell("", text("same.heading"), *card.lines(asking.answers, FIELDS, more))
        line = ask(text("same.ask"), answer, about=(text("about.same"),), room=SHORT)
        if line is None:
            return
        if line == _METHOD:
            _change_method(asking)
        else:
            card.change(asking, line, asking.save)


def _change_method(asking: Wish) -> None:
    held = asking.defaults[_METHOD]
    try:
        asking.defaults[_METHOD] = asking.ask_method(held)
    except GoBack:
        asking.defaults[_METHOD] = held
    asking.save()
