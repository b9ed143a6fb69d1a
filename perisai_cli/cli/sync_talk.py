"""What a sync says on stderr while it works: how much goes, how far it is, what it waits for."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from perisai_cli.actions.sync import KILOBITS
from perisai_cli.cli import output, questions
from perisai_cli.domain.errors import InvalidInput, Problem
from perisai_cli.i18n import text

if TYPE_CHECKING:
    from perisai_cli.sync.planning import Plan

THRIFTY_BYTES = 100_000
"""Octets from which a metered link is used only after a yes: some 800 records."""


@contextmanager
def progress() -> Iterator[Any]:
    """Yield a callback that moves a progress bar on a terminal, and does nothing elsewhere."""
    if not sys.stderr.isatty():
        yield lambda _count, _first: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(text("sync.sending"), total=None)

        def move(count: int, first: bool) -> None:
            if first:
                bar.update(task, total=count)
            else:
                bar.advance(task, count)

        yield move


def announce(*, thrifty: bool) -> Callable[[Plan], None] | None:
    """Return what tells how much is about to be sent, and on a metered link asks first.

    None where nobody reads it and nothing is to be asked: the estimate costs a moment.
    """
    if not thrifty and not sys.stderr.isatty():
        return None

    def tell(plan: Plan) -> None:
        if plan.pending and sys.stderr.isatty():
            output.tell(_estimated(plan))
        if thrifty and plan.bytes_up > THRIFTY_BYTES and not questions.confirmed(_estimated(plan)):
            raise InvalidInput("confirm.no")

    return tell


def _estimated(plan: Plan) -> str:
    return text(
        "sync.estimate",
        pending=plan.pending,
        requests=plan.requests,
        bytes_up=plan.bytes_up,
        seconds=plan.seconds,
        kilobits=KILOBITS,
    )


def pausing(seconds: int) -> None:
    """Tell that the next try comes after a pause."""
    output.tell(text("sync.pausing", seconds=seconds))


def trying_again(seconds: int, problem: Problem) -> None:
    """Tell why nothing goes, and when it is tried again."""
    output.tell(output.sentence("error", problem), text("sync.trying_again", seconds=seconds))
