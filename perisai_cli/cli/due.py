"""``tagihan`` / ``due``: who is due, who lapses when, and what a rescue costs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any

from perisai_cli.actions import due as actions
from perisai_cli.cli import output, tables
from perisai_cli.cli.framework import command, opt, single
from perisai_cli.cli.queue import short
from perisai_cli.cli.world import world
from perisai_cli.domain.money import rupiah
from perisai_cli.i18n import text

app = single("due")

Text = str | None


@command(app, "due")
def due(
    state: Annotated[Text, opt("--status", key="cover_states", metavar="STATE,…")] = None,
    on: Annotated[Text, opt("--pada", "--on", key="on", metavar="YYYY-MM-DD")] = None,
) -> int:
    """Show who is due and who lapses, most urgent first."""
    states = tuple(part.strip() for part in state.split(",")) if state else ()
    return output.show(actions.due(world(), states, on), _lines)


def _lines(data: dict[str, Any]) -> Iterator[str]:
    if not data["items"]:
        yield text("due.nobody", day=data["day"])
        yield from _left_out(data["left_out"])
        return
    yield text("due.heading", day=data["day"])
    heading = [text(f"due.col_{name}") for name in ("id", "name", "state", "due", "amount")]
    rows = [
        [
            short(item["id"]),
            str(item["name"] or item["nik_masked"]),
            _state(item),
            item["due"],
            f"{_who_pays(item)} ({item['collect_months']})",
        ]
        for item in data["items"]
    ]
    yield from tables.table(heading, rows, right=(4,), whole=(0, 3))
    yield text("due.total", count=data["count"], amount=rupiah(data["member_pays"]))
    yield from _left_out(data["left_out"])
    if any(item["sample_number"] for item in data["items"]):
        yield text("due.sample")
    yield text("payment.only_confirmed")


def _left_out(counts: dict[str, int]) -> Iterator[str]:
    """Yield who is not asked for money and why, in one line; nothing where everyone is."""
    why = ", ".join(f"{count} {text(f'state.{state}')}" for state, count in counts.items() if count)
    if why:
        yield text("due.left_out", count=sum(counts.values()), why=why)


def _who_pays(item: dict[str, Any]) -> str:
    """Return what to ask the member for, or who pays instead."""
    if item["amount"] and not item["member_pays"]:
        return text(f"payer_value.{item['payer']}")
    return rupiah(item["member_pays"])


def _state(item: dict[str, Any]) -> str:
    name = text(f"cover_state.{item['state']}")
    if item["state"] == "grace":
        name = text("due.grace", state=name, until=item["lapses_after"])
    in_hand, remitted = rupiah(item["in_hand"]), rupiah(item["remitted"])
    told = {
        name: True,
        text("due.in_hand", amount=in_hand): item["in_hand"],
        text("due.remitted", amount=remitted): item["remitted"],
        text("due.promised"): item["promised"],
    }
    return "; ".join(words for words, is_so in told.items() if is_so)
