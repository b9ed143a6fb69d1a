"""``iuran bpu`` / ``contribution bpu``: what a self-employed member pays."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any

from perisai_cli import wiring
from perisai_cli.actions.contribution import BpuOptions, contribution_bpu
from perisai_cli.cli import output, quotes
from perisai_cli.cli.contribution_group import app
from perisai_cli.cli.framework import command, opt
from perisai_cli.domain.errors import InvalidInput
from perisai_cli.i18n import text

MONTH = "YYYY-MM"

Text = str | None


@command(app, "contribution bpu")
def bpu(
    income: Annotated[
        Text, opt("--penghasilan", "--income", key="income", metavar="RUPIAH")
    ] = None,
    tier: Annotated[Text, opt("--lapisan", "--tier", key="tier", metavar="1-33")] = None,
    program: Annotated[Text, opt("--program", key="program", metavar="jkk,jkm[,jht]")] = None,
    sector: Annotated[
        Text, opt("--sektor", "--sector", key="sector", metavar="other|transport")
    ] = None,
    payer: Annotated[Text, opt("--pembayar", "--payer", key="payer", metavar="PAYER")] = None,
    start: Annotated[Text, opt("--mulai", "--start", key="start", metavar=MONTH)] = None,
    months: Annotated[Text, opt("--bulan", "--months", key="months", metavar="1-60")] = None,
    on: Annotated[Text, opt("--pada", "--on", key="on", metavar="YYYY-MM-DD")] = None,
    owner: Annotated[bool, opt("--pemilik", "--owner", key="owner")] = False,
    explain: Annotated[bool, opt("--jelaskan", "--explain", key="explain")] = False,
    due: Annotated[bool, opt("--jatuh-tempo", "--due", key="due")] = False,
    file: Annotated[Text, opt("--berkas", "--file", key="many_file", metavar="F")] = None,
    to: Annotated[Text, opt("--output", "--keluaran", "-o", key="output", metavar="F")] = None,
) -> int:
    """Calculate what a self-employed member pays."""
    options = BpuOptions(income, tier, program, sector, payer, start, months, on, owner, due)
    if file is not None:
        from perisai_cli.cli.contribution_many import bpu_many

        return bpu_many(options, file, to)
    if to is not None:
        raise InvalidInput("usage.missing", field="--file")
    result = contribution_bpu(options, wiring.now())

    def lines(data: Any) -> Iterator[str]:
        yield from quotes.summary(data)
        for month, day in data.get("due", {}).items():
            yield text("quote.due", month=month, day=day)
        if explain:
            yield from quotes.working(data)

    return output.show(result, lines)
