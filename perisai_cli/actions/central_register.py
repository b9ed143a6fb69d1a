"""Makes the central's extract of its members, and writes it for devices without a network."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO

from perisai_cli.actions.app import Result
from perisai_cli.actions.central import Where, central_database
from perisai_cli.actions.options import Options
from perisai_cli.actions.whole_file import whole_octets
from perisai_cli.domain.errors import InvalidInput
from perisai_cli.domain.period import local_day
from perisai_cli.protocol.register import Header, Register

_LONGEST_LINE = 4096
_OFFICE_REGION = "51"


def publish(
    data: Where,
    source: Callable[[], AbstractContextManager[BinaryIO]] | None,
    made: str | None,
    clock: Callable[[], datetime],
    *,
    new_key: bool = False,
) -> Result:
    """Make an extract of the accepted members and of a branch's list; devices get it from now on.

    Args:
        data: Where the central keeps its data.
        source: Opens the branch's list, a NIK in the first cell of each line; None without one.
        made: Day that the list is of, as typed.
        clock: Returns the present moment.
        new_key: Whether the key is changed.

    Raises:
        InvalidInput: ``register.nobody``, ``register.too_many``, ``day.format``, ``day.future``, or
            the list can't be read.
    """
    options = Options()
    day = options.day("date", made)
    if day is not None and day > local_day(clock(), _OFFICE_REGION):
        options.fault("day.future", "date")
    options.check()
    with central_database(data, new=True) as database:
        from perisai_cli.central import register

        if source is None:
            published = register.publish(database, (), clock, day, new_key=new_key)
        else:
            with source() as stream:
                published = register.publish(database, _lines(stream), clock, day, new_key=new_key)
    told = _told(published.header, published.octets) | {"skipped": published.skipped}
    return Result("central register publish", told | {"new_key": new_key})


def _lines(stream: BinaryIO) -> Iterator[str]:
    """Yield the lines of a list in any encoding that has ASCII digits, one in memory at a time."""
    while line := stream.readline(_LONGEST_LINE):
        yield line.replace(b"\x00", b"").decode("latin-1").lstrip("\u00ef\u00bb\u00bf\u00ff\u00fe")


def export(data: Where, output: Path) -> Result:
    """Write the extract that devices are given to a file.

    Raises:
        InvalidInput: ``register.none_made``.
        DiskTrouble: the file can't be written.
    """
    with central_database(data) as database:
        from perisai_cli.central import register

        octets = register.extract(database)
    if octets is None:
        raise InvalidInput("register.none_made")
    with whole_octets(output) as file:
        file.write(octets)
    told = _told(Register(octets).header, len(octets))
    return Result("central register export", told | {"path": str(output)})


def _told(header: Header, octets: int) -> dict[str, Any]:
    return {
        "version": header.version,
        "made": header.made,
        "members": header.members,
        "octets": octets,
        "one_in": max(2**header.bits // header.members, 1),
        "key_id": header.key_id,
    }
