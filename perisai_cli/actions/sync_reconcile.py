"""Compares this store's books with the central's: counts, rupiah, and every record by its hash."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from perisai_cli.actions.app import App, Result
from perisai_cli.actions.sync_run import SyncOptions, central_address, link_of, session_of
from perisai_cli.domain import outbox
from perisai_cli.domain.errors import EXIT_PARTIAL
from perisai_cli.storage.answers import Answers, counts, sums
from perisai_cli.storage.lock import sync_lock

if TYPE_CHECKING:
    from perisai_cli.protocol.reconcile import Sum
    from perisai_cli.sync.comparing import Difference
    from perisai_cli.sync.session import Session

WAYS = ("missing_there", "differs", "state", "only_there")
"""How a record can differ; the first is what repairing sends again."""

_STATES = (outbox.ACCEPTED, outbox.HELD, outbox.DUPLICATE, outbox.NEEDS_FIX, outbox.CONFLICT,
           outbox.WITHDRAWN)  # fmt: skip


def reconcile(app: App, options: SyncOptions, *, repair: bool = False) -> Result:
    """Compare counts, sums and every answered record with the central; exit 3 when they differ.

    What waits to be sent is no fault, but the books are not equal before it is there. With
    *repair*, records that the central lacks wait to be sent again.

    Raises:
        InvalidInput: ``central.none``: no address of a central is known.
        StoreLocked: ``sync.locked``: a sync runs, and the books move.
        TryLater: the network or the central failed; nothing was changed.
        SomethingInTheWay: TLS, or something else than the central answers.
    """
    from perisai_cli.sync.client import Client

    with app.store() as store, sync_lock(app.home, options.wait):
        address = central_address(app, store.profile)
        client = Client(address, link_of(app, options), app.version)
        with client.open():
            answers = Answers(store, options.shield)
            session = session_of(store, answers, client, address, options.code)
            there, found = _compared(app, session, answers)
        here, pending = sums(store.connection), counts(store.connection)["pending"]
        lacking = [(each.id, each.rev) for each in found if each.kind == "missing_there"]
        repaired = answers.forget(lacking, app.clock()) if repair else 0
    tables = {kind: _table(here.get(kind, {}), there.get(kind, {})) for kind in {**here, **there}}
    equal = not found and not pending and all(map(_is_equal, tables.values()))
    ways = Counter(difference.kind for difference in found)
    data: dict[str, Any] = {"equal": equal, "pending": pending}
    data |= {"states": tables.pop(outbox.ENROLMENT, None) or _table({}, {}), "others": tables}
    data |= {way: ways[way] for way in WAYS}
    data |= {"repaired": repaired, "items": [asdict(difference) for difference in found]}
    if equal:
        return Result("sync reconcile", data)
    return Result("sync reconcile", data, status="partial", exit_code=EXIT_PARTIAL)


def _compared(
    app: App, session: Session, answers: Answers
) -> tuple[dict[str, dict[str, Sum]], list[Difference]]:
    """Return the central's totals, and every difference, page by page."""
    from perisai_cli.sync.comparing import PAGE, differences, only_there, totals

    found: list[Difference] = []
    after, asked = "", 0
    while page := answers.answered(after, PAGE):
        after = page[-1].id
        asked += len(page)
        found += differences(session, page, app.clock())
    there = totals(session, app.clock())
    lacking = sum(difference.kind == "missing_there" for difference in found)
    # The list of ids is asked for only where the count leaves room for a stranger.
    counted = sum(total.records for states in there.values() for total in states.values())
    if counted > asked - lacking:
        found += only_there(answers, session, app.clock)
    return there, found


def _table(
    here: dict[str, tuple[int, int]], there: dict[str, Sum]
) -> dict[str, dict[str, dict[str, int]]]:
    """Return what both sides hold of one kind of record, state by state."""
    return {state: _row(state, here, there) for state in _STATES}


def _is_equal(table: dict[str, dict[str, dict[str, int]]]) -> bool:
    return all(row["here"] == row["there"] for row in table.values())


def _row(
    state: str, here: dict[str, tuple[int, int]], there: dict[str, Sum]
) -> dict[str, dict[str, int]]:
    records, amount = here.get(state, (0, 0))
    held = there.get(state)
    return {
        "here": {"records": records, "amount": amount},
        "there": {
            "records": held.records if held else 0,
            "amount": held.amount if held else 0,
        },
    }
