"""``pusat acuan`` / ``central reference``: the signed data that devices take over."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any

import typer

from perisai_cli import wiring
from perisai_cli.cli import output, tables
from perisai_cli.cli.central_options import DATA, Address, Data, Text, where
from perisai_cli.cli.framework import command, group, opt
from perisai_cli.domain.errors import InvalidInput
from perisai_cli.i18n import text

references = group("central reference")

Name = Annotated[
    str,
    typer.Argument(metavar="rules|regions|occupations|reasons", help=text("option.reference_name")),
]


@references.callback()
def reference() -> None:
    """Keep the central's reference data; the commands below say how."""


@command(references, "central reference publish")
def publish(
    name: Name,
    source: Annotated[Text, opt("--dari", "--from", key="reference_source", metavar="F")] = None,
    valid_from: Annotated[
        Text, opt("--berlaku", "--valid-from", key="valid_from", metavar="YYYY-MM-DD")
    ] = None,
    data: Data = DATA,
    database: Address = None,
) -> int:
    """Check a set of data, sign it and publish it as a new version."""
    from perisai_cli.actions import central_reference as actions

    if not source:
        raise InvalidInput("usage.missing", field="--from")
    result = actions.publish(
        where(data, database), name, wiring.typed_path(source), valid_from, wiring.now
    )
    return output.show(result, lambda made: [text("reference.published", **made)])


@command(references, "central reference list")
def list_(data: Data = DATA, database: Address = None) -> int:
    """List every published set."""
    from perisai_cli.actions import central_reference as actions

    return output.show(actions.list_sets(where(data, database), wiring.now), _list_lines)


@command(references, "central reference export")
def export(
    name: Name,
    to: Annotated[Text, opt("--output", "--keluaran", "-o", key="output_file", metavar="F")] = None,
    data: Data = DATA,
    database: Address = None,
) -> int:
    """Write the set in force to a file, for devices without a network."""
    from perisai_cli.actions import central_reference as actions

    if not to:
        raise InvalidInput("usage.missing", field="--output")
    result = actions.export(where(data, database), name, wiring.typed_path(to), wiring.now)
    return output.show(result, lambda written: [text("reference.exported", **written)])


def _list_lines(data: dict[str, Any]) -> Iterator[str]:
    heading = [text(f"reference.col_{name}") for name in ("name", "version", "since", "used")]
    rows = [
        [
            each["name"],
            str(each["version"]),
            each["valid_from"],
            text("reference.used") if each["in_force"] else "",
        ]
        for each in data["items"]
    ]
    yield from tables.table(heading, rows, whole=(0, 1))
    yield text("reference.key", **data)
