"""How far a merge has come, on a terminal, once it takes longer than a second."""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING

from perisai_cli.i18n import text

if TYPE_CHECKING:
    from rich.progress import Progress

_PATIENCE = 1.0


class MergeBar:
    """A bar of records that shows on a terminal after a second, until it is closed."""

    def __init__(self) -> None:
        self._begun: float | None = None
        self._shown: Progress | None = None

    def moved(self, read: int, whole: int) -> None:
        """Show that so many records were read, of so many."""
        if not sys.stderr.isatty():
            return
        if self._begun is None:  # not before: the passphrase may have taken its time
            self._begun = time.monotonic()
        if self._shown is None and time.monotonic() - self._begun > _PATIENCE:
            self._shown = _bar(whole)
        if self._shown is not None:
            self._shown.update(self._shown.task_ids[0], completed=read, total=whole)

    def close(self) -> None:
        """Take the bar away, so that others can write."""
        if self._shown is not None:
            self._shown.stop()


def _bar(whole: int) -> Progress:
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn

    counted = text("merge.reading", read="{task.completed:.0f}", whole="{task.total:.0f}")
    bar = Progress(BarColumn(20), TextColumn(counted), console=Console(stderr=True), transient=True)
    bar.add_task("", total=whole)
    bar.start()
    return bar
