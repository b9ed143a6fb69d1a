"""``hari-ini`` / ``today``: the day's plan; also what the bare program shows."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from perisai_cli.actions import today as actions
from perisai_cli.cli import names, output, outreach_lines
from perisai_cli.cli.framework import command, single
from perisai_cli.cli.invocation import current
from perisai_cli.cli.moments import last_success
from perisai_cli.cli.quotes import relief_name
from perisai_cli.cli.world import world
from perisai_cli.domain.errors import NoStore
from perisai_cli.domain.money import rupiah
from perisai_cli.i18n import language, text

app = single("today")


@command(app, "today")
def today() -> int:
    """Show what asks for attention today."""
    return output.show(actions.today(world()), _lines)


def welcome_or_today() -> int:
    """Show the day's plan, or, where there is no store yet, how to begin."""
    try:
        return today()
    except NoStore:
        if current().json:
            raise
        output.say(*(text(f"welcome.line_{number}") for number in range(1, 6)))
        return 0


def _lines(data: dict[str, Any]) -> Iterator[str]:
    speak = language()
    yield text("today.heading", day=data["day"])
    back = data["sent_back"]
    if sum(back.values()):
        yield text("today.sent_back", count=sum(back.values()))
        for state, count in sorted(back.items(), key=lambda each: -each[1]):
            if count:
                yield f"  {count} {text(f'came_back.{state}')}"
        yield "  " + text("today.oldest_back", day=data["oldest_sent_back"])
        yield "  → " + names.spoken("queue fix", speak)
    else:
        yield text("today.nothing_back")
    yield from _money(data)
    if data["unsent"]:
        yield text("today.unsent", count=data["unsent"], command=names.spoken("sync", speak))
    else:
        yield text("today.all_sent")
    if data["held"]:
        yield text("today.held", count=data["held"])
    if data["drafts"]:
        yield text("today.drafts", count=data["drafts"], command=names.spoken("enroll", speak))
    yield from outreach_lines.today(data)
    yield from _questions(data["questions"])
    for ending in data["reliefs_ending"]:
        sector = text(f"sector_value.{ending['sector']}") if ending["sector"] else ""
        facts = {"relief": relief_name(ending["relief"]), "sector": sector}
        yield text("today.relief_ends", until=ending["until"], **facts)
    yield last_success(data)


def _money(data: dict[str, Any]) -> Iterator[str]:
    """Yield the money that waits in the agent's hand, what is promised, and whose cover ends."""
    speak = language()
    ledger, due = names.spoken("payment list", speak), names.spoken("due", speak)
    for name in ("money_in_hand", "money_promised"):
        if data[name]["count"]:
            facts = {"count": data[name]["count"], "amount": rupiah(data[name]["amount"])}
            yield text(f"today.{name}", command=ledger, **facts)
    for name in ("cover_ended", "cover_ends_this_month"):
        if data[name]:
            yield text(f"today.{name}", count=data[name], command=due)


def _questions(count: int) -> Iterator[str]:
    """Yield how many of the guard's questions are open, and the command that answers them."""
    if count:
        command_line = names.spoken("worker answer", language())
        yield text("today.questions", count=count, command=command_line)
