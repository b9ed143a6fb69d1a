"""``antrean perbaiki`` / ``queue fix``: one record, all that came back, or a workbook of it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any

import typer

from perisai_cli import wiring
from perisai_cli.actions import came_back
from perisai_cli.actions import queue as actions
from perisai_cli.actions.app import Result
from perisai_cli.cli import fixing, output, questions
from perisai_cli.cli.files import one_object
from perisai_cli.cli.framework import command, opt
from perisai_cli.cli.invocation import current
from perisai_cli.cli.queue_group import Text, app
from perisai_cli.cli.queue_words import fixed_lines, short
from perisai_cli.cli.world import world
from perisai_cli.domain.errors import InvalidInput
from perisai_cli.domain.money import rupiah
from perisai_cli.i18n import text

MaybeId = Annotated[Text, typer.Argument(metavar="[ID]", help=text("option.fix_id"))]
Codes = Annotated[list[str] | None, opt("--kode", "--code", key="fix_code", metavar="CODE")]


@command(app, "queue fix")
def queue_fix(
    record_id: MaybeId = None,
    file: Annotated[Text, opt("--berkas", "--file", key="fix_file", metavar="F")] = None,
    code: Codes = None,
    again: Annotated[bool, opt("--ulang", "--again", key="fix_again")] = False,
    to: Annotated[Text, opt("--ke", "--to", key="fix_to", metavar="F.xlsx")] = None,
    mended: Annotated[Text, opt("--dari", "--from", key="fix_from", metavar="F.xlsx|csv")] = None,
    no_nik: Annotated[bool, opt("--tanpa-nik", "--no-nik", key="fix_no_nik")] = False,
) -> int:
    """Correct what came back; it is sent again under the same id."""
    _only_one(record_id, file, to, mended, again=again)
    codes = came_back.checked_codes(code or ())
    if to is not None or mended is not None:
        return _workbook(to, mended, codes, niks=not no_nik)
    if again:
        return _again(record_id, codes)
    if record_id is not None:
        return output.show(_one(record_id, file), fixed_lines)
    if file is not None:
        raise InvalidInput("usage.missing", field="ID")
    if wiring.is_interactive() and not current().json:
        return fixing.fix_one_by_one(world(), codes)
    return output.show(came_back.fix_list(world(), codes), fixing.group_lines)


def _only_one(record_id: Text, file: Text, to: Text, mended: Text, *, again: bool) -> None:
    """Check that only one way of correcting is asked for."""
    ways = (bool(file), bool(to), bool(mended), again)
    if sum(ways) > 1 or (record_id is not None and (to or mended)):
        raise InvalidInput("fix.one_way")


def _workbook(to: Text, mended: Text, codes: tuple[str, ...], *, niks: bool) -> int:
    from perisai_cli.actions import fix_workbook
    from perisai_cli.cli.fix_words import FixWords

    if mended is not None:
        result = fix_workbook.fix_from(world(), wiring.typed_path(mended), FixWords())
        return output.show(result, many_lines)
    path = wiring.typed_path(to or "")
    if path.suffix.lower() != ".xlsx":
        raise InvalidInput("fix.suffix", field="--to")
    result = fix_workbook.fix_to(world(), path, codes, FixWords(), niks=niks)
    return output.show(result, _written_lines)


def _written_lines(data: dict[str, Any]) -> Iterator[str]:
    yield text("fixing.written", **data)
    yield text("fixing.with_niks" if data["niks"] else "fixing.without_niks")
    yield text("fixing.then", path=data["path"])


def _one(record_id: str, file: Text) -> Result:
    if file is not None:
        return actions.queue_fix(world(), record_id, one_object(file))
    if wiring.is_interactive():
        return fixing.fix(world(), record_id)
    raise InvalidInput("usage.missing", field="--file")


def _again(record_id: Text, codes: tuple[str, ...]) -> int:
    """Make new revisions of what came back as it is; of all of it only when that is confirmed."""
    the_world = world()
    if record_id is None and not questions.confirmed(text("fixing.confirm_again")):
        raise InvalidInput("confirm.no")
    result = came_back.fix_again(the_world, record_id, codes)
    return output.show(result, fixed_lines if record_id is not None else many_lines)


def many_lines(data: dict[str, Any]) -> Iterator[str]:
    """Yield what mending many records came to."""
    for item in data["items"]:
        facts = {"id": short(item["id"]), "nik": item["nik_masked"], "rev": item["rev"]}
        yield text("fixing.line", total=rupiah(item["total"]), **facts)
    yield text("fixing.many", **data)
