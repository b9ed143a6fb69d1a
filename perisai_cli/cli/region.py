"""``wilayah`` / ``region``: finds the code of a province, regency or district, old ones too."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any

import typer

from perisai_cli.actions.find import region_search
from perisai_cli.cli import output, tables
from perisai_cli.cli.framework import command, single
from perisai_cli.i18n import text

app = single("region")


@command(app, "region")
def region(
    words: Annotated[
        list[str] | None, typer.Argument(metavar="TEXT", help=text("option.region_words"))
    ] = None,
) -> int:
    """Find a region by its code or name."""
    return output.show(region_search(" ".join(words) if words else None), _lines)


def _lines(data: dict[str, Any]) -> Iterator[str]:
    if not data["items"]:
        yield text("finding.no_region")
        return
    if data["village"]:
        yield text("finding.village", village=data["village"])
    if not data["certain"]:
        yield text("finding.perhaps")
    heading = [text("finding.col_code"), text("finding.col_region")]
    rows = [[item["code"], region_said(item)] for item in data["items"]]
    yield from tables.table(heading, rows, whole=(0,))


def region_said(item: dict[str, Any]) -> str:
    """Return a region's names, and what became of it where its code is retired."""
    if not item["retired_after"]:
        return str(item["label"])
    after = item["successor"]
    if after is None:
        return text("finding.retired", **item)
    return text("finding.retired_to", name=item["name"], code=after["code"], now=after["label"])
