"""Who is due, who lapses when, and what a rescue costs, told from confirmed money alone."""

from __future__ import annotations

from datetime import date
from typing import Any

from perisai_cli.actions.app import App, Result
from perisai_cli.actions.desk import Desk, open_desk
from perisai_cli.actions.standing import numbered, stands, wish_of
from perisai_cli.domain import outbox
from perisai_cli.domain.errors import InvalidInput, Problem
from perisai_cli.domain.identity import mask_nik
from perisai_cli.domain.ledger import PROMISED, RECEIVED, REMITTED
from perisai_cli.domain.period import months_from, parse_day
from perisai_cli.rules.cover import STATES
from perisai_cli.rules.law import load_law
from perisai_cli.rules.owing import Owing, owing
from perisai_cli.storage.payments import payments_of
from perisai_cli.storage.records import Record

_OPEN = tuple(state for state in outbox.STATES if state not in (outbox.DRAFT, outbox.WITHDRAWN))
_ASIDE = (outbox.HELD, *outbox.ATTENTION)
_URGENT = ("grace", "lapsed", "active", "not_begun", "ended")


def due(app: App, states: tuple[str, ...], on: str | None = None) -> Result:
    """Return where each member of this store stands towards the next payment, most urgent first.

    A month whose money is on its way is told beside the month that it pays for: until the money is
    confirmed it covers nothing, and it is not to be collected again. Nobody is asked for money
    whose enrolment the office refused, holds or knows already: those are counted by the state of
    their record.

    Raises:
        InvalidInput: a state or the day can't be used.
        NoRuleInForce: a rate of one of the months is not known.
    """
    if set(states) - set(STATES):
        raise InvalidInput("cover.unknown", field="/state", choices=", ".join(STATES))
    warnings: dict[str, Problem] = {}
    with open_desk(app) as desk:
        day = _day(on, app.today(desk.profile.region))
        issued = numbered(desk)
        items = []
        left_out = dict.fromkeys(_ASIDE, 0)
        for record in desk.records.each(_OPEN):
            if record.summary.kind != outbox.ENROLMENT:
                continue
            if not _billed(record):
                left_out[record.summary.state] += 1
                continue
            item, found = _standing(desk, record, issued.get(record.summary.id), day)
            if not states or item["state"] in states:
                items.append(item)
                warnings |= {problem.code: problem for problem in found.warnings}
    items.sort(key=lambda item: (_URGENT.index(item["state"]), item["due"], item["id"]))
    data = {
        "day": day.isoformat(),
        "count": len(items),
        "amount": sum(item["amount"] for item in items),
        "member_pays": sum(item["member_pays"] for item in items),
        "left_out": left_out,
        "items": items,
    }
    return Result("due", data, warnings=tuple(warnings.values()))


def _billed(record: Record) -> bool:
    """Tell whether money may be asked for: the enrolment stands, and no officer is to decide."""
    awaited = record.summary.state == outbox.HELD and not record.assigned.get("kpj")
    return stands(record) and not awaited


def _day(typed: str | None, today: date) -> date:
    try:
        return today if typed is None else parse_day(typed)
    except ValueError:
        raise InvalidInput("day.format", field="/on") from None


def _standing(
    desk: Desk, record: Record, issued: date | None, day: date
) -> tuple[dict[str, Any], Owing]:
    held = [
        each.payment
        for each in payments_of(desk.store.connection, record.summary.id)
        if each.stands
    ]
    number = issued if record.assigned.get("kpj") else None
    found = owing(wish_of(record), tuple(held), number, day, load_law())
    in_hand, remitted = (
        sum(each.amount for each in held if each.money == money) for money in (RECEIVED, REMITTED)
    )
    owed = set(months_from(found.month, found.months))
    promised = [each for each in held if each.money == PROMISED]
    cover = found.cover
    return {
        "id": record.summary.id,
        "nik_masked": mask_nik(str(record.worker["nik"])),
        "name": record.worker.get("name"),
        "state": cover.state,
        "reason": cover.reason,
        "covered_until": cover.until.isoformat() if cover.until else None,
        "lapses_after": cover.grace_until.isoformat() if cover.grace_until else None,
        "month": str(found.month),
        "due": found.due.isoformat(),
        "months": found.months,
        "collect_months": found.collect,
        "amount": found.amount,
        "payer": record.summary.payer,
        "member_pays": found.member_pays,
        "under_way": in_hand + remitted,
        "in_hand": in_hand,
        "remitted": remitted,
        "promised": any(owed & each.paid_months() for each in promised),
        "sample_number": bool(record.assigned.get("sample")),
    }, found
