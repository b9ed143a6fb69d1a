"""``pusat paket`` and ``pusat titipan``: queues that come to the office by file, or lie there."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import typer

from perisai_cli import wiring
from perisai_cli.actions import central_bundle as actions
from perisai_cli.cli import output, tables
from perisai_cli.cli.central_options import DATA, Address, Data, Text, where
from perisai_cli.cli.files import opened
from perisai_cli.cli.framework import command, group, opt
from perisai_cli.cli.sync_bundle import free_name
from perisai_cli.i18n import text

bundles = group("central bundle")
deposits = group("central escrow")

Output = Annotated[Text, opt("--output", "--keluaran", "-o", key="answer_output", metavar="F")]


@bundles.callback()
def bundle() -> None:
    """Take queues that come by file."""


@deposits.callback()
def escrow() -> None:
    """Keep what devices handed over."""


def show_key(data: Path | str, to: Text) -> int:
    """Show the office's key, and write its file where one is asked for."""
    return output.show(actions.show_key(data, free_name(to)), _key_lines)


@command(bundles, "central bundle accept")
def accept(
    file: Annotated[str, typer.Argument(metavar="F", help=text("option.queue_file"))],
    to: Output = None,
    admitted: Annotated[bool, opt("--admit", "--izinkan", key="admit")] = False,
    data: Data = DATA,
    database: Address = None,
) -> int:
    """Settle a queue that came by file and write its answer."""
    reception = actions.Reception(free_name(to), vouched=admitted)
    result = actions.accept_bundle(
        where(data, database), lambda: opened(file), reception, wiring.now
    )
    return output.show(result, _accepted_lines)


@command(deposits, "central escrow list")
def escrow_list(data: Data = DATA, database: Address = None) -> int:
    """List what devices handed over."""
    return output.show(actions.list_escrow(where(data, database)), _deposit_lines)


@command(deposits, "central escrow accept")
def escrow_accept(
    named: Annotated[str, typer.Argument(metavar="ID", help=text("option.deposit_id"))],
    to: Output = None,
    data: Data = DATA,
    database: Address = None,
) -> int:
    """Settle a deposited queue under its author."""
    result = actions.accept_escrow(where(data, database), named, free_name(to), wiring.now)
    return output.show(result, _accepted_lines)


def _key_lines(data: dict[str, Any]) -> Iterator[str]:
    if data["path"] is None:
        yield data["text"].rstrip("\n")
    else:
        yield text("bundle.key_written", **data)
    output.tell(text("bundle.office", office=data["fingerprint"]))


def _accepted_lines(data: dict[str, Any]) -> Iterator[str]:
    lines = [text("bundle.settled", **data)]
    counted = {"accepted": data["accepted"] + data["unchanged"]}
    counted |= {name: data[name] for name in ("held", "duplicate", "needs_fix", "conflict")}
    lines += ["  " + text(f"sync.{name}", count=count) for name, count in counted.items() if count]
    if data["retry"]:
        lines.append("  " + text("bundle.retry", count=data["retry"]))
    if data["path"]:
        lines.append(text("bundle.answer_written", **data))
    if data.get("text"):
        output.tell(*lines, text("bundle.answer_text"))
        yield data["text"].rstrip("\n")
    else:
        yield from lines


def _deposit_lines(data: dict[str, Any]) -> Iterator[str]:
    if not data["items"]:
        yield text("bundle.no_deposits")
        return
    heading = [text(f"bundle.col_{name}") for name in ("id", "device", "octets", "at", "settled")]
    rows = [
        [
            each["id"][-8:],
            each["device"][-8:],
            str(each["octets"]),
            each["received_at"],
            each["settled_at"] or "–",
        ]
        for each in data["items"]
    ]
    yield from tables.table(heading, rows, right=(2,), whole=(0, 1))
