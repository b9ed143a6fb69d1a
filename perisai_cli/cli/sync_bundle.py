"""``sinkron paket`` / ``sync bundle``: the queue as a file or a text, and its answer."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import typer

from perisai_cli import wiring
from perisai_cli.actions import bundle as actions
from perisai_cli.cli import names, output, questions
from perisai_cli.cli.files import is_file_there, opened
from perisai_cli.cli.framework import command, group, opt
from perisai_cli.cli.world import world
from perisai_cli.domain.errors import InvalidInput
from perisai_cli.i18n import language, text

app = group("sync bundle")

Text = str | None
MAX_RECORDS = 1_000_000
MAX_KEY_FILE = 64 * 1024


@app.callback()
def bundle() -> None:
    """Carry the queue by file; the commands below say how."""


@command(app, "sync bundle export")
def export(
    to: Annotated[
        Text, opt("--output", "--keluaran", "-o", key="bundle_output", metavar="F")
    ] = None,
    as_text: Annotated[bool, opt("--text", "--teks", key="bundle_text")] = False,
    office_key: Annotated[
        Text, opt("--kunci-kantor", "--office-key", key="office_key", metavar="F")
    ] = None,
    code_file: Annotated[
        Text, opt("--berkas-kode", "--code-file", key="code_file", metavar="F")
    ] = None,
    max_records: Annotated[
        Text, opt("--paling-banyak", "--max-records", key="max_records", metavar="N")
    ] = None,
    dry_run: Annotated[bool, opt("--dry-run", "--coba-dulu", key="dry_run")] = False,
) -> int:
    """Write the waiting records as one sealed file or text."""
    if to is None and not as_text and not dry_run:
        raise InvalidInput("usage.missing", field="--output")
    path = free_name(to) if not dry_run else _path(to)
    asked = actions.Export(
        output=path,
        as_text=as_text,
        office_key=_key_file(office_key),
        code=wiring.first_line(Path(code_file), "file.unreadable") if code_file else None,
        most=_most(max_records),
    )
    if dry_run:
        return output.show(actions.export_plan(world(), asked), _plan_lines)
    return output.show(actions.export_bundle(world(), asked), _export_lines)


@command(app, "sync bundle import")
def take(
    file: Annotated[str, typer.Argument(metavar="F", help=text("option.answer_file"))],
) -> int:
    """Take in the office's answer to a file or text."""
    return output.show(actions.import_answer(world(), lambda: opened(file)), _import_lines)


def free_name(named: str | None) -> Path | None:
    """Return the file to write to, once it is sure that none of that name is lost.

    Raises:
        InvalidInput: the file is there, and its loss is not agreed to.
    """
    if named == "-":
        raise InvalidInput("bundle.to_stdout", field="--output")
    path = _path(named)
    if (
        path is not None
        and is_file_there(path)
        and not questions.confirmed(text("bundle.overwrite"))
    ):
        raise InvalidInput("confirm.no")
    return path


def _path(named: str | None) -> Path | None:
    return None if named is None else Path(named)


def _key_file(named: str | None) -> bytes | None:
    if named is None:
        return None
    with opened(named) as file:
        return file.read(MAX_KEY_FILE)


def _most(typed: Text) -> int | None:
    if typed is None:
        return None
    whole = typed.isascii() and typed.isdigit() and len(typed) < 8
    if not (whole and 0 < int(typed) <= MAX_RECORDS):
        raise InvalidInput("bundle.max_records", field="--max-records", high=MAX_RECORDS)
    return int(typed)


def _plan_lines(data: dict[str, Any]) -> Iterator[str]:
    yield text("bundle.plan", **data)
    yield text("bundle.office", office=data["office"])


def _export_lines(data: dict[str, Any]) -> Iterator[str]:
    if data.get("text"):
        output.tell(text("bundle.send_text", **data), text("bundle.office", office=data["office"]))
        yield data["text"].rstrip("\n")
    else:
        yield text("bundle.written", **data)
        yield text("bundle.office", office=data["office"])
    following = [text("bundle.still_queued")]
    if data["left"]:
        following.append(text("bundle.left", count=data["left"]))
    if data.get("text"):
        output.tell(*following)
    else:
        yield from following


def _import_lines(data: dict[str, Any]) -> Iterator[str]:
    yield text("bundle.answered" if data["news"] else "bundle.nothing_new", **data)
    counted = {"accepted": data["accepted"] + data["unchanged"]}
    counted |= {name: data[name] for name in ("held", "duplicate", "needs_fix", "conflict")}
    for name, count in counted.items():
        if count:
            yield "  " + text(f"sync.{name}", count=count)
    if data["pulled"]:
        yield "  " + text("sync.pulled", count=data["pulled"])
    if data["pending"]:
        yield text("sync.still_pending", count=data["pending"])
    if data["attention"]:
        line = names.spoken("queue list", language())
        yield text("sync.attention", count=data["attention"], command=line)
