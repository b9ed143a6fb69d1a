"""``pusat pertanyaan``: how often the guard asked, counted by agent."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import typer

from perisai_cli.actions.central_questions import count_questions
from perisai_cli.cli import output, tables
from perisai_cli.cli.central_options import DATA, Address, Data, where
from perisai_cli.cli.framework import command
from perisai_cli.i18n import known, text


def add_to(app: typer.Typer) -> None:
    """Hang this command below ``central``."""
    command(app, "central questions")(questions)


def questions(data: Data = DATA, database: Address = None) -> int:
    """Count what the guard asked, by agent and by question."""
    return output.show(count_questions(where(data, database)), _lines)


def _lines(data: dict[str, Any]) -> Iterator[str]:
    if not data["items"]:
        yield text("central.no_questions")
        return
    columns = ("agent", "question", "asked", "answered", "records")
    heading = [text(f"central.col_{name}") for name in columns]
    rows = []
    for item in data["items"]:
        key = f"guard_short.{item['code']}"
        name = text(key) if known(key) else item["code"]
        counts = (item["asked"], item["answered"], data["records"].get(item["agent"], 0))
        rows.append([item["agent"], name, *map(str, counts)])
    yield from tables.table(heading, rows, right=(2, 3, 4))
    yield text("central.questions_note")
