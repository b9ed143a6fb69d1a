"""The road by file: an agent without a network, an office that takes files, and what comes back."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from command_line import Cli, Said
from field_work import Agent

from perisai_cli.domain.errors import EXIT_PARTIAL

KEPT = ("id", "rev", "kind", "state", "pending", "nik_masked", "amount", "problems")

NewAgent = Callable[[str], Agent]


class Desk(Cli):
    """An officer at the central's computer; the central may run beside it."""

    def __init__(self, folder: Path, data: Path | None = None):
        folder.mkdir()
        super().__init__(folder)
        self.data = data or folder / "data"
        if data is None:
            said = self.run("pusat", "agen", "tambah", "A-1", "--kantor", "W", "--data", self.data_)
            assert said.code == 0, said

    @property
    def data_(self) -> str:
        return str(self.data)

    def key_file(self) -> Path:
        path = self.folder / "kantor.txt"
        said = self.run("pusat", "kunci", "--keluaran", str(path), "--data", self.data_, "--yes")
        assert said.code == 0, said
        return path

    def accept(self, queue: Path, *more: str) -> Path:
        """Take a queue and return its answer."""
        answer = queue.with_suffix(f".answer-{len(list(queue.parent.iterdir()))}")
        said = self.take(queue, answer, *more)
        assert said.code == 0, said
        return answer

    def take(self, queue: Path, answer: Path, *more: str) -> Said:
        arguments = (str(queue), "--keluaran", str(answer), "--data", self.data_)
        return self.run("pusat", "paket", "terima", *arguments, *more)

    def decide(self, record: str, verdict: str, *more: str) -> None:
        said = self.run("pusat", "putuskan", record, verdict, *more, "--data", self.data_)
        assert said.code == 0, said


def export(agent: Cli, name: str = "queue.perisai", *more: str) -> Path:
    """Write what waits to a new file."""
    path = agent.folder / name
    said = agent.run("sinkron", "paket", "export", "--output", str(path), *more)
    assert said.code == 0, said
    return path


def take_in(agent: Cli, answer: Path) -> Said:
    """Take in an answer that is one."""
    said = agent.run("sinkron", "paket", "import", str(answer))
    assert said.code in (0, EXIT_PARTIAL), said
    return said


def told(agent: Cli) -> list[dict[str, Any]]:
    """Return what an agent is told of each record; numbers and ids of others only by their being."""
    items = []
    for item in agent.run("antrean", "daftar").data["items"]:
        shown = agent.run("antrean", "lihat", item["id"]).data
        beside = {"assigned": bool(shown["assigned"]), "beside": bool(shown["canonical_id"])}
        items.append({name: item[name] for name in KEPT} | beside)
    return items


def money(agent: Cli) -> list[dict[str, Any]]:
    """Return the report's sums, in records and rupiah, by every dimension."""
    said = agent.run("laporan", "ringkasan")
    assert said.code == 0, said
    return list(said.data["items"])
