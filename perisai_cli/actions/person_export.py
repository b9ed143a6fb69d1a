"""Hands one person everything that this device holds about her: her right of access.

Law: UU 27/2022 (PDP), Pasal 6 and 7.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, TextIO

from perisai_cli.actions.app import App, Result
from perisai_cli.actions.desk import Desk, open_desk
from perisai_cli.actions.whole_file import whole_file
from perisai_cli.domain.errors import InvalidInput
from perisai_cli.domain.period import timestamp
from perisai_cli.storage import held

EXPORT_REASONS = ("subject_asked", "heirs_asked", "authority_asked")
"""Who may have asked for the data: the person, the heirs, or an authority by law."""

FORMS = ("json", "html")
STDOUT = "-"
VERSION = 1

Page = Callable[[dict[str, Any]], Iterable[str]]
"""Writes the data out for a reader, as pieces of an HTML page in the user's language."""


def worker_export(
    app: App, record_id: str, output: str, reason: str, form: str | None, page: Page
) -> Result:
    """Write everything held of one person to a file that only its owner may read, NIK and all.

    Who asked is kept in the journal before anything is written.

    Args:
        app: The world.
        record_id: The person's record.
        output: Path of the file, or ``-`` for stdout.
        reason: One of ``EXPORT_REASONS``.
        form: One of ``FORMS``, or None to go by the file's suffix.
        page: Makes the HTML page.

    Raises:
        InvalidInput: the id, the reason or the format is unknown.
        DiskTrouble: the file can't be written; no half file is left under its name.
    """
    if reason not in EXPORT_REASONS:
        choices = ", ".join(EXPORT_REASONS)
        raise InvalidInput("export.reason", field="/reason", choices=choices)
    chosen = _form(output, form)
    with open_desk(app) as desk:
        summary = desk.records.record(record_id).summary
        with desk.store.connection.transaction():
            desk.store.journal(
                app.clock(), "person.exported",
                record_id=summary.id, rev=summary.rev, reason=reason,
            )  # fmt: skip
        whole = everything(desk, summary.id, reason)
    pieces = page(whole) if chosen == "html" else _as_json(whole)
    if output == STDOUT:
        _write(pieces, sys.stdout)
        path = None
    else:
        with whole_file(Path(output)) as file:
            _write(pieces, file)
        path = str(Path(output).resolve())
    data = {"id": summary.id, "rev": summary.rev, "path": path, "format": chosen, "reason": reason}
    return Result("worker export", data)


def _form(output: str, form: str | None) -> str:
    suffix = "json" if output == STDOUT else Path(output).suffix.removeprefix(".").lower()
    chosen = form or suffix
    if chosen not in FORMS:
        raise InvalidInput("export.format", field="/format", choices=", ".join(FORMS))
    return chosen


def everything(desk: Desk, record_id: str, reason: str) -> dict[str, Any]:
    """Return all that the store holds of one person as JSON values, every envelope opened."""
    own = held.own(desk.store, record_id)
    content = own["content"]
    sent = content.get("body") or {}
    return {
        "perisai_person": VERSION,
        "made_at": timestamp(desk.app.clock()),
        "reason": reason,
        "held_by": {"agent": desk.profile.agent, "office": desk.profile.office},
        "worker": content.get("worker") or sent.get("worker") or {},
        "record": own["columns"],
        "sent": {"body": sent, "hash": content.get("hash")},
        "answer": own["answer"],
        "payments": list(held.of_member(desk.store, record_id)),
        "photos": list(held.photos(desk.store, record_id)),
        **{name: list(held.beside(desk.store, name, record_id)) for name in held.BESIDE},
        "history": held.history(desk.store, record_id),
    }


def _as_json(whole: dict[str, Any]) -> Iterable[str]:
    yield json.dumps(whole, ensure_ascii=False, indent=1)
    yield "\n"


def _write(pieces: Iterable[str], file: TextIO) -> None:
    for piece in pieces:
        file.write(piece)
