"""``daftar`` / ``enroll``: one worker by questions, or one or many as JSON."""

from __future__ import annotations

import itertools
import sys
from collections.abc import Iterator
from typing import Annotated, Any

from perisai_cli import wiring
from perisai_cli.actions import enroll as actions
from perisai_cli.actions.app import Result
from perisai_cli.actions.lines import read_lines
from perisai_cli.cli import names, output, queue_mode, quotes, receipts, wizard
from perisai_cli.cli.files import opened
from perisai_cli.cli.framework import command, opt, single
from perisai_cli.cli.invocation import current
from perisai_cli.cli.world import world
from perisai_cli.domain.errors import InvalidInput, Problem
from perisai_cli.domain.money import rupiah
from perisai_cli.i18n import language, text

app = single("enroll")

Text = str | None
MAX_DIGITS = 5


@command(app, "enroll")
def enroll(
    file: Annotated[Text, opt("--berkas", "--file", key="file", metavar="F")] = None,
    program: Annotated[Text, opt("--program", key="program", metavar="jkk,jkm[,jht]")] = None,
    months: Annotated[Text, opt("--bulan", "--months", key="months", metavar="1-60")] = None,
    start: Annotated[Text, opt("--mulai", "--start", key="start", metavar="YYYY-MM")] = None,
    occupation: Annotated[
        Text, opt("--pekerjaan", "--occupation", key="occupation", metavar="CODE")
    ] = None,
    payer: Annotated[Text, opt("--pembayar", "--payer", key="payer", metavar="PAYER")] = None,
    following: Annotated[bool, opt("--berturut", "--next", key="next")] = False,
) -> int:
    """Enrol workers; personal data never comes by options."""
    defaults = given_for_all(program, months, start, occupation, payer)
    if file is not None:
        return _from_file(file, defaults)
    if not wiring.is_interactive():
        raise InvalidInput("usage.missing", field="--file")
    return _by_questions(defaults, following=following)


def given_for_all(
    program: Text, months: Text, start: Text, occupation: Text, payer: Text
) -> dict[str, Any]:
    """Return what the options say, for workers that do not say it themselves."""
    given: dict[str, Any] = {"start": start, "payer": payer}
    if program:
        given["programs"] = [code.strip().lower() for code in program.split(",")]
    if months:
        if not (months.isascii() and months.isdigit() and len(months) < MAX_DIGITS):
            raise InvalidInput("months.value", field="/months", low=1, high=60)
        given["months"] = int(months)
    if occupation:
        given["occupations"] = [{"code": occupation}]
    return {name: value for name, value in given.items() if value is not None}


def _from_file(name: str, defaults: dict[str, Any]) -> int:
    with opened(name) as stream:
        many, lines = read_lines(stream)
        if many:
            sink = receipts.Streamed() if current().json else receipts.Printed()
            return sink.finish(lambda: actions.enroll_many(world(), lines, defaults, sink))
        _, held = next(lines)
        if isinstance(held, Problem):
            raise InvalidInput.of((held,))
        return output.show(actions.enroll_one(world(), held, defaults), receipt_lines)


def _by_questions(defaults: dict[str, Any], *, following: bool) -> int:
    if following:
        return _in_a_row(defaults)
    result = wizard.enrol_by_questions(world(), defaults)
    if result is None:
        output.tell(text("wizard.not_recorded"))
        return 0
    return output.show(result._replace(warnings=None), short_receipt_lines)


def _in_a_row(defaults: dict[str, Any]) -> int:
    if not current().json:
        queue_mode.enrol_in_a_row(world(), defaults, _say_receipt)
        return 0
    sink, rows = receipts.Streamed(), itertools.count(1)

    def taken(result: Result) -> None:
        sink.accepted({"row": next(rows)} | result.data, result.warnings or ())

    return sink.finish(lambda: queue_mode.enrol_in_a_row(world(), defaults, taken))


def _say_receipt(result: Result) -> None:
    data = result.data
    output.say(
        text("receipt.recorded", nik=data["nik_masked"], id=data["id"][-8:]),
        text("receipt.not_covered"),
    )
    sys.stdout.flush()


def short_receipt_lines(data: dict[str, Any]) -> Iterator[str]:
    """Yield the receipt of a worker whose card, price and warnings were shown just before."""
    yield text("receipt.recorded", nik=data["nik_masked"], id=data["id"][-8:])
    yield text(
        "quote.total",
        total=rupiah(data["quote"]["total"]),
        months=len(data["quote"]["totals"]["by_month"]),
    )
    yield text("receipt.not_covered")
    yield text("receipt.pending", pending=data["pending"])
    yield from _questions_line(data)


def receipt_lines(data: dict[str, Any]) -> Iterator[str]:
    """Yield the receipt of one worker: recorded, not yet covered."""
    yield text("receipt.recorded", nik=data["nik_masked"], id=data["id"][-8:])
    yield from quotes.summary(data["quote"], enrolling=True)
    yield text("receipt.not_covered")
    yield text("receipt.pending", pending=data["pending"])
    yield from _questions_line(data)


def _questions_line(data: dict[str, Any]) -> Iterator[str]:
    """Yield how many questions of the guard stay open, and how to answer them."""
    count = sum(asked["answer"] is None for asked in data["questions"])
    if count:
        line = f"{names.spoken('worker answer', language())} {data['id'][-8:]}"
        yield text("receipt.questions", count=count, command=line)
