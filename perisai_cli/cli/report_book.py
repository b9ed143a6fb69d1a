"""``laporan buku`` / ``report book``: all records as one sealed file for the supervisor."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any

import typer

from perisai_cli import wiring
from perisai_cli.actions import book_bundle as actions
from perisai_cli.cli import names, output, questions
from perisai_cli.cli.files import opened
from perisai_cli.cli.framework import command, opt
from perisai_cli.cli.invocation import current
from perisai_cli.cli.sync_bundle import MAX_KEY_FILE, free_name
from perisai_cli.cli.world import world
from perisai_cli.domain.errors import InvalidInput
from perisai_cli.i18n import language, text

Text = str | None


def add_to(app: typer.Typer) -> None:
    """Add the book to the group of reports."""
    command(app, "report book")(book)


def book(
    to: Annotated[Text, opt("--output", "--keluaran", "-o", key="book_output", metavar="F")] = None,
    supervisor_key: Annotated[
        Text, opt("--kunci-penyelia", "--supervisor-key", key="supervisor_key", metavar="F")
    ] = None,
    new_key: Annotated[
        Text, opt("--kunci-baru", "--new-key", key="new_supervisor_key", metavar="DIGITS")
    ] = None,
    without_persons: Annotated[
        bool, opt("--tanpa-identitas", "--without-persons", key="without_persons")
    ] = False,
    dry_run: Annotated[bool, opt("--dry-run", "--coba-dulu", key="book_dry_run")] = False,
) -> int:
    """Write all records as one sealed file for the supervisor."""
    if to is None and not dry_run:
        raise InvalidInput("usage.missing", field="--output")
    if new_key is not None and supervisor_key is None:
        raise InvalidInput("usage.missing", field="--supervisor-key")
    wish = actions.BookWish(
        output=None if dry_run else free_name(to),
        key=_key_file(supervisor_key),
        new_key=new_key,
        persons=not without_persons,
    )
    if dry_run:
        return output.show(actions.book_plan(world(), wish), _content_lines)
    return output.show(actions.make_book(world(), wish, _agreed), _lines)


def _key_file(named: Text) -> bytes | None:
    if named is None:
        return None
    with opened(named, "--supervisor-key") as file:
        return file.read(MAX_KEY_FILE)


def _agreed(data: dict[str, Any]) -> bool:
    """Say what the book will hold, and ask whoever is there; a script has asked for it already."""
    if not wiring.is_interactive() or current().yes or current().json:
        return True
    output.tell(*_content_lines(data))
    return questions.decided(text("merge.book_write"), default=True)


def _content_lines(data: dict[str, Any]) -> Iterator[str]:
    yield text("merge.book_holds", records=data["records"])
    for kind, count in data["kinds"].items():
        yield "  " + text("merge.book_kind", kind=text(f"kind.{kind}"), count=count)
    yield text("merge.book_persons" if data["persons"] else "merge.book_nobody")
    yield text("merge.book_for", supervisor=data["supervisor_id"], fingerprint=data["supervisor"])
    if data["first_use"]:
        yield text("merge.book_first_use")


def _lines(data: dict[str, Any]) -> Iterator[str]:
    yield text("merge.book_written", **data)
    if data["first_use"]:
        yield text("merge.fingerprint", fingerprint=data["supervisor"])
        yield text("merge.book_first_use")
    yield text("merge.own_fingerprint", fingerprint=data["device_fingerprint"])
    line = names.spoken("merge", language())
    yield text("merge.book_next", command=line)
