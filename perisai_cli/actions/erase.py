"""Erases what this device holds of one person, as the law on personal data demands.

Law: UU 27/2022 (PDP), Pasal 8, 43 and 44.
"""

from __future__ import annotations

from perisai_cli.actions.app import App, Result
from perisai_cli.actions.desk import open_desk
from perisai_cli.domain import outbox
from perisai_cli.domain.errors import InvalidInput, Problem
from perisai_cli.protocol.bodies import is_erasure
from perisai_cli.storage.erasure import erase

ERASURE_REASONS = ("subject_asked", "consent_withdrawn", "not_needed", "wrongly_collected")
"""Why personal data may have to be erased (UU 27/2022 Pasal 43 ayat (1))."""


def worker_erase(app: App, record_id: str, reason: str) -> Result:
    """Destroy everything but the tombstone of one record; the central is told at the next sync.

    An unsent record is erased too, and a draft goes without a trace but its line in the journal.

    Raises:
        InvalidInput: the id or the reason is unknown, or the record was erased before.
    """
    if reason not in ERASURE_REASONS:
        choices = ", ".join(ERASURE_REASONS)
        raise InvalidInput("erasure.reason", field="/reason", choices=choices)
    with open_desk(app) as desk:
        record = desk.records.record(record_id)
        summary = record.summary
        if is_erasure(record.body):
            raise InvalidInput("erasure.already", field="/id")
        draft = summary.state == outbox.DRAFT
        clean = erase(desk.store, [summary.id], reason, app.clock())
        data = {
            "id": summary.id,
            "rev": 0 if draft else summary.rev + 1,
            "state": None if draft else outbox.WITHDRAWN,
            "reason": reason,
            "traces": not clean,
            "pending": desk.answers.pending(),
        }
    warnings = () if clean else (Problem("erasure.traces"),)
    return Result("worker erase", data, warnings=warnings)
