"""``coba`` / ``demo``: the whole main job, with made-up people, in a throw-away home."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from typing import Annotated, Any

from perisai_cli import wiring
from perisai_cli.actions import demo as actions
from perisai_cli.cli import output, quotes
from perisai_cli.cli.framework import command, opt, single
from perisai_cli.cli.invocation import current
from perisai_cli.domain.errors import DiskTrouble, InvalidInput, Problem
from perisai_cli.i18n import text

app = single("demo")


class _Told:
    """Tells the steps in words; on stderr when stdout is kept for JSON."""

    def __init__(self) -> None:
        self._write = output.tell if current().json else output.say

    def step(self, key: str, **facts: Any) -> None:
        """Tell one step."""
        self._write(text(f"demo.{key}", **facts))

    def lines(self, data: dict[str, Any]) -> None:
        """Show a quote."""
        self._write(*(f"   {line}" for line in quotes.summary(data)))

    def refused(self, problem: Problem) -> None:
        """Show why a row was not recorded."""
        message = output.sentence("error", problem)
        self._write(text("demo.refused", row=problem.row, message=message))

    def sent_back(self, nik_masked: str, problem: Problem) -> None:
        """Show why a record came back, and the cure."""
        message = f"{output.sentence('error', problem)} {output.sentence('remedy', problem)}"
        self._write(text("demo.back", nik=nik_masked, message=message))


@command(app, "demo")
def demo(
    keep: Annotated[str | None, opt("--keep", "--simpan", key="keep", metavar="DIR")] = None,
) -> int:
    """Try the whole main job with made-up people."""
    told = _Told()
    wiring.use_rules_of_package()
    folder = (
        wiring.typed_path(keep).resolve() if keep else Path(tempfile.mkdtemp(prefix="perisai-"))
    )
    try:
        if keep and folder.exists() and any(folder.iterdir()):
            raise InvalidInput("demo.folder", field="--keep")
    except OSError as error:
        raise DiskTrouble.unwritable("report.unwritable", folder, error) from None
    try:
        result = actions.demo(folder, wiring.throwaway_app, wiring.now, told)
    finally:
        if not keep:
            shutil.rmtree(folder)
    if keep:
        told.step("kept", home=folder, passphrase=result.data["passphrase_file"])
    else:
        told.step("cleaned")
    return output.show(result, lambda _data: ())
