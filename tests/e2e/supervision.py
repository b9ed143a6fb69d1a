"""A supervisor at work: a key, a folder of agents' books, and what their dataset holds."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

from command_line import Cli, Said
from field_work import Agent

from perisai_cli.storage.dataset_tables import TABLES

FACTS = tuple(TABLES.values())


class Supervisor(Agent):
    """A supervisor with a key and a folder of books."""

    @property
    def key(self) -> Path:
        path = self.folder / "penyelia.txt"
        if not path.exists():
            assert self.run("gabung", "kunci", "--keluaran", str(path)).code == 0
        return path

    @property
    def dataset(self) -> Path:
        return self.home / "datasets" / "merged.db"

    def merge(self, *named: Path | str, code: int = 0) -> Said:
        said = self.run("gabung", *map(str, named))
        assert said.code == code, said
        return said

    def facts(self) -> dict[str, list[dict[str, Any]]]:
        """Return what reports would see, without who merged it when."""
        return facts_of(self.dataset)


def facts_of(path: Path) -> dict[str, list[dict[str, Any]]]:
    with closing(sqlite3.connect(path)) as hand:
        hand.row_factory = sqlite3.Row
        return {
            table: [dict(row) for row in hand.execute(f"SELECT * FROM {table} ORDER BY id")]
            for table in FACTS
        }


def book_of(agent: Cli, supervisor: Supervisor, name: str = "", *more: str) -> Path:
    """Write an agent's book into the supervisor's folder of books."""
    folder = supervisor.folder / "buku"
    folder.mkdir(exist_ok=True)
    path = folder / f"{name or agent.folder.name}.prs"
    arguments = ("--keluaran", str(path), "--kunci-penyelia", str(supervisor.key))
    said = agent.run("laporan", "buku", *arguments, *more)
    assert said.code == 0, said
    return path
