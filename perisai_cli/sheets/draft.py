"""A person under reading: the members found so far, the faults, and what was put right."""

from __future__ import annotations

from datetime import date
from typing import Any

from perisai_cli.domain.errors import Problem
from perisai_cli.domain.identity import Nik


class Draft:
    """What is known of one row while its cells are read.

    Attributes:
        loose: Members of a worker's JSON.
        nik: The NIK taken apart, once it was read and is possible.
        pieces: Parts of the address, put together when all cells are read.
        doubt: The doubt of the column that is being read.
    """

    __slots__ = ("doubt", "faults", "first_day", "identity", "loose", "nik", "pieces", "today",
                 "warnings")  # fmt: skip

    def __init__(self, today: date, first_day: date):
        self.today, self.first_day = today, first_day
        self.loose: dict[str, Any] = {}
        self.faults: list[Problem] = []
        self.warnings: list[Problem] = []
        self.nik: Nik | None = None
        self.pieces: dict[str, str] = {}
        self.identity: str | None = None
        self.doubt: str | None = None

    def fault(self, code: str, pointer: str, **facts: str | int) -> None:
        """Note what can't be used."""
        self.faults.append(Problem(code, pointer, facts))

    def warn(self, code: str, pointer: str | None, **facts: str | int) -> None:
        """Note what was put right, or looks odd."""
        self.warnings.append(Problem(code, pointer, facts))
