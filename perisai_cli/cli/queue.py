"""``antrean`` / ``queue``: what was recorded, what came back, what to do about it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any

import typer

from perisai_cli import wiring
from perisai_cli.actions import queue as actions
from perisai_cli.cli import fixing, output, questions, tables
from perisai_cli.cli.bridge_lines import portal_lines
from perisai_cli.cli.files import one_object
from perisai_cli.cli.framework import command, group, opt
from perisai_cli.cli.world import world
from perisai_cli.domain.errors import InvalidInput, Problem
from perisai_cli.domain.money import rupiah
from perisai_cli.i18n import known, text

app = group("queue")

Text = str | None
RecordId = Annotated[str, typer.Argument(metavar="ID", help=text("option.record_id"))]


@app.callback()
def queue() -> None:
    """Work the queue; the commands below say how."""


@command(app, "queue list")
def queue_list(
    state: Annotated[Text, opt("--keadaan", "--state", key="state", metavar="STATE,…")] = None,
) -> int:
    """List the records."""
    states = tuple(part.strip() for part in state.split(",")) if state else ()
    return output.show(actions.queue_list(world(), states), _list_lines)


@command(app, "queue show")
def queue_show(record_id: RecordId) -> int:
    """Show one record whole."""
    return output.show(actions.queue_show(world(), record_id), _show_lines)


@command(app, "queue fix")
def queue_fix(
    record_id: RecordId,
    file: Annotated[Text, opt("--berkas", "--file", key="fix_file", metavar="F")] = None,
) -> int:
    """Correct a record that came back; it is sent again under the same id."""
    if file is not None:
        result = actions.queue_fix(world(), record_id, one_object(file))
    elif wiring.is_interactive():
        result = fixing.fix(world(), record_id)
    else:
        raise InvalidInput("usage.missing", field="--file")
    return output.show(result, _fixed_lines)


@command(app, "queue withdraw")
def queue_withdraw(
    record_id: RecordId,
    reason: Annotated[
        str, opt("--alasan", "--reason", key="withdraw_reason", metavar="CODE")
    ] = "other",
) -> int:
    """Withdraw a record; the central is told at the next sync."""
    the_world = world()
    if not questions.confirmed(text("queue.confirm_withdraw")):
        raise InvalidInput("confirm.no")
    return output.show(actions.queue_withdraw(the_world, record_id, reason), _withdrawn_lines)


def short(record_id: str) -> str:
    """Return the end of an id, enough to name a record by hand."""
    return record_id[-8:]


def _list_lines(data: dict[str, Any]) -> Iterator[str]:
    if not data["items"]:
        yield text("queue.empty")
        return
    heading = [text(f"queue.col_{name}") for name in ("id", "nik", "state", "amount", "problem")]
    rows = []
    for item in data["items"]:
        codes = [problem["code"] for problem in item["problems"]]
        rows.append(
            [
                short(item["id"]),
                item["nik_masked"],
                state_name(item),
                rupiah(item["amount"]) if item["amount"] is not None else "–",
                ", ".join(codes),
            ]
        )
    yield from tables.table(heading, rows, right=(3,), whole=(0, 1))
    yield text("queue.count", count=data["count"])


def state_name(item: dict[str, Any]) -> str:
    """Return a record's state in the user's language; what waits to be sent says so."""
    name = text(f"state.{item['state']}")
    waiting = item["pending"] and item["state"] != "queued"
    return f"{name} ({text('state.waiting')})" if waiting else name


def _show_lines(data: dict[str, Any]) -> Iterator[str]:
    yield text("queue.record", id=data["id"], rev=data["rev"])
    yield f"  {text('queue.col_state')}: {state_name(data)}"
    yield f"  NIK: {data['nik_masked']}"
    for label, value in _facts(data["worker"]):
        yield f"  {label}: {value}"
    if data["amount"] is not None:
        yield f"  {text('queue.col_amount')}: {rupiah(data['amount'])}"
    if data["assigned"]:
        note = text("queue.sample") if data["assigned"].get("sample") else ""
        yield "  " + text("queue.assigned", **data["assigned"], note=note)
    if data["canonical_id"]:
        yield "  " + text("queue.canonical", id=data["canonical_id"])
    if data["photo"]:
        yield "  " + text(f"queue.photo_{data['photo']['state']}", size=data["photo"]["size"])
    yield from (f"  {line}" for line in portal_lines(data["portals"]))
    if data["erased"]:
        yield "  " + text("queue.erased", **data["erased"])
    for problem in data["problems"]:
        yield from (f"  {line}" for line in output.problem_lines(Problem(**problem)))


def _facts(worker: dict[str, Any], prefix: str = "") -> Iterator[tuple[str, str]]:
    """Yield the labels and values of a worker's fields, nested ones by their own names."""
    for name, value in worker.items():
        key = f"field.{prefix}{name}"
        label = text(key) if known(key) else name
        if isinstance(value, dict):
            yield from _facts(value, f"{prefix}{name}.")
        elif isinstance(value, list) and value and isinstance(value[0], dict):
            for inner in value:
                parts = (_worded(part, str(said)) for part, said in inner.items())
                yield label, ", ".join(parts)
        elif isinstance(value, list):
            yield label, ", ".join(value)
        elif isinstance(value, bool):
            yield label, text("ask.yes" if value else "ask.no")
        else:
            yield label, rupiah(value) if name == "income" else _worded(name, str(value))


_FAMILIES = {
    "sex": "sex_value",
    "sector": "sector_value",
    "payer": "payer_value",
    "method": "consent_method",
    "code": "occupation",
    "relationship": "relationship",
}


def _worded(name: str, value: str) -> str:
    """Return a code in the user's language; what is no code stays as it is."""
    key = f"{_FAMILIES.get(name, '')}.{value}"
    return text(key) if name in _FAMILIES and known(key) else value


def _fixed_lines(data: dict[str, Any]) -> Iterator[str]:
    total = rupiah(data["quote"]["total"])
    yield text("queue.fixed", id=short(data["id"]), rev=data["rev"], total=total)


def _withdrawn_lines(data: dict[str, Any]) -> Iterator[str]:
    yield text("queue.withdrawn", id=short(data["id"]), nik=data["nik_masked"])
