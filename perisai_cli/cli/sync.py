"""``sinkron`` / ``sync``: push, then pull; ``status`` tells what stands where."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import typer

from perisai_cli import wiring
from perisai_cli.actions import deposit
from perisai_cli.actions import sync as actions
from perisai_cli.cli import names, output, sync_bundle, sync_reconcile, sync_talk
from perisai_cli.cli.framework import command, group, opt
from perisai_cli.cli.moments import last_success
from perisai_cli.cli.stopping import Stopping
from perisai_cli.cli.world import world
from perisai_cli.domain.errors import EXIT_INTERRUPTED, InvalidInput
from perisai_cli.i18n import language, text

app = group("sync", invoke_without_command=True)
app.add_typer(sync_bundle.app)

Text = str | None
MAX_SECONDS = 3600
MAX_WAIT_SECONDS = 7 * 24 * 3600
MAX_BYTES = 10**10
MAX_KILOBITS = 10**6


@app.callback()
def sync(
    ctx: typer.Context,
    central: Annotated[Text, opt("--pusat", "--central", key="central", metavar="URL")] = None,
    dry_run: Annotated[bool, opt("--dry-run", "--coba-dulu", key="dry_run")] = False,
    max_time: Annotated[
        Text, opt("--max-time", "--batas-waktu", key="max_time", metavar="SECONDS")
    ] = None,
    wait: Annotated[bool, opt("--tunggu", "--wait", key="wait")] = False,
    max_bytes: Annotated[
        Text, opt("--batas-data", "--max-bytes", key="max_bytes", metavar="N")
    ] = None,
    speed: Annotated[Text, opt("--kecepatan", "--speed", key="speed", metavar="KBIT")] = None,
    metered: Annotated[bool, opt("--hemat", "--metered", key="metered")] = False,
    authority: Annotated[Text, opt("--ca", key="ca", metavar="F")] = None,
    no_photos: Annotated[bool, opt("--tanpa-foto", "--no-photos", key="no_photos")] = False,
    code_file: Annotated[
        Text, opt("--berkas-kode", "--code-file", key="code_file", metavar="F")
    ] = None,
) -> int | None:
    """Send what waits and fetch what was decided."""
    if ctx.invoked_subcommand is not None:
        return None
    the_world = world(central, authority)
    kilobits = whole(speed, "--speed", MAX_KILOBITS) or actions.KILOBITS
    if dry_run:
        return output.show(actions.sync_plan(the_world, kilobits), _plan_lines)
    high = MAX_WAIT_SECONDS if wait else MAX_SECONDS
    seconds = whole(max_time, "--max-time", high, "sync.max_time")
    stopping = Stopping()
    with sync_talk.progress() as bar, stopping.heeded():
        options = actions.SyncOptions(
            # While it waits, each run has the usual patience, and then the pauses grow.
            max_seconds=actions.RETRY_SECONDS if wait else seconds or actions.RETRY_SECONDS,
            code=wiring.first_line(Path(code_file), "file.unreadable") if code_file else None,
            progress=bar,
            wait=(seconds or MAX_SECONDS) if wait else 0,
            max_bytes=whole(max_bytes, "--max-bytes", MAX_BYTES),
            small_only=metered or the_world.metered,
            photos=not no_photos,
            shield=stopping.shield,
            estimated=sync_talk.announce(thrifty=metered or the_world.metered),
            pausing=sync_talk.pausing,
            trying_again=sync_talk.trying_again,
        )
        result = actions.synced(the_world, options)
    code = output.show(result, _lines)
    if code == EXIT_INTERRUPTED:
        raise SystemExit(code)  # returned, it would read like Typer's own, still to be told
    return code


@command(app, "sync status")
def sync_status() -> int:
    """Tell how many records stand where."""
    return output.show(actions.sync_status(world()), _status_lines)


sync_reconcile.join(app)


@command(app, "sync deposit")
def sync_deposit(
    central: Annotated[Text, opt("--pusat", "--central", key="central", metavar="URL")] = None,
    max_time: Annotated[
        Text, opt("--max-time", "--batas-waktu", key="max_time", metavar="SECONDS")
    ] = None,
    code_file: Annotated[
        Text, opt("--berkas-kode", "--code-file", key="code_file", metavar="F")
    ] = None,
) -> int:
    """Hand the waiting queue over to the office."""
    seconds = whole(max_time, "--max-time", MAX_SECONDS, "sync.max_time")
    code = wiring.first_line(Path(code_file), "file.unreadable") if code_file else None
    result = deposit.deposit_queue(
        world(central), actions.SyncOptions(seconds or actions.RETRY_SECONDS, code)
    )
    return output.show(result, _deposit_lines)


def _deposit_lines(data: dict[str, Any]) -> Iterator[str]:
    if not data["records"]:
        yield text("sync.nothing")
    elif data["deposits"]:
        yield text("deposit.brought", **data)
    else:
        yield text("deposit.there_already", **data)
    yield text("sync.traffic", **data)


def whole(typed: Text, option: str, high: int, code: str = "option.whole") -> int | None:
    """Return what was typed as a whole number from 1 to *high*; None where nothing was.

    Raises:
        InvalidInput: *code*: it is none.
    """
    if typed is None:
        return None
    digits = typed.isascii() and typed.isdigit() and len(typed) <= len(str(high))
    if not (digits and 0 < int(typed) <= high):
        raise InvalidInput(code, field=option, high=high)
    return int(typed)


def _sent(data: dict[str, Any]) -> Iterator[str]:
    """Say what went out; where records wait and none did, an error says why."""
    if data["sent"]:
        yield text("sync.sent", **data)
    elif not data["pending"]:
        yield text("sync.nothing", **data)


def _lines(data: dict[str, Any]) -> Iterator[str]:
    yield from _sent(data)
    taken = data["accepted"] + data["unchanged"]
    for key, count in (
        ("accepted", taken),
        ("held", data["held"]),
        ("duplicate", data["duplicate"]),
        ("needs_fix", data["needs_fix"]),
        ("conflict", data["conflict"]),
    ):
        if count:
            yield "  " + text(f"sync.{key}", count=count)
    if data["pulled"]:
        yield "  " + text("sync.pulled", count=data["pulled"])
    if data["photos_sent"]:
        yield "  " + text("sync.photos_sent", count=data["photos_sent"])
    if data["photos_pending"]:
        yield text("sync.photos_pending", count=data["photos_pending"])
    if data["pending"]:
        yield text("sync.still_pending", count=data["pending"])
    if data["attention"]:
        line = names.spoken("queue list", language())
        yield text("sync.attention", count=data["attention"], command=line)
    yield text("sync.traffic", **data)


def _plan_lines(data: dict[str, Any]) -> Iterator[str]:
    yield text("sync.plan", **data | {"central": data["central"] or "–"})
    yield text("sync.plan_nothing_sent")


def _status_lines(data: dict[str, Any]) -> Iterator[str]:
    for name in ("pending", "accepted", "held", "duplicate", "needs_fix", "conflict", "withdrawn"):
        yield f"{data[name]:>7}  {text(f'standing.{name}')}"
    if "photos" in data:
        yield text("sync.photos", **data["photos"])
    yield last_success(data)
