"""The book of people: everybody by name, whom somebody looks for, one person's card."""

from __future__ import annotations

import heapq
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from perisai_cli.actions.app import App, Result
from perisai_cli.actions.book_search import Sought, fit, read_sought
from perisai_cli.actions.desk import Desk, open_desk
from perisai_cli.actions.member import standing
from perisai_cli.actions.queue import correct, queue_withdraw, refuse_other_kinds, shown
from perisai_cli.domain import outbox
from perisai_cli.domain.errors import InvalidInput
from perisai_cli.domain.identity import mask_nik
from perisai_cli.domain.occupations import OCCUPATIONS
from perisai_cli.domain.period import zone_of
from perisai_cli.storage import held
from perisai_cli.storage.records import KIND, Record

PAGE = 20
"""People to a page."""

_MAX_PAGE = 99_999
_REGION_DIGITS = (2, 4, 6)


@dataclass(frozen=True, slots=True)
class Wanted:
    """Whom to list; what is empty leaves nobody out.

    Attributes:
        states: States of their records.
        region: First two, four or six digits of the region where they live.
        occupation: Code of an occupation that they have.
    """

    states: tuple[str, ...] = ()
    region: str = ""
    occupation: str = ""

    def checked(self) -> Wanted:
        """Return the same once every value is one that exists.

        Raises:
            InvalidInput: a state, region or occupation that nobody can have.
        """
        if set(self.states) - set(outbox.STATES):
            raise InvalidInput("state.unknown", field="/state", choices=", ".join(outbox.STATES))
        digits = self.region.isascii() and self.region.isdigit()
        if self.region and not (digits and len(self.region) in _REGION_DIGITS):
            raise InvalidInput("region.unknown", field="/region")
        if self.occupation and self.occupation not in OCCUPATIONS:
            choices = ", ".join(OCCUPATIONS)
            raise InvalidInput("occupation.unknown", field="/occupation", choices=choices)
        return self

    def holds(self, record: Record) -> bool:
        """Tell whether a record is of somebody who is wanted."""
        if self.occupation and self.occupation not in _jobs(record):
            return False
        address = record.worker.get("address") or {}
        lives = address.get("region") or record.summary.region or ""
        return not self.region or lives.startswith(self.region)


def _jobs(record: Record) -> list[str]:
    return [str(each.get("code", "")) for each in record.worker.get("occupations") or ()]


def worker_list(app: App, wanted: Wanted, page: int) -> Result:
    """Return one page of the people in the store by name; memory grows with the page's number.

    Raises:
        InvalidInput: a filter or the page can't be used.
    """
    with open_desk(app) as desk:
        data = found(desk, Sought("", ""), wanted.checked(), page)
    return Result("worker list", data)


def worker_search(app: App, typed: str, wanted: Wanted, page: int) -> Result:
    """Return those who fit what was typed, the best first; every envelope is opened in turn.

    Raises:
        InvalidInput: too little was typed, or a filter or the page can't be used.
    """
    sought = read_sought(typed)
    with open_desk(app) as desk:
        data = found(desk, sought, wanted.checked(), page)
    return Result("worker search", data)


def found(desk: Desk, sought: Sought, wanted: Wanted, page: int) -> dict[str, Any]:
    """Return one page of those who fit, as JSON values with their number in all."""
    if not 1 <= page <= _MAX_PAGE:
        raise InvalidInput("page.value", field="/page")
    count = 0

    def ranked() -> Iterator[tuple[int, str, str, dict[str, Any]]]:
        nonlocal count
        for record in _people(desk, wanted):
            fits = 0 if sought.empty else fit(sought, record.worker)
            if fits or sought.empty:
                count += 1
                name = str(record.worker.get("name", ""))
                yield -fits, name.casefold(), record.summary.id, person(record)

    best = heapq.nsmallest(page * PAGE, ranked(), key=lambda each: each[:3])
    items = [each[3] for each in best[(page - 1) * PAGE :]]
    return {"count": count, "page": page, "pages": -(-count // PAGE), "items": items}


def _people(desk: Desk, wanted: Wanted) -> Iterator[Record]:
    """Yield the records of people, one envelope open at a time; an erased one has nobody in it."""
    for record in desk.records.each(wanted.states or outbox.STATES):
        if record.summary.kind == KIND and record.worker and wanted.holds(record):
            yield record


def person(record: Record) -> dict[str, Any]:
    """Return a person as the book lists one: the name whole, the NIK masked."""
    summary = record.summary
    return {
        "id": summary.id,
        "name": str(record.worker.get("name", "")),
        "nik_masked": mask_nik(str(record.worker.get("nik", ""))),
        "state": summary.state,
        "pending": summary.pending,
        "occupations": _jobs(record),
        "region": summary.region,
        "recorded_at": summary.created_at,
    }


def worker_show(app: App, record_id: str) -> Result:
    """Return the card of one person: who, whether covered, money, state, problems, history.

    Raises:
        InvalidInput: ``record.unknown``, ``record.ambiguous``, or ``record.kind_…``: it is of no
            person.
    """
    with open_desk(app) as desk:
        record = desk.records.record(record_id)
        refuse_other_kinds(record)
        return Result("worker show", card(desk, record))


def card(desk: Desk, record: Record) -> dict[str, Any]:
    """Return a person's card as JSON values; the NIK is masked."""
    summary = record.summary
    beside = {name: list(held.beside(desk.store, name, summary.id)) for name in held.BESIDE}
    zone = zone_of(desk.profile.region)
    lines = held.history(desk.store, summary.id)
    for line in lines:
        moment = datetime.fromisoformat(line["at"]).astimezone(zone)
        line["local"] = f"{moment:%Y-%m-%d %H:%M}"
    return (
        shown(desk, record)
        | standing(desk, record)
        | {
            "programs": summary.programs.split(",") if summary.programs else [],
            "start": summary.start,
            "months": summary.months,
            "tier": summary.tier,
            "history": lines,
            "questions": [_question(each) for each in beside["questions"]],
        }
    )


def _question(row: dict[str, Any]) -> dict[str, Any]:
    """Return what the guard asked of a record, and the agent's answer once there is one."""
    told = {name: row["content"].get(name) for name in ("facts", "answer")}
    return _without(row, "schema", "record_id", "content") | told


def _without(row: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name not in names}


def worker_correct(app: App, record_id: str, changes: dict[str, Any]) -> Result:
    """Correct any field of one person's record from JSON; see ``queue.correct``.

    Raises:
        InvalidInput: the id is unknown, the record is withdrawn, or a fault of the changed worker.
    """
    with open_desk(app) as desk:
        return corrected(desk, desk.records.record(record_id), changes)


def corrected(desk: Desk, record: Record, changes: dict[str, Any]) -> Result:
    """Record *changes* and tell which state the record was in: an accepted one is sent again."""
    result = correct(desk, record, changes)
    return result._replace(
        command="worker correct", data=result.data | {"was": record.summary.state}
    )


def worker_withdraw(app: App, record_id: str, reason: str) -> Result:
    """Withdraw one person's record; see ``queue.queue_withdraw``."""
    return queue_withdraw(app, record_id, reason)._replace(command="worker withdraw")
