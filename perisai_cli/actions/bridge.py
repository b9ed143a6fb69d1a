"""The bridge: carries one record after another into an online form, and keeps what comes back.

It hands out values and takes back what the agent types. It never opens, fills or reads the form
itself, and has no part in signing in to it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from perisai_cli.actions.app import App, Result
from perisai_cli.actions.desk import Desk, open_desk
from perisai_cli.actions.portals import portal_named
from perisai_cli.domain import outbox
from perisai_cli.domain.errors import InvalidInput, Problem
from perisai_cli.domain.identity import mask_nik
from perisai_cli.domain.portal import Portal, Step, steps_of
from perisai_cli.domain.portal_return import (
    BEGUN,
    REFUSED,
    STATES,
    CameBack,
    read_return,
)
from perisai_cli.storage.carried import Carried, Crossing
from perisai_cli.storage.records import KIND, Record

WAITING = "waiting"
"""State of a record that can be carried and was not begun yet."""

LIST_STATES = (WAITING, *STATES)


@dataclass(frozen=True, slots=True)
class Passage:
    """One worker on the way into a form.

    Attributes:
        record: The worker's record, opened.
        steps: What is put in, in the form's order.
        crossing: How far it came; what came back earlier stays in it until something new does.
        fresh: Whether it starts at the first step because the record or the map was changed.
    """

    record: Record
    steps: tuple[Step, ...]
    crossing: Crossing
    fresh: bool

    @property
    def id(self) -> str:
        """The record's id."""
        return self.record.summary.id


class Bridge:
    """The way from one store to one portal."""

    def __init__(self, desk: Desk, portal: Portal):
        self.desk = desk
        self.portal = portal
        self._carried = Carried(desk.store)

    def waiting(self) -> list[str]:
        """Return the records still to be carried, oldest first.

        Those that were stopped in the middle are among them, and those that the portal refused and
        that were corrected since.
        """
        return [
            record.summary.id
            for record in self.desk.records.each((outbox.QUEUED, outbox.ACCEPTED))
            if not _obstacle(record) and self._wanted(record)
        ]

    def _wanted(self, record: Record) -> bool:
        held = self._carried.at(record.summary.id, self.portal.id)
        if held is None or held.state == BEGUN:
            return True
        return held.state == REFUSED and held.rev < record.summary.rev

    def passage(self, record_id: str) -> Passage:
        """Return a worker ready to be carried, from where an earlier attempt stopped.

        Raises:
            InvalidInput: the id is unknown, or the record may not be carried as it stands.
        """
        record = self.desk.records.record(record_id)
        obstacle = _obstacle(record)
        if obstacle is not None:
            raise InvalidInput(obstacle, field="/id", state=record.summary.state)
        summary, portal = record.summary, self.portal
        steps = steps_of(portal, record.worker)
        new = Crossing(summary.id, portal.id, BEGUN, "", summary.rev, 0, portal.digest, CameBack())
        held = self._carried.at(summary.id, portal.id)
        if held is None:
            return Passage(record, steps, new, fresh=False)
        same = (held.rev, held.digest) == (summary.rev, portal.digest) and held.next < len(steps)
        place = held.next if same else 0
        crossing = replace(held, rev=summary.rev, next=place, digest=portal.digest)
        return Passage(record, steps, crossing, fresh=place != held.next)

    def reached(self, passage: Passage, step: int) -> Passage:
        """Keep that the next thing to put in is *step*, counted from 0; return the passage so."""
        crossing = replace(passage.crossing, next=step)
        self._keep(crossing)
        return replace(passage, crossing=crossing)

    def crossed(self, passage: Passage, back: CameBack) -> Crossing:
        """Keep that everything was put in, and what came back; return how it stands then.

        A number or code of an earlier time stays where nothing takes its place.
        """
        kept = passage.crossing.back.followed_by(back)
        return self._keep(replace(passage.crossing, state=kept.state, next=0, back=kept))

    def returned(self, record_id: str, back: CameBack) -> Crossing:
        """Keep what came back for a record, whether or not it was carried with this tool.

        Raises:
            InvalidInput: the id is unknown, or the record is a draft or withdrawn.
        """
        summary = self._enrolment(record_id).summary
        portal = self.portal
        new = Crossing(summary.id, portal.id, "", "", summary.rev, 0, portal.digest, CameBack())
        held = self._carried.at(summary.id, portal.id) or new
        kept = held.back.followed_by(back)
        return self._keep(replace(held, state=kept.state, next=0, back=kept))

    def _keep(self, crossing: Crossing) -> Crossing:
        """Keep a crossing, unless its record was withdrawn or its person erased meanwhile."""
        with self.desk.store.connection.transaction():
            self._enrolment(crossing.record_id)
            self._carried.keep(crossing, self.desk.app.clock())
        held = self._carried.at(crossing.record_id, crossing.portal)
        assert held is not None  # it was just kept
        return held

    def _enrolment(self, record_id: str) -> Record:
        record = self.desk.records.record(record_id)
        state = record.summary.state
        if record.summary.kind != KIND or state in (outbox.DRAFT, outbox.WITHDRAWN):
            raise InvalidInput("bridge.not_open", field="/id", state=state)
        return record

    def doubts(self, record_id: str, back: CameBack) -> tuple[Problem, ...]:
        """Return what asks for a second look before *back* is kept; never a verdict."""
        summary = self._enrolment(record_id).summary
        found: list[Problem] = []
        for held in self._carried.each():
            mine = held.record_id == summary.id
            if mine and held.portal == self.portal.id and held.back.loses_number_to(back):
                found.append(Problem("bridge.differs", "/number"))
            if not mine and back.number and held.back.number == back.number:
                other = held.record_id[-8:]
                found.append(Problem("bridge.number_taken", "/number", {"other": other}))
        return tuple(found[:2])

    def listing(self) -> Iterator[dict[str, Any]]:
        """Yield every record that can be, or was, carried to this portal, oldest first."""
        for record in self.desk.records.each():
            held = self._carried.at(record.summary.id, self.portal.id)
            if held is None and (_obstacle(record) or record.summary.state not in _READY):
                continue
            yield _item(record, self.portal.id, held)


_READY = (outbox.QUEUED, outbox.ACCEPTED)


def _obstacle(record: Record) -> str | None:
    """Return the code of what keeps a record from being carried now, if anything does."""
    state = record.summary.state
    if record.summary.kind != KIND or state in (outbox.DRAFT, outbox.WITHDRAWN):
        return "bridge.not_open"
    if state == outbox.HELD:
        return "bridge.officer_first"
    if state not in _READY:
        return "bridge.settle_first"
    # Whoever declares a critical illness is looked at by an officer before anything is registered.
    ill = record.worker.get("attestation", {}).get("critically_ill")
    return "bridge.officer_first" if ill and state != outbox.ACCEPTED else None


def _item(record: Record, portal: str, held: Crossing | None) -> dict[str, Any]:
    back = held.back if held else CameBack()
    return {
        "id": record.summary.id,
        "portal": portal,
        "state": held.state if held else WAITING,
        "nik_masked": mask_nik(str(record.worker.get("nik", ""))),
        "number": back.number or None,
        "payment_code": back.payment_code or None,
        "refusal": {"reason": back.reason, "note": back.note or None} if back.reason else None,
        "at": held.at if held else None,
        "corrected_since": held is not None and held.rev < record.summary.rev,
    }


def crossings(desk: Desk, record: Record) -> list[dict[str, Any]]:
    """Return what came of a record at every portal that it was carried to."""
    held = Carried(desk.store).of(record.summary.id)
    return [_item(record, each.portal, each) for each in held]


def bridge_list(app: App, portal: str, states: tuple[str, ...]) -> Result:
    """Return what waits to be carried to a portal, and what came of the rest.

    Raises:
        InvalidInput: the portal or a state is unknown.
    """
    if set(states) - set(LIST_STATES):
        raise InvalidInput("state.unknown", field="--state", choices=", ".join(LIST_STATES))
    form = portal_named(app.home, portal)
    with open_desk(app) as desk:
        every = list(Bridge(desk, form).listing())
    totals = {state: sum(each["state"] == state for each in every) for state in LIST_STATES}
    items = [each for each in every if not states or each["state"] in states]
    data = {"portal": form.id, "count": len(items), "totals": totals, "items": items}
    return Result("bridge list", data)


def bridge_record(
    app: App, record_id: str, portal: str, loose: dict[str, Any], *, sure: bool
) -> Result:
    """Keep what a portal gave back for one record.

    Args:
        app: The world.
        record_id: The record.
        portal: Name of the portal's map.
        loose: ``number``, ``payment_code`` or ``refusal``, as JSON.
        sure: Whether a number that is questioned is right all the same.

    Raises:
        InvalidInput: what is wrong, or what is questioned; nothing was kept.
    """
    form = portal_named(app.home, portal)
    back = read_return(form, loose)
    with open_desk(app) as desk:
        bridge = Bridge(desk, form)
        doubts = bridge.doubts(record_id, back)
        if doubts and not sure:
            raise InvalidInput.of(doubts)
        return record_back(bridge, record_id, back, doubts)


def record_back(
    bridge: Bridge, record_id: str, back: CameBack, doubts: tuple[Problem, ...] = ()
) -> Result:
    """Keep what came back for one record, its *doubts* being answered; return how it stands."""
    held = bridge.returned(record_id, back)
    record = bridge.desk.records.record(held.record_id)
    return Result("bridge record", _item(record, held.portal, held), warnings=doubts)
