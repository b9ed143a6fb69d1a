"""Files that people name on the command line; ``-`` is stdin."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

from perisai_cli import wiring
from perisai_cli.actions.lines import read_lines
from perisai_cli.domain.errors import InvalidInput, Problem


@contextmanager
def opened(name: str, field: str = "--file") -> Iterator[BinaryIO]:
    """Yield the file called *name* for reading.

    Raises:
        InvalidInput: ``file.unreadable``.
    """
    standard = getattr(sys.stdin, "buffer", None)  # there is none where stdin was closed
    if name == "-" and standard is not None:
        yield standard
        return
    try:
        file = wiring.typed_path(name).open("rb")
    except OSError:
        raise InvalidInput("file.unreadable", field=field) from None
    with file:
        yield file


def is_file_there(path: Path) -> bool:
    """Tell whether there is such a file; what no file can be called is told when it is written."""
    try:
        return path.is_file()
    except OSError:
        return False


def one_object(name: str) -> dict[str, Any]:
    """Return the one JSON object in a file.

    Raises:
        InvalidInput: the file can't be read, or holds something else than one object.
    """
    with opened(name) as stream:
        many, lines = read_lines(stream)
        if many:  # an empty list has no first line to take
            raise InvalidInput("json.one_wanted")
        _, held = next(lines)
    if isinstance(held, Problem):
        raise InvalidInput.of((held,))
    return held
