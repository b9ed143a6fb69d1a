"""The office's side of bundles: its key for devices, queues that come by file, deposited queues."""

from __future__ import annotations

import contextlib
import io
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from perisai_cli.actions.app import Result
from perisai_cli.actions.bundle import bundle_file
from perisai_cli.actions.central import Where, central_database
from perisai_cli.actions.whole_file import whole_octets
from perisai_cli.domain.errors import InvalidInput

if TYPE_CHECKING:
    from perisai_cli.central.bundles import Accepted
    from perisai_cli.central.database import Database
    from perisai_cli.protocol.bundle import Sink

TEXT_DECISIONS = 20
"""Most decisions in an answer that is text; the rest come with a later one."""

Clock = Callable[[], datetime]


@dataclass(frozen=True, slots=True)
class Reception:
    """How a queue is to be taken.

    Attributes:
        output: Where the answer is written; None to hand a text back, or for no answer at all.
        vouched: Whether the officer lets in a device that brings no code, or a suspended one.
    """

    output: Path | None
    vouched: bool = False


def show_key(data: Where, output: Path | None) -> Result:
    """Return this central's public keys with their fingerprint; write the key file, if asked."""
    with central_database(data) as database:
        from perisai_cli.central.bundles import office_of
        from perisai_cli.protocol.bundle_messages import office_file
        from perisai_cli.protocol.bundle_text import to_text

        office = office_of(database).key
    text = to_text(office_file(office))
    if output is not None:
        with whole_octets(output) as file:
            file.write(text.encode("ascii"))
    shown: dict[str, Any] = office.model_dump() | {"fingerprint": office.fingerprint}
    shown |= {"path": None if output is None else str(output), "text": text}
    return Result("central key", shown)


def accept_bundle(
    data: Where, source: Callable[[], Any], reception: Reception, clock: Clock
) -> Result:
    """Settle a queue that came by file, and write the answer to it.

    Raises:
        InvalidInput: it is not a queue for this office, or its device may not come in; nothing was
            changed.
        DiskTrouble: the answer can't be written; taking the queue again gives the same one.
    """
    with (
        source() as stream,
        bundle_file(stream) as (file, as_text),
        central_database(data) as database,
    ):
        if reception.output is None and not as_text:
            raise InvalidInput("usage.missing", field="--output")
        settled = _settle(database, file, reception, clock, as_text=as_text)
    return Result("central bundle accept", settled)


def _settle(
    database: Database, file: BinaryIO, reception: Reception, clock: Clock, *, as_text: bool
) -> dict[str, Any]:
    """Take a queue, write its answer as file or text, and return what it came to."""
    from perisai_cli.protocol.bundle_text import to_text

    path = reception.output
    if not as_text and path is not None:
        with whole_octets(path) as answer:
            accepted = _taken(database, file, reception, clock, answer, None)
        return _shown(accepted, path, None)
    made = io.BytesIO()
    accepted = _taken(database, file, reception, clock, made, TEXT_DECISIONS)
    text = to_text(made.getvalue())
    if path is not None:
        with whole_octets(path) as answer:
            answer.write(text.encode("ascii"))
    return _shown(accepted, path, text if path is None else None)


def _taken(
    database: Database,
    file: BinaryIO,
    reception: Reception,
    clock: Clock,
    sink: Sink,
    decisions: int | None,
) -> Accepted:
    from perisai_cli.central.bundles import Queue, accept, admit, office_of
    from perisai_cli.central.core import Central
    from perisai_cli.central.reference import Shelf

    central, office = Central(database, clock, Shelf(database)), office_of(database)
    queue = Queue(office, file)
    admit(central, queue, vouched=reception.vouched)
    return accept(central, office, queue, sink, decisions)


def _shown(accepted: Accepted, path: Path | None, text: str | None) -> dict[str, Any]:
    verdicts = accepted.verdicts
    shown: dict[str, Any] = {
        "bundle": accepted.bundle,
        "device": accepted.device,
        "agent": accepted.agent,
        "records": accepted.records,
    }
    for name in ("accepted", "unchanged", "held", "duplicate"):
        shown[name] = verdicts[name]
    shown |= {"needs_fix": verdicts["rejected"], "conflict": verdicts["conflict"]}
    shown |= {"retry": verdicts["retry"], "decisions": accepted.decisions}
    return shown | {"path": None if path is None else str(path), "text": text}


def list_escrow(data: Where) -> Result:
    """Return the queues that devices handed over, oldest first."""
    with central_database(data) as database:
        from perisai_cli.central import escrow

        items = [
            {
                "id": each.id,
                "device": each.device,
                "octets": each.size,
                "received_at": each.received_at,
                "settled_at": each.settled_at,
            }
            for each in escrow.list_deposits(database)
        ]
    return Result("central escrow list", {"count": len(items), "items": items})


def accept_escrow(data: Where, named: str, output: Path | None, clock: Clock) -> Result:
    """Settle a deposited queue under its own author; an answer is written where one is asked for.

    That an officer takes it in is what vouches for a device that is suspended. It counts as settled
    once every record of it has its verdict.

    Raises:
        InvalidInput: ``escrow.unknown``, or the deposit is not what its device made.
    """
    with central_database(data) as database:
        from perisai_cli.central import escrow

        deposit, content = escrow.deposit_content(database, named)
        reception = Reception(output, vouched=True)
        with contextlib.ExitStack() as kept:
            sink: Sink = (
                io.BytesIO() if output is None else kept.enter_context(whole_octets(output))
            )
            accepted = _taken(database, io.BytesIO(content), reception, clock, sink, None)
        if not accepted.verdicts["retry"]:
            escrow.mark_settled(database, deposit, clock())
    shown = _shown(accepted, output, None)
    del shown["text"]
    return Result("central escrow accept", {"id": deposit} | shown)
