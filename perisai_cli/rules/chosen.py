"""Where the law in use comes from, when it is not the package's own.

Rules know no home folder: whoever knows it says here how to look for an installed set. Nothing is
looked for before a command asks for the law.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from perisai_cli.rules.law import Law

_source: list[Callable[[], Law | None]] = []


def choose(source: Callable[[], Law | None]) -> None:
    """Ask *source* for the installed law from now on; it returns None where the package's holds."""
    _source[:] = [source]


def installed() -> Law | None:
    """Return the installed law, if one is to be used."""
    return _source[0]() if _source else None
