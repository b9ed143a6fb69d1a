"""Looking people up on a terminal: type, see numbered names, choose a number, see the card."""

from __future__ import annotations

from typing import Any

from perisai_cli.actions.app import App
from perisai_cli.actions.book import Wanted, card, found
from perisai_cli.actions.book_search import read_sought
from perisai_cli.actions.desk import Desk, open_desk
from perisai_cli.cli import cards, output
from perisai_cli.cli.questions import GoBack, ask
from perisai_cli.domain.errors import EXIT_DONE, InvalidInput
from perisai_cli.i18n import text


def look_up(app: App, wanted: Wanted) -> int:
    """Ask whom to look for, again and again, until Enter is typed alone.

    Raises:
        InvalidInput: a filter can't be used.
    """
    wanted.checked()
    with open_desk(app) as desk:
        while True:
            try:
                data = ask(
                    text("book.ask_words_or_stop"), lambda typed: _found(desk, typed, wanted)
                )
                if data is None:
                    return EXIT_DONE
                _choose(desk, data)
            except GoBack:
                continue


def _found(desk: Desk, typed: str, wanted: Wanted) -> dict[str, Any] | None:
    return found(desk, read_sought(typed), wanted, 1) if typed else None


def _choose(desk: Desk, data: dict[str, Any]) -> None:
    """Show who was found, and the card of each whose number is typed."""
    items = data["items"]
    output.say(*cards.numbered_lines(data))

    def check(typed: str) -> int | None:
        if not typed:
            return None
        if not (typed.isascii() and typed.isdigit() and 1 <= int(typed[:5]) <= len(items)):
            raise InvalidInput("answer.number", choices=f"1–{len(items)}")
        return int(typed)

    while items:
        chosen = ask(text("book.ask_number"), check)
        if chosen is None:
            return
        record = desk.records.record(items[chosen - 1]["id"])
        output.say("", *cards.card_lines(card(desk, record)), "")
