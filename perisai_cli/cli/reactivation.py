"""Reactivating a member: declaration and consent are taken anew, on the terminal or from a file."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from perisai_cli import wiring
from perisai_cli.actions.app import App, Result
from perisai_cli.actions.desk import open_desk
from perisai_cli.actions.options import Options
from perisai_cli.actions.reactivation import worker_reactivate
from perisai_cli.cli.asking import Interview
from perisai_cli.cli.files import one_object
from perisai_cli.cli.questions import interview
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
    return worker_reactivate(the_world, record_id, said | _declared(the_world, record_id))


def _declared(the_world: App, record_id: str) -> dict[str, Any]:
    """Read declaration and consent out and return the worker's answers."""
    with open_desk(the_world) as desk:
        asking = Interview(desk, {}, record_id, {})
        interview([asking.working, asking.critically_ill, asking.consent, asking.method])
    return asking.answers


def lines(data: dict[str, Any]) -> Iterator[str]:
    """Yield the receipt of a reactivation."""
    facts = {"nik": data["nik_masked"], "start": data["start"], "months": data["months"]}
    yield text("worker.reactivated", id=short(data["id"]), **facts)
    yield text("worker.reactivated_pay", total=rupiah(data["quote"]["total"]))
    yield text("receipt.pending", pending=data["pending"])
