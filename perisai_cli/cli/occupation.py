"""``pekerjaan`` / ``occupation``: finds an occupation, and tells what its sector costs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any

import typer

from perisai_cli import wiring
from perisai_cli.actions.find import occupation_search
from perisai_cli.cli import output, tables
from perisai_cli.cli.framework import command, single
from perisai_cli.cli.picking import occupation_labels, said_price
from perisai_cli.i18n import text

app = single("occupation")


@command(app, "occupation")
def occupation(
    words: Annotated[
        list[str] | None, typer.Argument(metavar="TEXT", help=text("option.occupation_words"))
    ] = None,
) -> int:
    """Find an occupation by what people call it."""
    typed = " ".join(words) if words else None
    return output.show(occupation_search(typed, occupation_labels(), wiring.now()), _lines)


def _lines(data: dict[str, Any]) -> Iterator[str]:
    if not data["items"]:
        yield text("finding.no_occupation")
        return
    if not all(item["certain"] for item in data["items"]):
        yield text("finding.perhaps")
    heading = [text("finding.col_name"), text("finding.col_code"), text("finding.col_sector")]
    rows = [
        [item["name"], item["code"], text(f"sector_value.{item['sector']}")]
        for item in data["items"]
    ]
    yield from tables.table(heading, rows, whole=(1,))
    shown = {item["sector"] for item in data["items"]}
    first = data["sectors"][0]
    programs = " + ".join(code.upper() for code in first["programs"])
    yield text("finding.price_of", month=first["month"], programs=programs, tier=first["tier"])
    for price in data["sectors"]:
        yield ("→ " if price["sector"] in shown else "  ") + said_price(price)
