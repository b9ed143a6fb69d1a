"""Records in words: their states, their fields, and what was done to them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from perisai_cli.cli import output, tables
from perisai_cli.cli.bridge_lines import portal_lines
from perisai_cli.cli.outreach_lines import event_lines
from perisai_cli.domain.errors import Problem
from perisai_cli.domain.money import rupiah
from perisai_cli.i18n import known, text


def short(record_id: str) -> str:
    """Return the end of an id, enough to name a record by hand."""
    return record_id[-8:]


def list_lines(data: dict[str, Any]) -> Iterator[str]:
    """Yield a table of records, the NIKs masked."""
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
                subject(item),
                state_name(item),
                rupiah(item["amount"]) if item["amount"] is not None else "–",
                ", ".join(codes),
            ]
        )
    yield from tables.table(heading, rows, right=(3,), whole=(0, 1))
    yield text("queue.count", count=data["count"])


def subject(item: dict[str, Any]) -> str:
    """Return what a record is about in a word: a worker's masked NIK, or its kind."""
    return item["nik_masked"] or text(f"kind.{item['kind']}")


def state_name(item: dict[str, Any]) -> str:
    """Return a record's state in the user's language; what waits to be sent says so."""
    name = text(f"state.{item['state']}")
    waiting = item["pending"] and item["state"] != "queued"
    return f"{name} ({text('state.waiting')})" if waiting else name


def show_lines(data: dict[str, Any]) -> Iterator[str]:
    """Yield one record whole, but for its NIK."""
    yield text("queue.record", id=data["id"], rev=data["rev"])
    yield f"  {text('queue.col_state')}: {state_name(data)}"
    yield from _about(data)
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


def _about(data: dict[str, Any]) -> Iterator[str]:
    """Yield what a record says: of a worker, or the content of another kind."""
    if data["nik_masked"]:
        yield f"  NIK: {data['nik_masked']}"
    else:
        yield f"  {text('queue.col_kind')}: {subject(data)}"
    for label, value in facts(data["worker"]):
        yield f"  {label}: {value}"
    content = data.get("content", {})
    if "event" in content:
        yield from event_lines(content["event"], content.get("attendees", {}))


def facts(worker: dict[str, Any], prefix: str = "") -> Iterator[tuple[str, str]]:
    """Yield the labels and values of a worker's fields, nested ones by their own names."""
    for name, value in worker.items():
        key = f"field.{prefix}{name}"
        label = text(key) if known(key) else name
        if isinstance(value, dict):
            yield from facts(value, f"{prefix}{name}.")
        elif isinstance(value, list) and value and isinstance(value[0], dict):
            for inner in value:
                parts = (_worded(part, str(said)) for part, said in inner.items())
                yield label, ", ".join(parts)
        elif isinstance(value, list):
            yield label, ", ".join(each.upper() if name == "programs" else each for each in value)
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


def fixed_lines(data: dict[str, Any]) -> Iterator[str]:
    """Yield what a correction came to."""
    total = rupiah(data["quote"]["total"])
    yield text("queue.fixed", id=short(data["id"]), rev=data["rev"], total=total)


def withdrawn_lines(data: dict[str, Any]) -> Iterator[str]:
    """Yield what a withdrawal came to."""
    yield text("queue.withdrawn", id=short(data["id"]), subject=subject(data))
