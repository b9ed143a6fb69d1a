"""How the bridge's results read in a terminal."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from perisai_cli.cli import tables
from perisai_cli.domain.portal import grouped
from perisai_cli.i18n import text


def list_lines(data: dict[str, Any]) -> Iterator[str]:
    """Yield what waits to be carried, and what came back."""
    if not data["items"]:
        yield text("queue.empty")
    else:
        heading = [text(f"bridge.col_{name}") for name in ("id", "nik", "state", "back")]
        rows = [
            [each["id"][-8:], each["nik_masked"], _state(each), brought(each)]
            for each in data["items"]
        ]
        yield from tables.table(heading, rows, whole=(0, 1))
    for state, count in data["totals"].items():
        if count:
            yield f"  {count} {text(f'portal_state.{state}')}"


def _state(each: dict[str, Any]) -> str:
    state = text(f"portal_state.{each['state']}")
    return f"{state} ({text('bridge.corrected_since')})" if each["corrected_since"] else state


def brought(each: dict[str, Any]) -> str:
    """Return what a portal gave back for one record, in a line."""
    if each["refusal"]:
        reason = text(f"portal_refusal.{each['refusal']['reason']}")
        return ": ".join(part for part in (reason, each["refusal"]["note"]) if part)
    pairs = (("bridge.number", each["number"]), ("bridge.code", each["payment_code"]))
    return ", ".join(f"{text(key)} {grouped(held)}" for key, held in pairs if held)


def record_lines(data: dict[str, Any]) -> Iterator[str]:
    """Yield what was kept for one record."""
    state = text(f"portal_state.{data['state']}")
    yield text("bridge.recorded", id=data["id"][-8:], nik=data["nik_masked"], state=state)
    if line := brought(data):
        yield f"  {line}"


def portal_lines(items: list[dict[str, Any]]) -> Iterator[str]:
    """Yield what came of a record at each portal, for the page of the record."""
    for each in items:
        told = " · ".join(part for part in (_state(each), brought(each)) if part)
        yield text("bridge.at_portal", portal=each["portal"], told=told)


def map_lines(data: dict[str, Any]) -> Iterator[str]:
    """Yield a map, field by field."""
    yield text("bridge.portal", name=data["name"])
    if not data["own"]:
        yield text("bridge.general")
    if data["address"]:
        yield f"  {data['address']}"
    for number, each in enumerate(data["fields"], 1):
        parts = (each["value"], each["format"], text("bridge.words") if "table" in each else "")
        yield f"  {number:>2}  {each['label']} ← {' · '.join(part for part in parts if part)}"
    for name in ("number", "payment_code"):
        wanted = data[name]
        span = f"{wanted['least']}-{wanted['most']}"
        size = str(wanted["least"]) if wanted["least"] == wanted["most"] else span
        yield text("bridge.comes_back", label=wanted["label"], size=size)


def example_lines(data: dict[str, Any]) -> Iterator[str]:
    """Yield where an example was written."""
    yield text("bridge.example", path=data["path"], id=data["id"])
