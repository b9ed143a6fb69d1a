"""``gabung pertanyaan`` and ``gabung jawab``: what merging asks, side by side, and the answers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any

import typer

from perisai_cli.actions import merge_questions as actions
from perisai_cli.actions.merge_sides import merge_questions
from perisai_cli.cli import output
from perisai_cli.cli.framework import command, opt
from perisai_cli.cli.merge_beside import lines
from perisai_cli.cli.world import world
from perisai_cli.domain.errors import InvalidInput
from perisai_cli.i18n import text
from perisai_cli.storage.variants import BOTH

Text = str | None


def add_to(app: typer.Typer) -> None:
    """Add the commands of questions to the group."""
    command(app, "merge questions")(questions)
    command(app, "merge answer")(answer)


def questions(
    answered: Annotated[bool, opt("--dijawab", "--answered", key="merge_answered")] = False,
    unmask: Annotated[Text, opt("--buka", "--unmask", key="unmask", metavar="REASON")] = None,
) -> int:
    """Show the questions side by side."""
    result = merge_questions(world(), answered=answered, unmask=unmask)
    return output.show(result, lines)


def answer(
    named: Annotated[str, typer.Argument(metavar="ID", help=text("option.merge_question"))],
    reason: Annotated[Text, opt("--alasan", "--reason", key="merge_reason", metavar="TEXT")] = None,
    choose: Annotated[Text, opt("--pilih", "--choose", key="merge_choose", metavar="N")] = None,
    both: Annotated[bool, opt("--keduanya", "--both", key="merge_both")] = False,
    take_back: Annotated[bool, opt("--batal", "--take-back", key="merge_take_back")] = False,
) -> int:
    """Answer a question, or take an answer back."""
    if reason is None:
        raise InvalidInput("usage.missing", field="--reason")
    if [choose is not None, both, take_back].count(True) != 1:
        raise InvalidInput("merge.one_answer", field="--choose")
    if take_back:
        return output.show(actions.merge_take_back(world(), named, reason), _answer_lines)
    choice = BOTH if both else _choice(choose or "")
    return output.show(actions.merge_answer(world(), named, choice, reason), _answer_lines)


def _choice(typed: str) -> int:
    if not (typed.isascii() and typed.isdigit() and 0 < int(typed[:4]) < 1000):
        raise InvalidInput("merge.side", field="--choose", sides=2)
    return int(typed)


def _answer_lines(data: dict[str, Any]) -> Iterator[str]:
    yield text("merge.taken_back" if data["choice"] is None else "merge.answered", id=data["id"])
    if data.get("replaced"):
        yield text("merge.replaced")
    yield text("merge.left", count=data["open"]) if data["open"] else text("merge.no_questions")
