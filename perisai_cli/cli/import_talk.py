"""What an import says: how the columns were understood, what the rows came to, what to do next."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from perisai_cli.cli import import_summary, output, receipts
from perisai_cli.domain.errors import Problem, plain_name
from perisai_cli.domain.identity import mask_name, mask_nik
from perisai_cli.i18n import text

if TYPE_CHECKING:
    from rich.progress import Progress

    from perisai_cli.actions.app import Result
    from perisai_cli.actions.import_rows import Seen
    from perisai_cli.sheets.model import Table

_STRIDE = 100  # a bar that moves at every row costs more than reading the row
_EXAMPLES = 3


class Bar:
    """A bar that shows on a terminal from the first hundred rows on, until it is closed."""

    def __init__(self) -> None:
        self._rows = 0
        self._shown: Progress | None = None

    def move(self) -> None:
        """Move by a row."""
        self._rows += 1
        if self._rows % _STRIDE or not sys.stderr.isatty():
            return
        if self._shown is None:  # not before: the passphrase may still have to be asked for
            self._shown = _bar()
        self._shown.advance(self._shown.task_ids[0], _STRIDE)

    def close(self) -> None:
        """Take the bar away, so that others can write."""
        if self._shown is not None:
            self._shown.stop()


def _bar() -> Progress:
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn

    rows = TextColumn(text("import.reading", rows="{task.completed:.0f}"))
    bar = Progress(BarColumn(20), rows, console=Console(stderr=True), transient=True)
    bar.add_task("", total=None)
    bar.start()
    return bar


class SpokenWords:
    """The user's language, for the workbook that goes back."""

    def sentences(self, problem: Problem) -> tuple[str, ...]:
        """Return what is wrong and what cures it."""
        return output.sentence("error", problem), output.sentence("remedy", problem)

    def heading(self, field: str) -> str:
        """Return the heading of a field's column."""
        return output.field_label("/" + field.replace(".", "/"))

    def sheet(self) -> Mapping[str, str]:
        """Return name and lines of the first sheet."""
        return {
            "sheet": text("import.fix_sheet"),
            "explanation": text("import.fix_explanation"),
        }


class Told:
    """Says it to a person: the summary, with the first rows of each kind as examples."""

    def __init__(self, path: Path) -> None:
        self._bar = Bar()
        self._path = path
        self._ready: list[str] = []
        self._mend: list[str] = []
        self._recorded = 0

    def tables(self, tables: tuple[Table, ...]) -> None:
        """Hear which tables were found."""

    def row(self, seen: Seen, *, recorded: bool) -> None:
        """Keep the first rows as examples."""
        self._bar.move()
        self._recorded += recorded
        if seen.faults and len(self._mend) < _EXAMPLES:
            self._mend += import_summary.mending_lines(seen)
        if seen.ready is not None and len(self._ready) < _EXAMPLES:
            self._ready.append(import_summary.ready_line(seen))

    def passed(self) -> None:
        """Hear that a row was passed over."""
        self._bar.move()

    def finish(self, work: Callable[[], Result]) -> int:
        """Do the *work*, then say what it came to."""
        try:
            result = work()
        except BaseException:
            self._bar.close()
            if self._recorded:
                output.tell(text("import.stopped", recorded=self._recorded))
            raise
        self._bar.close()
        told = zip(result.data["faults"], result.problems, strict=True)
        faults = [fault | import_summary.words_of(problem) for fault, problem in told]
        data = result.data | {"faults": faults}
        output.say(*import_summary.lines(plain_name(self._path), data, self._ready, self._mend))
        sys.stdout.flush()
        return result.exit_code


class Written(receipts.Streamed):
    """Writes the envelope: an item for each row that was recorded or that needs a person."""

    def __init__(self) -> None:
        super().__init__("import")
        self._bar = Bar()
        self._recorded = 0

    def passed(self) -> None:
        """Hear that a row was passed over."""
        self._bar.move()

    def finish(self, work: Callable[[], Result]) -> int:
        """Do the *work*, then close the document."""
        try:
            return super().finish(work)
        finally:
            self._bar.close()

    def tables(self, tables: tuple[Table, ...]) -> None:
        """Hear which tables were found."""

    def row(self, seen: Seen, *, recorded: bool) -> None:
        """Write the row's item, unless there is nothing to do about it."""
        self._bar.move()
        self._recorded += recorded
        if recorded or seen.faults or seen.standing == "changed":
            self.write(item(seen, recorded=recorded))

    def counts_so_far(self) -> dict[str, Any]:
        """Return what is certain when the import ends before its end."""
        return {"recorded": self._recorded}


def item(seen: Seen, *, recorded: bool) -> dict[str, Any]:
    """Return a row as the envelope lists it; its NIK is masked and its name only initials."""
    where = {"row": seen.person.row, "sheet": seen.person.sheet}
    from perisai_cli.actions.guard import question_json

    return {
        **{name: value for name, value in where.items() if value},
        "standing": "recorded" if recorded else seen.standing,
        **({"id": seen.identity} if recorded or seen.standing == "changed" else {}),
        "nik_masked": mask_nik(seen.nik),
        "name_masked": mask_name(str(seen.person.loose.get("name", ""))),
        "amount": seen.ready.finished.amount if seen.ready else None,
        "problems": [output.problem_json(fault) for fault in seen.faults],
        "warnings": [output.warning_json(warning) for warning in seen.warnings],
        "questions": [question_json(each) for each in seen.ready.asked] if seen.ready else [],
    }


def template_words() -> dict[str, str]:
    """Return the user's words for an empty workbook."""
    from perisai_cli.domain.occupations import OCCUPATIONS
    from perisai_cli.domain.terms import RELATIONSHIPS

    return {
        "sheet": text("import.template_sheet"),
        "explanation": text("import.template_explanation"),
        "people": text("import.template_people"),
        "choices": text("import.template_choices"),
        "wrong": text("import.template_wrong"),
        "note.nik": text("import.template_nik"),
        "choices.sex": text("import.template_sexes"),
        "choices.occupations.code": "\n".join(text(f"occupation.{code}") for code in OCCUPATIONS),
        "choices.heirs.relationship": "\n".join(
            text(f"relationship.{code}") for code in RELATIONSHIPS
        ),
    }
