"""Carries the queue by file where no network is: out as a bundle, and back in as its answer."""

from __future__ import annotations

import io
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from perisai_cli.actions.app import App, Result
from perisai_cli.actions.whole_file import whole_octets
from perisai_cli.domain import outbox
from perisai_cli.domain.errors import EXIT_PARTIAL, EXIT_TRY_LATER, InvalidInput, Problem
from perisai_cli.domain.ids import new_id
from perisai_cli.storage.answers import Answers, counts
from perisai_cli.storage.bundles import Bundles
from perisai_cli.storage.lock import sync_lock
from perisai_cli.storage.store import Store

if TYPE_CHECKING:
    from perisai_cli.protocol.bundle_messages import OfficeKey
    from perisai_cli.sync.bundle import Carrier

TEXT_RECORDS = 20
TEXT_OCTETS = 6000
"""Most that a text form carries, in records and in octets before they become signs."""

_IN_MEMORY = 2**20
_VERDICTS = ("accepted", "unchanged", "held", "duplicate")


@dataclass(frozen=True, slots=True)
class Export:
    """How a bundle is to be made.

    Attributes:
        output: The file to write; None to hand the text back.
        as_text: Whether it is made as text for a chat.
        office_key: Content of the office's key file, where one is given.
        code: One-time registration code, for a device that the office does not know yet.
        most: How many records it may carry; None for all that wait.
    """

    output: Path | None
    as_text: bool = False
    office_key: bytes | None = None
    code: str | None = None
    most: int | None = None


def export_bundle(app: App, export: Export) -> Result:
    """Write the waiting records as one bundle; they stay queued until their answer comes.

    Raises:
        InvalidInput: ``bundle.no_office``, ``bundle.other_office`` or ``bundle.office_key``;
            ``bundle.text_too_long``: not even one record fits into a text.
        DiskTrouble: the file can't be written; no half file is left.
        TryLater: ``bundle.moved``: a sync answered for some meanwhile.
    """
    with app.store() as store, sync_lock(app.home, 0):
        carrier = _carrier(app, store, export)
        waiting = carrier.outbox.pending()
        count = _count(export, waiting)
        bundle = new_id(app.clock())
        data: dict[str, Any] = {
            "bundle": bundle,
            "office": carrier.office.fingerprint,
            "pending": waiting,
        }
        if export.as_text:
            data |= _export_text(carrier, export.output, count, app)
        else:
            assert export.output is not None
            data |= _export_file(carrier, bundle, export.output, count)
    data["left"] = waiting - data["records"]
    return Result("sync bundle export", data)


def _export_file(carrier: Carrier, bundle: str, output: Path, count: int) -> dict[str, Any]:
    from perisai_cli.sync.bundle import write_queue

    with whole_octets(output) as file:
        batches = write_queue(carrier, bundle, file, count).batches
        size = file.tell() if file.seekable() else None
    return {"records": count, "batches": batches, "path": str(output), "octets": size}


def _export_text(carrier: Carrier, output: Path | None, count: int, app: App) -> dict[str, Any]:
    """Make a text of as many records as fit, fewer and fewer until they do."""
    from perisai_cli.protocol.bundle_text import to_text
    from perisai_cli.sync.bundle import write_queue

    while True:
        bundle, made = new_id(app.clock()), io.BytesIO()
        batches = write_queue(carrier, bundle, made, count).batches
        if made.tell() <= TEXT_OCTETS:
            break
        if count <= 1:
            raise InvalidInput("bundle.text_too_long")
        count //= 2
    text = to_text(made.getvalue())
    if output is not None:
        with whole_octets(output) as file:
            file.write(text.encode("ascii"))
    path = None if output is None else str(output)
    told = {"bundle": bundle, "records": count, "batches": batches, "path": path}
    return told | {"octets": len(text), "text": text if output is None else None}


def _count(export: Export, waiting: int) -> int:
    most = [waiting] if export.most is None else [waiting, export.most]
    return min([*most, TEXT_RECORDS] if export.as_text else most)


def export_plan(app: App, export: Export) -> Result:
    """Return what an export would write now, writing and marking nothing."""
    from perisai_cli.sync.push import BATCH

    with app.store() as store:
        office = _office(Answers(store), export, keep=False)
        waiting = Answers(store).pending()
    count = _count(export, waiting)
    data = {
        "dry_run": True,
        "office": office.fingerprint,
        "pending": waiting,
        "records": count,
        "batches": -(-count // BATCH),
        "left": waiting - count,
        "path": None if export.output is None else str(export.output),
    }
    return Result("sync bundle export", data)


def _carrier(app: App, store: Store, export: Export) -> Carrier:
    return carrier_for(app, store, _office(Answers(store), export, keep=True), export.code)


def carrier_for(app: App, store: Store, office: OfficeKey, code: str | None = None) -> Carrier:
    """Return what bundles of a store for an office are made with."""
    from perisai_cli.sync.bundle import Carrier
    from perisai_cli.sync.session import Member

    profile = store.profile
    return Carrier(
        outbox=Answers(store),
        kept=Bundles(store),
        signer=store.device,
        member=Member(profile.agent, profile.name, profile.office, profile.region, code),
        office=office,
        app=app.version,
        clock=app.clock,
    )


def _office(answers: Answers, export: Export, *, keep: bool) -> OfficeKey:
    """Return the central that a bundle is for: the one that is known, else the file's.

    The first one that a device is given by file is kept as its central, just as the first one
    that it met online would be; another one is refused from then on.
    """
    from perisai_cli.protocol.bundle_messages import read_office_file
    from perisai_cli.sync.bundle import known_office

    known = known_office(answers)
    if export.office_key is None:
        if known is None:
            raise InvalidInput("bundle.no_office", field="--office-key")
        return known
    given = read_office_file(octets_of(export.office_key, "bundle.office_key"))
    if known is None and keep:
        answers.keep_central(
            {
                "id": given.central,
                "signing_key": given.signing_key,
                "office_key": given.office_key,
            }
        )
    elif known is not None and known != given:
        raise InvalidInput("bundle.other_office", theirs=given.fingerprint)
    return given


def octets_of(content: bytes, code: str = "bundle.not_one") -> bytes:
    """Return what a text form holds, be it in the coding of a chat or of an old notepad.

    Raises:
        InvalidInput: *code*: it is no text; or as ``from_text`` says.
    """
    from perisai_cli.protocol.bundle_text import from_text

    coding = "utf-16" if content[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    try:
        return from_text(content.decode(coding))
    except UnicodeDecodeError:
        raise InvalidInput(code) from None


@contextmanager
def bundle_file(source: BinaryIO) -> Iterator[tuple[BinaryIO, bool]]:
    """Yield a bundle as a file that can be read more than once, and whether it came as text.

    What comes through a pipe is kept aside meanwhile; it is encrypted already.
    """
    from perisai_cli.protocol.bundle import MAGIC
    from perisai_cli.protocol.bundle_text import MAX_TEXT

    with tempfile.SpooledTemporaryFile(_IN_MEMORY) as kept:
        first = source.read(len(MAGIC))
        if first != MAGIC:
            text = first + source.read(MAX_TEXT * 4)
            yield io.BytesIO(octets_of(text)), True
            return
        if source.seekable():
            source.seek(0)
            yield source, False
            return
        kept.write(first)
        while piece := source.read(_IN_MEMORY):
            kept.write(piece)
        kept.seek(0)
        yield kept, False  # type: ignore[misc]  # it is one in all but name


def import_answer(app: App, source: Callable[[], Any]) -> Result:
    """Take in the answer to a bundle; what is known already is passed over.

    Exit 3 when a record now asks something of the agent, 5 when one was left without a verdict.

    Args:
        app: The world.
        source: Opens what was handed over.

    Raises:
        InvalidInput: it is not an answer to a bundle of this store; nothing was changed.
    """
    from perisai_cli.sync.bundle import take_answer

    with (
        app.store() as store,
        sync_lock(app.home, 0),
        source() as stream,
        bundle_file(stream) as (file, _as_text),
    ):
        taken = take_answer(Answers(store), Bundles(store), store.device.id, file, app.clock)
        standing = counts(store.connection)
    data: dict[str, Any] = {"bundle": taken.bundle, "records": taken.records, "news": taken.news}
    data |= {name: taken.verdicts[name] for name in _VERDICTS}
    data |= {"needs_fix": taken.verdicts["rejected"], "conflict": taken.verdicts["conflict"]}
    asks = sum(standing[state] for state in outbox.ATTENTION)
    data |= {"pulled": taken.pulled, "pending": standing["pending"], "attention": asks}
    if asks:
        return Result("sync bundle import", data, status="partial", exit_code=EXIT_PARTIAL)
    if taken.records > taken.verdicts.total() - taken.verdicts["retry"]:
        failed = (Problem("internal"),)
        return Result("sync bundle import", data, failed, None, "partial", EXIT_TRY_LATER)
    return Result("sync bundle import", data)
