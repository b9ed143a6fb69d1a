"""Members change hands: given to another agent with a reason, a trail, and a list for the agent."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from perisai_cli.actions.app import App, Result
from perisai_cli.actions.merge import conclude
from perisai_cli.actions.merge_reason import checked_reason
from perisai_cli.actions.merged import Merged, open_merged
from perisai_cli.actions.report_files import write
from perisai_cli.domain.errors import InvalidInput
from perisai_cli.domain.facts import month_of
from perisai_cli.domain.identity import mask_name, mask_nik
from perisai_cli.domain.period import timestamp
from perisai_cli.reports.model import Column, Origin, Report, Row, Section
from perisai_cli.storage import handovers
from perisai_cli.storage.dataset import MERGED
from perisai_cli.storage.handovers import Handover, Move

LIST = (
    Column("id", "code"), Column("nik", "code"), Column("name", "text"), Column("phone", "text"),
    Column("standing", "code", "standing_short"), Column("region", "code", "region"),
    Column("programs", "code", "programs"), Column("start", "month"), Column("months", "count"),
    Column("covered_until", "month"),
)  # fmt: skip
"""Columns of the list for the new agent; without a reason NIK, name and phone are masked."""

LIST_FORMS = ("csv", "xlsx")


@dataclass(frozen=True, slots=True)
class HandoverWish:
    """Who is to have whose members.

    Attributes:
        giver: The agent who had them.
        taker: The agent who gets them.
        members: Ids, which may be cut short; empty for all.
        reason: Why; it names nobody.
        output: Where the list for the new agent goes; None for none.
        unmask: Reason to write NIKs, names and phone numbers in full; kept in the journal.
        new_agent: The taker has no members and no book here yet, and that is no slip of the pen.
    """

    giver: str
    taker: str
    members: tuple[str, ...]
    reason: str
    output: Path | None = None
    unmask: str | None = None
    new_agent: bool = False


def hand_over(app: App, wish: HandoverWish) -> Result:
    """Give members to another agent; their payments and reactivations follow them.

    Raises:
        InvalidInput: ``merge.same_agent``, ``merge.unknown_agent``, ``merge.no_members``,
            ``merge.not_theirs``, ``merge.no_member``, ``record.ambiguous``, ``merge.reason``,
            ``merge.reason_names`` or ``report.format``; nothing was changed.
        DiskTrouble: the list can't be written; nothing was changed.
    """
    giver = wish.giver.strip()
    # All is read inside the transaction: nobody gives away what has just changed hands.
    with open_merged(app) as merged, merged.data.transaction():
        data = merged.data
        taker = _taker(wish, handovers.agents(data))
        members = _members(merged, giver, wish.members)
        why = checked_reason(wish.reason, _names(merged, members))
        unmask = _unmask(merged, members, wish.unmask)
        move = Move(giver, taker, merged.by, timestamp(app.clock()), why)
        number = handovers.hand_over(data, merged.store.vault, move, members)
        conclude(data, data.kept("read_at") or move.at)
        _note(merged, move, number, len(members))
        if wish.output is not None:  # before the commit: without its list nothing is given
            _write_list(merged, number, members, wish.output, unmask)
    shown = {"number": number, "from": giver, "to": taker, "members": len(members)}
    shown["path"] = None if wish.output is None else str(wish.output)
    return Result("merge hand-over", shown)


def trail(
    app: App, number: int | None = None, output: Path | None = None, unmask: str | None = None
) -> Result:
    """Return the hand-overs, oldest first; of one its members too, as a file where asked for.

    Raises:
        InvalidInput: ``merge.no_handover``; ``merge.reason`` or ``merge.reason_names`` of *unmask*.
    """
    with open_merged(app) as merged:
        found = handovers.handovers(merged.data, merged.store.vault)
        items = [_shown(each) for each in found if number in (None, each.number)]
        if number is not None:
            if not items:
                raise InvalidInput("merge.no_handover", field="/handover")
            members = handovers.handed(merged.data, number)
            items[0]["ids"] = members
            if output is not None:
                _write_list(merged, number, members, output, _unmask(merged, members, unmask))
    path = None if output is None else str(output)
    return Result("merge trail", {"count": len(items), "path": path, "items": items})


def _taker(wish: HandoverWish, agents: Collection[str]) -> str:
    """Return who takes over: an agent that is known here, unless it is said to be a new one."""
    taker = wish.taker.strip()
    if not taker or len(taker) > 64:
        raise InvalidInput("usage.missing", field="--to")
    if taker == wish.giver.strip():
        raise InvalidInput("merge.same_agent", field="--to")
    if taker not in agents and not wish.new_agent:
        raise InvalidInput("merge.unknown_agent", field="--to", agent=taker)
    return taker


def _members(merged: Merged, giver: str, named: Sequence[str]) -> list[str]:
    """Return the giver's members that were named, or all of them."""
    theirs = handovers.members_of(merged.data, giver)
    if not theirs:
        raise InvalidInput("merge.no_members", field="--from", agent=giver)
    if not named:
        return theirs
    members = list(dict.fromkeys(handovers.member_named(merged.data, each) for each in named))
    if not set(members) <= set(theirs):
        raise InvalidInput("merge.not_theirs", field="/id", agent=giver)
    return members


def _names(merged: Merged, members: Sequence[str]) -> Iterator[str]:
    for each in members:
        yield str(merged.worker(each).get("name", ""))


def _unmask(merged: Merged, members: Sequence[str], typed: str | None) -> str | None:
    """Return the reason to write a list in full, which names none of those who stand in it."""
    return None if typed is None else checked_reason(typed, _names(merged, members), "--unmask")


def _note(merged: Merged, move: Move, number: int, members: int) -> None:
    """Tell the journal, before the dataset's commit: of more than was done perhaps, never less."""
    facts = {"number": number, "giver": move.giver, "taker": move.taker, "members": members}
    with merged.store.connection.transaction():
        merged.store.journal(
            merged.app.clock(), "merge.handed_over", by=move.by, reason=move.reason, **facts
        )


def _shown(handover: Handover) -> dict[str, Any]:
    return {
        "number": handover.number,
        "at": handover.at,
        "by": handover.by,
        "from": handover.giver,
        "to": handover.taker,
        "members": handover.members,
        "reason": handover.reason,
    }


def _write_list(
    merged: Merged, number: int, members: Sequence[str], output: Path, unmask: str | None
) -> None:
    """Write the list for the new agent, which others must not read when it is unmasked."""
    form = output.suffix.removeprefix(".").lower()
    if form not in LIST_FORMS:
        raise InvalidInput("report.format", field="--output", choices=", ".join(LIST_FORMS))
    if unmask is not None:
        with merged.store.connection.transaction():
            merged.store.journal(merged.app.clock(), "merge.list_unmasked", reason=unmask)
    rows = [_row(merged, each, unmask=unmask is not None) for each in members]
    books = str(len(handovers.newest_books(merged.data)))
    as_of, read_at = merged.data.kept("as_of") or "", merged.data.kept("read_at")
    today = merged.app.today(merged.store.profile.region)
    report = Report(
        "handover", today.isoformat(), Origin(MERGED, books, as_of, read_at),
        [Section("handover", LIST, rows, facts={"number": number})], facts={"number": number},
    )  # fmt: skip
    write(report, form, output)


def _row(merged: Merged, member: str, *, unmask: bool) -> Row:
    worker = merged.worker(member)
    facts = handovers.facts_of(merged.data, member)
    nik, name = str(worker.get("nik", "")), str(worker.get("name", ""))
    phone = str(worker.get("phone") or "")
    if not unmask:
        nik, name, phone = mask_nik(nik) if nik else "", mask_name(name), ""
    row: Row = {"id": member, "nik": nik, "name": name, "phone": phone}
    row |= {each: facts.get(each) for each in ("standing", "region", "programs", "months")}
    for name, number in (("start", facts.get("start")), ("covered_until", facts.get("covered"))):
        row[name] = str(month_of(number)) if number else None
    return row
