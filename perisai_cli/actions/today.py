"""The day's plan, from counts alone: what came back, what waits, what changes soon."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from perisai_cli.actions.app import App, Result
from perisai_cli.domain import outbox
from perisai_cli.domain.ledger import PROMISED, RECEIVED
from perisai_cli.domain.outreach import FORGET_DAYS
from perisai_cli.domain.period import Month, local_day
from perisai_cli.rules.law import load_law
from perisai_cli.storage.answers import counts, state_value
from perisai_cli.storage.attendees import due_count, stale_count
from perisai_cli.storage.database import Connection
from perisai_cli.storage.payments import cover_ending, sums_by_money
from perisai_cli.storage.questions import open_questions
from perisai_cli.storage.store import locked_store

NOTICE_DAYS = 60
_REGION = "51"  # the profile is sealed, and the plan asks for no passphrase


def today(app: App) -> Result:
    """Return what asks for the agent's attention today; no passphrase is needed.

    Raises:
        NoStore: there is no store yet.
    """
    day = local_day(app.clock(), _REGION)
    with locked_store(app.home) as connection:
        standing = counts(connection)
        drafts = connection.row("SELECT count(*) AS n FROM records WHERE state = 'draft'")
        data: dict[str, Any] = {
            "day": day.isoformat(),
            "sent_back": {
                state: standing[state] for state in ("needs_fix", "duplicate", "conflict")
            },
            "oldest_sent_back": oldest_back(connection),
            **_money(connection, day),
            "unsent": standing["pending"],
            "held": standing["held"],
            "accepted": standing["accepted"],
            "drafts": drafts["n"] if drafts else 0,
            "follow_ups": due_count(connection, day),
            "names_to_forget": stale_count(connection, day - timedelta(FORGET_DAYS), day),
            "questions": open_questions(connection),
            "last_success": state_value(connection, "last_success"),
        }
    return Result("today", data | {"reliefs_ending": reliefs_ending(day)})


def _money(connection: Connection, day: date) -> dict[str, Any]:
    """Return the money that the agent must still pay in or is promised, and whose cover ends."""
    sums = sums_by_money(connection)
    ended, ends = cover_ending(connection, Month.of(day))
    told: dict[str, Any] = {}
    for name, money in (("money_in_hand", RECEIVED), ("money_promised", PROMISED)):
        count, amount = sums.get(money, (0, 0))
        told[name] = {"count": count, "amount": amount}
    return told | {"cover_ended": ended, "cover_ends_this_month": ends}


def oldest_back(connection: Connection) -> str | None:
    """Return the local day on which the oldest record that came back was recorded, if one did."""
    marks = ", ".join("?" * len(outbox.ATTENTION))
    row = connection.row(
        "SELECT min(created_at) AS oldest FROM records"  # noqa: S608 - marks
        f" WHERE acked_rev = rev AND state IN ({marks})",
        *outbox.ATTENTION,
    )
    if row is None or row["oldest"] is None:
        return None
    return local_day(datetime.fromisoformat(row["oldest"]), _REGION).isoformat()


def reliefs_ending(day: date) -> list[dict[str, str]]:
    """Return the reliefs in force on *day* whose last day is near: prices rise after it."""
    found = []
    for relief in load_law().reliefs:
        if "bpu" not in relief.segments:
            continue
        for value in relief.share.values:
            near = value.until is not None and day <= value.until <= day + timedelta(NOTICE_DAYS)
            if near and value.since <= day and value.until is not None:
                until = value.until.isoformat()
                found.append({"relief": relief.code, "sector": relief.sector or "", "until": until})
    return found
