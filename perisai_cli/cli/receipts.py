"""Receipts of many workers: printed, or streamed as one JSON document, as their commits come."""

from __future__ import annotations

import json
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from perisai_cli.actions.app import Result
from perisai_cli.cli import output
from perisai_cli.cli.boundary import failure_of
from perisai_cli.domain.errors import EXIT_INTERRUPTED, Problem
from perisai_cli.domain.money import rupiah
from perisai_cli.i18n import text


@contextmanager
def _uninterrupted() -> Iterator[None]:
    """Let Ctrl-C wait until the block is through, where the platform can make it wait."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})


class Printed:
    """Prints a line for each worker that is on the disk, and the faults of each that is not."""

    def accepted(self, item: dict[str, Any], warnings: tuple[Problem, ...]) -> None:
        """Print a receipt."""
        output.say(receipt_line(item))
        for warning in warnings:
            output.tell(f"  ! {output.sentence('warning', warning)}")

    def refused(self, problems: tuple[Problem, ...]) -> None:
        """Print why a row was not recorded."""
        for problem in problems:
            output.tell(*output.problem_lines(problem))

    def finish(self, work: Callable[[], Result]) -> int:
        """Do the *work*, then print what it came to."""
        result = work()
        output.say(text("receipt.many", **result.data), text("receipt.not_covered"))
        return result.exit_code


class Streamed:
    """Writes the envelope's items one by one, so that memory does not grow with their number.

    Only the faults, which come at the end of the envelope, are kept.
    """

    def __init__(self, command: str = "enroll") -> None:
        self._command = command
        self._faults: list[dict[str, Any]] = []
        self._items = 0

    def accepted(self, item: dict[str, Any], warnings: tuple[Problem, ...]) -> None:
        """Write a receipt into the document."""
        whole = item | {"warnings": [output.warning_json(warning) for warning in warnings]}
        self.write(whole)

    def write(self, item: dict[str, Any]) -> None:
        """Write one item into the document."""
        text_of_item = json.dumps(item, ensure_ascii=False)
        with _uninterrupted():  # the count at the end must be that of the items written
            sys.stdout.write("," if self._items else self._opening())
            sys.stdout.write(text_of_item)
            self._items += 1

    def _opening(self) -> str:
        named = f'"perisai": {output.ENVELOPE_VERSION}, "command": "{self._command}"'
        return f'{{{named}, "data": {{"items": ['

    def counts_so_far(self) -> dict[str, Any]:
        """Return what is certain when the work ends before its end."""
        return {"accepted": self._items}

    def refused(self, problems: tuple[Problem, ...]) -> None:
        """Keep the faults of a row for the end of the document."""
        self._faults += [output.problem_json(problem) for problem in problems]

    def finish(self, work: Callable[[], Result]) -> int:
        """Do the *work*, then close the document, whatever happened."""
        counts: dict[str, Any] = {}
        try:
            result = work()
        except (Exception, KeyboardInterrupt) as error:
            if not self._items or isinstance(error, OSError):
                raise  # nothing was written yet, or nothing can be: the boundary answers
            problems, code = failure_of(error)
            self._faults += [output.problem_json(problem) for problem in problems]
            counts, status = self.counts_so_far(), "error"
        else:
            counts, status, code = result.data, result.status, result.exit_code
            self._faults += [output.problem_json(problem) for problem in result.problems]
        tail = {"status": status, "exit_code": code, "errors": self._faults}
        sys.stdout.write("" if self._items else self._opening())
        sys.stdout.write(
            "], " + json.dumps(counts)[1:] + ", " + json.dumps(tail, ensure_ascii=False)[1:]
        )
        sys.stdout.write("\n")
        if code == EXIT_INTERRUPTED:
            raise SystemExit(code)  # returned, it would read like Typer's own, still to be told
        return code


def receipt_line(item: dict[str, Any]) -> str:
    """Return the receipt of one of many workers, on one line."""
    facts = {"row": item["row"], "nik": item["nik_masked"], "id": item["id"][-8:]}
    return text("receipt.line", total=rupiah(item["quote"]["total"]), **facts)
