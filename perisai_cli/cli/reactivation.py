"""Reactivating a member: declaration and consent are taken anew, on the terminal or from a file."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from perisai_cli import wiring
from perisai_cli.actions.app import Result
from perisai_cli.actions.desk import Desk, open_desk
from perisai_cli.actions.options import Options
from perisai_cli.actions.reactivation import reactivated, worker_reactivate
from perisai_cli.actions.standing import open_member
from perisai_cli.cli.asking import Interview
from perisai_cli.cli.files import one_object
from perisai_cli.cli.questions import Step, interview
from perisai_cli.cli.queue import short
from perisai_cli.cli.world import world
from perisai_cli.domain.errors import InvalidInput
from perisai_cli.domain.money import rupiah
from perisai_cli.domain.terms import MAX_MONTHS
from perisai_cli.i18n import text


def reactivate(
    record_id: str | None, file: str | None, months: str | None, start: str | None
) -> Result:
    """Return the reactivation of a member, as it was said.

    Raises:
        InvalidInput: nobody can be asked and no file says it, or every fault of what was said.
    """
    options = Options()
    count = options.whole("months", months, 1, MAX_MONTHS)
    first = options.month("start", start)
    options.check()
    said: dict[str, Any] = {} if count is None else {"months": count}
    said |= {} if first is None else {"start": str(first)}
    the_world = world()
    if file is not None:
        return worker_reactivate(the_world, record_id, said | one_object(file))
    if record_id is None or not wiring.is_interactive():
        raise InvalidInput("usage.missing", field="--file" if record_id else "ID")
    with open_desk(the_world) as desk:
        member = open_member(desk, record_id)
        return reactivated(desk, member, _asked(desk, record_id, said))


def _asked(desk: Desk, record_id: str, said: dict[str, Any]) -> dict[str, Any]:
    """Ask for what no option said of the months, read declaration and consent out; return it all.

    Enter stands for the present month and one month: old arrears are not paid.
    """
    asking = Interview(desk, dict(said), record_id, {})
    steps: list[Step] = [] if "start" in said else [asking.start]
    steps += [] if "months" in said else [asking.months]
    interview([*steps, asking.working, asking.critically_ill, asking.consent, asking.method])
    return asking.answers


def lines(data: dict[str, Any]) -> Iterator[str]:
    """Yield the receipt of a reactivation."""
    facts = {"nik": data["nik_masked"], "start": data["start"], "months": data["months"]}
    yield text("worker.reactivated", id=short(data["id"]), **facts)
    yield text("worker.reactivated_pay", total=rupiah(data["quote"]["total"]))
    yield text("receipt.pending", pending=data["pending"])
