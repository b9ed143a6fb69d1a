"""``pekerja pertanyaan|jawab|nomor-sendiri``: what the guard asked, and the agent's answers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any

import typer

from perisai_cli import wiring
from perisai_cli.actions import questions as actions
from perisai_cli.cli import guarding, names, output
from perisai_cli.cli.files import one_object, opened
from perisai_cli.cli.framework import command, opt
from perisai_cli.cli.questions import ask
from perisai_cli.cli.world import world
from perisai_cli.domain.errors import InvalidInput
from perisai_cli.domain.guard import Question
from perisai_cli.domain.phones import normalise_phone
from perisai_cli.i18n import language, text

MAX_LINE = 100
Text = str | None
OneRecord = Annotated[Text, typer.Argument(metavar="ID", help=text("option.record_or_all"))]


def add_to(app: typer.Typer) -> None:
    """Hang these commands below ``worker``."""
    command(app, "worker questions")(worker_questions)
    command(app, "worker answer")(worker_answer)
    command(app, "worker own-number")(own_number)


def worker_questions(
    everything: Annotated[bool, opt("--semua", "--all", key="all_questions")] = False,
) -> int:
    """List what the guard asked."""
    result = actions.worker_questions(world(), answered_too=everything)
    return output.show(result, _listed)


def worker_answer(
    record_id: OneRecord = None,
    file: Annotated[Text, opt("--berkas", "--file", key="answers_file", metavar="F")] = None,
) -> int:
    """Answer what the guard asked."""
    if file is not None:
        if record_id is None:
            raise InvalidInput("usage.missing", field="ID")
        result = actions.worker_answer(world(), record_id, one_object(file))
    elif wiring.is_interactive():
        result = guarding.answer_open(world(), record_id)
    else:
        raise InvalidInput("usage.missing", field="--file")
    return output.show(result, _answered)


def own_number(
    file: Annotated[Text, opt("--berkas", "--file", key="number_file", metavar="F")] = None,
) -> int:
    """Keep the agent's own telephone number."""
    if file is not None:
        with opened(file) as stream:
            typed = stream.readline(MAX_LINE).decode("utf-8", errors="replace").strip()
    elif wiring.is_interactive():
        typed = ask(text("ask.own_number"), normalise_phone)
    else:
        raise InvalidInput("usage.missing", field="--file")
    return output.show(actions.own_number(world(), typed), _kept)


def _listed(data: dict[str, Any]) -> Iterator[str]:
    if not data["items"]:
        yield text("guard.none")
        return
    for item in data["items"]:
        facts = {"id": item["id"][-8:], "nik": item["nik_masked"]}
        yield text("guard.record", day=item["day"], **facts)
        for asked in item["questions"]:
            yield "  ? " + guarding.worded(Question(asked["code"], asked["facts"]))
            if asked["answer"] is not None:
                said = guarding.answer_worded(asked["answer"])
                yield "    " + text("guard.answered", answer=said)
    if data["open"]:
        command_name = names.spoken("worker answer", language())
        yield text("guard.open", count=data["open"], command=command_name)


def _answered(data: dict[str, Any]) -> Iterator[str]:
    if not data["answered"] and not data["open"]:
        yield text("guard.none")
        return
    yield text("guard.kept", count=data["answered"])
    if data["open"]:
        command_name = names.spoken("worker answer", language())
        yield text("guard.open", count=data["open"], command=command_name)


def _kept(data: dict[str, Any]) -> Iterator[str]:
    yield text("guard.own_number_kept")
    if data["records"]:
        yield text("guard.own_number_found", count=data["records"])
