"""``sinkron`` / ``sync``: push, then pull; ``status`` tells what stands where."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer

from perisai_cli import wiring
from perisai_cli.actions import sync as actions
from perisai_cli.cli import names, output
from perisai_cli.cli.framework import command, group, opt
from perisai_cli.cli.world import world
from perisai_cli.domain.errors import InvalidInput
from perisai_cli.i18n import language, text

app = group("sync", invoke_without_command=True)

Text = str | None
MAX_SECONDS = 3600


@app.callback()
def sync(
    ctx: typer.Context,
    central: Annotated[Text, opt("--pusat", "--central", key="central", metavar="URL")] = None,
    dry_run: Annotated[bool, opt("--dry-run", "--coba-dulu", key="dry_run")] = False,
    max_time: Annotated[
        Text, opt("--max-time", "--batas-waktu", key="max_time", metavar="SECONDS")
    ] = None,
    no_photos: Annotated[bool, opt("--tanpa-foto", "--no-photos", key="no_photos")] = False,
    code_file: Annotated[
        Text, opt("--berkas-kode", "--code-file", key="code_file", metavar="F")
    ] = None,
) -> int | None:
    """Send what waits and fetch what was decided."""
    if ctx.invoked_subcommand is not None:
        return None
    if dry_run:
        return output.show(actions.sync_plan(world(central)), _plan_lines)
    seconds = _seconds(max_time)
    code = wiring.first_line(Path(code_file), "file.unreadable") if code_file else None
    with _progress() as progress:
        options = actions.SyncOptions(seconds, code, progress, photos=not no_photos)
        result = actions.sync(world(central), options)
    return output.show(result, _lines)


@command(app, "sync status")
def sync_status() -> int:
    """Tell how many records stand where."""
    return output.show(actions.sync_status(world()), _status_lines)


def _seconds(typed: Text) -> float:
    if typed is None:
        return actions.RETRY_SECONDS
    if not (
        typed.isascii() and typed.isdigit() and len(typed) < 5 and 0 < int(typed) <= MAX_SECONDS
    ):
        raise InvalidInput("sync.max_time", field="--max-time", high=MAX_SECONDS)
    return float(typed)


@contextmanager
def _progress() -> Iterator[Any]:
    """Yield a callback that moves a progress bar on a terminal, and does nothing elsewhere."""
    if not sys.stderr.isatty():
        yield lambda _count, _first: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(text("sync.sending"), total=None)

        def move(count: int, first: bool) -> None:
            if first:
                bar.update(task, total=count)
            else:
                bar.advance(task, count)

        yield move


def _lines(data: dict[str, Any]) -> Iterator[str]:
    yield text("sync.sent" if data["sent"] else "sync.nothing", **data)
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
    yield text("sync.last_success", at=data["last_success"] or text("sync.never"))
