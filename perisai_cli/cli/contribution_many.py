"""``iuran bpu --berkas``: the contributions of many members, from a file to a file."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

from perisai_cli import wiring
from perisai_cli.actions import bulk, bulk_csv
from perisai_cli.actions.app import Result
from perisai_cli.actions.contribution import BpuOptions
from perisai_cli.actions.lines import read_lines
from perisai_cli.actions.whole_file import whole_file
from perisai_cli.cli import files, output
from perisai_cli.cli.invocation import current
from perisai_cli.domain.errors import InvalidInput, Problem
from perisai_cli.i18n import text

STDOUT = "-"
SHOWN = 20
"""Refused rows that are told one by one; the rest are counted, and stand in the output."""


def bpu_many(options: BpuOptions, source: str, target: str | None) -> int:
    """Answer every row of the file *source*, in *target* or on stdout; return the exit code.

    Raises:
        InvalidInput: the file can't be read, has no rows, or columns that are not known.
    """
    for name in ("income", "tier"):
        if getattr(options, name) is not None:
            raise InvalidInput("file.row_decides", field=f"--{name}")
    counter = bulk.Counter(options, wiring.now(), _telling())
    if target in (None, STDOUT):
        tally = _priced(source, sys.stdout, counter)
    else:
        with whole_file(Path(target)) as out:
            tally = _priced(source, out, counter)
    for doubt in tally.doubts:
        output.tell(f"! {output.sentence('warning', Problem(doubt))}")
    accepted = tally.rows - tally.refused
    if target in (None, STDOUT):
        output.tell(text("many.counted", accepted=accepted, refused=tally.refused))
        return tally.exit_code
    return output.show(_written(tally, Path(target)), lambda data: [text("many.written", **data)])


def _priced(source: str, out: bulk.Out, counter: bulk.Counter) -> bulk.Tally:
    with files.opened(source) as stream:
        if bulk.holds_json(stream):
            return bulk.price_json(read_lines(stream)[1], out, counter, output.problem_json)
        with bulk_csv.open_table(stream) as table:
            if current().json:
                rows = bulk_csv.objects(table)
                return bulk.price_json(rows, out, counter, output.problem_json)
            return bulk_csv.price_csv(table, out, counter)


def _telling() -> Callable[[tuple[Problem, ...]], None]:
    """Return what tells of a refused row on stderr, as long as there are not too many."""
    told = 0

    def refused(problems: tuple[Problem, ...]) -> None:
        nonlocal told
        told += 1
        if told <= SHOWN:
            for problem in problems:
                output.tell(*output.problem_lines(problem))
        elif told == SHOWN + 1:
            output.tell(text("many.more_refused"))

    return refused


def _written(tally: bulk.Tally, target: Path) -> Result:
    accepted = tally.rows - tally.refused
    status = "success" if not tally.refused else "partial" if accepted else "error"
    data = {"rows": tally.rows, "accepted": accepted, "refused": tally.refused}
    return Result(
        "contribution bpu",
        data | {"path": str(target.resolve())},
        status=status,
        exit_code=tally.exit_code,
    )
