"""Fetching what the central decided since: after a cursor, page by page, settled as it comes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from pydantic import ValidationError

from perisai_cli.domain.errors import SomethingInTheWay
from perisai_cli.domain.period import timestamp
from perisai_cli.protocol.messages import PullResponse
from perisai_cli.sync.client import failure
from perisai_cli.sync.ports import Outbox
from perisai_cli.sync.push import outcome_of
from perisai_cli.sync.session import Session

PAGE = 200


def pull(outbox: Outbox, session: Session, clock: Callable[[], datetime]) -> int:
    """Take in every decision after the kept cursor; return how many there were.

    A decision on an older revision than the local one never overwrites the edit.

    Raises:
        TryLater: the network or the central failed; pages taken in before stay.
        SomethingInTheWay: the answer is not a central's.
        PerisaiError: ``central.rewound``: the central no longer knows what it said before.
    """
    pulled = 0
    while True:
        cursor = int(outbox.state("cursor") or 0)
        shown = session.seen() | _known_tag(outbox)
        answer = session.get(f"/v1/sync/pull?cursor={cursor}&limit={PAGE}", shown, clock())
        if answer.status == 304:
            outbox.settle([], clock(), {"last_success": timestamp(clock())})
            return pulled
        if answer.status != 200:
            raise failure(answer)
        page = _page(answer.content, cursor)
        known = outbox.known([decision.id for decision in page.items])
        outcomes = [
            outcome_of(decision.id, decision.rev, decision)
            for decision in page.items
            if decision.id in known
        ]
        now = clock()
        state = {"cursor": str(page.cursor), "etag": answer.etag or ""}
        state |= {"seq": str(page.seq), "token": page.token, "last_success": timestamp(now)}
        outbox.erase(page.tombstones, now)
        outbox.settle(outcomes, now, state)
        pulled += len(outcomes)
        if not page.more:
            return pulled


def _known_tag(outbox: Outbox) -> dict[str, str]:
    etag = outbox.state("etag")
    return {"If-None-Match": etag} if etag else {}


def _page(content: object, cursor: int) -> PullResponse:
    try:
        page = PullResponse.model_validate(content)
    except ValidationError:
        raise SomethingInTheWay("network.bad_receipt") from None
    if page.cursor < cursor or (page.more and page.cursor == cursor):
        raise SomethingInTheWay("network.bad_receipt")  # it would never end
    return page
