"""``gabung pertanyaan`` and ``gabung jawab``: what merging asks, side by side, and the answers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any

import typer

from perisai_cli.actions import merge_questions as actions
from perisai_cli.cli import names, output, tables
from perisai_cli.cli.framework import command, opt
from perisai_cli.cli.world import world
from perisai_cli.domain.errors import InvalidInput
from perisai_cli.domain.facts import PENDING
from perisai_cli.domain.money import rupiah
from perisai_cli.i18n import known, language, text
from perisai_cli.reports.words import moment
from perisai_cli.storage.variants import BOTH

Text = str | None


def add_to(app: typer.Typer) -> None:
    """Add the commands of questions to the group."""
    command(app, "merge questions")(questions)
    command(app, "merge answer")(answer)


def questions(
    answered: Annotated[bool, opt("--dijawab", "--answered", key="merge_answered")] = False,
) -> int:
    """Show the questions side by side."""
    return output.show(actions.merge_questions(world(), answered=answered), _lines)


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


def _lines(data: dict[str, Any]) -> Iterator[str]:
    if not data["items"]:
        yield text("merge.no_questions")
        return
    kinds = {
        "conflict": text("merge.ask_conflict"),
        "same_person": text("merge.ask_same_person"),
        "month_twice": text("merge.ask_month_twice"),
    }
    for item in data["items"]:
        yield f"{item['id']}  {kinds[item['kind']]}"
        money = all("money" in side for side in item["sides"])
        yield from _money(item["sides"]) if money else _people(item["sides"])
        if item["differs"]:
            labels = [output.field_label(_plain(field)) for field in item["differs"]]
            yield "  " + text("merge.differs", fields=", ".join(dict.fromkeys(labels)))
            yield from _values(item["sides"])
        if "answer" in item:
            yield "  " + _given(item["answer"])
        yield ""
    if "answer" not in data["items"][0]:
        yield text("merge.how_to_answer", command=names.spoken("merge answer", language()))


def _values(sides: list[dict[str, Any]]) -> Iterator[str]:
    """Yield what stands in the fields that differ and name nobody, side by side."""
    for field in sides[0]["values"]:
        said = (
            f"{number}) {_said(field, side['values'].get(field))}"
            for number, side in enumerate(sides, 1)
        )
        yield f"    {output.field_label(_plain(field))}: " + "   ".join(said)


def _said(field: str, value: Any) -> str:
    if value is None:
        return "–"
    if isinstance(value, list):
        return " + ".join(map(str, value)).upper()
    if isinstance(value, bool):
        return text("report.yes" if value else "report.no")
    name = field.rsplit("/", maxsplit=1)[-1]
    if name in {"amount", "total"} and isinstance(value, int):
        return rupiah(value)
    key = f"{name}_value.{value}"
    return text(key) if known(key) else str(value)


def _plain(pointer: str) -> str:
    """Return a field of a body as a field of what it is about."""
    for whole in ("/worker", "/payment", "/event"):
        if pointer.startswith(whole + "/"):
            return pointer.removeprefix(whole)
    return pointer


def _given(given: dict[str, Any]) -> str:
    said = given | {"at": moment(given["at"])}
    return text("merge.given_both" if given["choice"] == BOTH else "merge.given", **said)


def _people(sides: list[dict[str, Any]]) -> Iterator[str]:
    heading = ["", text("merge.col_id"), text("merge.col_agent"), text("merge.col_day")]
    heading += [text("merge.col_standing"), text("merge.col_name"), text("queue.col_nik")]
    rows = [
        [
            str(number),
            side["id"][-8:],
            side["agent"] or "–",
            side["day"] or "–",
            _standing(side["standing"]),
            side["name_masked"] or "–",
            side["nik_masked"] or "–",
        ]
        for number, side in enumerate(sides, 1)
    ]
    yield from tables.table(heading, rows, whole=(1, 2, 6))


def _money(sides: list[dict[str, Any]]) -> Iterator[str]:
    heading = ["", text("merge.col_id"), text("merge.col_author"), text("merge.col_day")]
    heading += [text("merge.col_standing"), text("merge.col_start"), text("merge.col_months")]
    heading += [text("merge.col_amount"), text("payment.col_money")]
    rows = [
        [
            str(number),
            side["id"][-8:],
            side["author"] or "–",
            side["day"] or "–",
            _standing(side["standing"]),
            side["start"] or "–",
            str(side["months"] or "–"),
            rupiah(side["amount"] or 0),
            text(f"money.{side['money']}") if side["money"] else "–",
        ]
        for number, side in enumerate(sides, 1)
    ]
    yield from tables.table(heading, rows, right=(6, 7), whole=(1, 2))


def _standing(standing: str | None) -> str:
    state = "queued" if standing == PENDING else standing
    return text(f"state.{state}") if state and known(f"state.{state}") else "–"


def _answer_lines(data: dict[str, Any]) -> Iterator[str]:
    yield text("merge.taken_back" if data["choice"] is None else "merge.answered", id=data["id"])
    if data.get("replaced"):
        yield text("merge.replaced")
    yield text("merge.left", count=data["open"]) if data["open"] else text("merge.no_questions")
