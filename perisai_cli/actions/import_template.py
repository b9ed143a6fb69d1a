"""The empty workbook that an association asks for, with the columns that the import reads."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from perisai_cli.actions.app import Result
from perisai_cli.domain.identity import NIK_LENGTH
from perisai_cli.sheets.template import Blank, write_blank_book

_KINDS: dict[str, dict[str, Any]] = {
    "nik": {"width": 20, "length": NIK_LENGTH},
    "name": {"width": 28},
    "birth_place": {},
    "birth_date": {"kind": "day", "width": 14},
    "sex": {"width": 8},
    "phone": {},
    "address.text": {"width": 32},
    "address.rt": {"width": 6},
    "address.rw": {"width": 6},
    "address.village": {},
    "address.district": {},
    "address.regency": {},
    "occupations.code": {"width": 22},
    "occupations.place": {"width": 22},
    "income": {"kind": "money", "width": 14},
    "heirs.name": {"width": 24},
    "heirs.relationship": {},
}
"""Field to the looks of its column, in the order in which a form is filled in."""

FIELDS = tuple(_KINDS)


def write_template(path: Path, heading: Callable[[str], str], words: Mapping[str, str]) -> Result:
    """Write the empty workbook, in the user's language.

    Args:
        path: Where to; what stands there already is replaced.
        heading: Returns the heading of a field's column.
        words: Names and explanation; under ``choices.FIELD`` what can be chosen, a line each, and
            under ``note.FIELD`` what to tell of a cell that is wrong.

    Raises:
        DiskTrouble: ``report.unwritable``; no half workbook is left under its name.
    """
    columns = [
        Blank(
            heading(field),
            choices=tuple(words.get(f"choices.{field}", "").splitlines()),
            note=words.get(f"note.{field}", ""),
            **looks,
        )
        for field, looks in _KINDS.items()
    ]
    write_blank_book(path, columns, words)
    return Result("import", {"template": str(path.resolve()), "columns": len(columns)})
