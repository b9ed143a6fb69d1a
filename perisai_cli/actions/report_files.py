"""The files of a report: which formats, under which names, written whole or not at all."""

from __future__ import annotations

import importlib.util
import os
import re
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path

from perisai_cli.actions.report_wish import OWN, Wish
from perisai_cli.actions.whole_file import whole_file, whole_path
from perisai_cli.domain.errors import DiskTrouble, InvalidInput
from perisai_cli.reports.model import Report

STDOUT = "-"
FLAT = ("csv", "json", "jsonl")
PAGES = ("xlsx", "pdf", "html", "parquet")
FORMATS = (*FLAT, *PAGES)
EXTRAS = {
    "pdf": ("reportlab", "reports"), "html": ("jinja2", "reports"),
    "parquet": ("pyarrow", "parquet"),
}  # fmt: skip
"""The library that a format needs beyond the program's own, and the extra that brings it."""
SHOWS_PERSONS, PERSONS_MISSING = "unmasked", "persons_missing"
"""Notes below a list of persons in full: with the reason, and where not all of them are here."""
IN_A_FOLDER = ("xlsx", "pdf", "html")
"""What a folder is given when no format is named."""


def forms_of(wish: Wish) -> tuple[str, ...]:
    """Return the formats to write: as named, or as the output's suffix says.

    Raises:
        InvalidInput: ``report.format``; ``report.one_format``: several into one file;
            ``report.stdout_format``: stdout takes text alone.
    """
    path = None if wish.output in (None, STDOUT) else Path(str(wish.output))
    folder = path is not None and _is_folder(wish.name, str(wish.output))
    if wish.forms:
        forms = tuple(dict.fromkeys(part.strip().lower() for part in wish.forms.split(",")))
    elif folder:
        forms = IN_A_FOLDER
    else:
        forms = ("csv",) if path is None else (path.suffix.removeprefix(".").lower(),)
    if set(forms) - set(FORMATS):
        raise InvalidInput("report.format", field="/format", choices=", ".join(FORMATS))
    if len(forms) > 1 and not folder:
        raise InvalidInput("report.one_format", field="/format")
    if wish.output == STDOUT and forms[0] not in FLAT:
        raise InvalidInput("report.stdout_format", field="/format", choices=", ".join(FLAT))
    return forms


def _is_folder(name: str, output: str) -> bool:
    """Tell whether an output is a folder: it is there, is written as one, or is to be made."""
    path = Path(output)
    try:
        there = path.is_dir()
    except OSError as error:  # a name that is too long
        raise DiskTrouble.unwritable("report.unwritable", path, error) from None
    return there or output.endswith(("/", os.sep)) or (name == "weekly" and not path.suffix)


def written(report: Report, output: str, forms: Iterable[str]) -> tuple[list[str], int]:
    """Write a report into a file or, in every format, into a folder; return paths and rows.

    Names in a folder depend on the report and its day or week alone.
    """
    paths, count = [], 0
    folder, at = _is_folder(report.name, output), Path(output)
    for form in forms:  # before the first is written
        _needs(form)
    if folder:
        try:
            at.mkdir(parents=True, exist_ok=True, mode=0o700)
        except OSError as error:
            raise DiskTrouble.unwritable("report.unwritable", at, error) from None
    for form in forms:
        path = at / f"{file_stem(report)}.{form}" if folder else at
        count = write(report, form, path)
        paths.append(str(path.resolve()))
    return paths, count


def file_stem(report: Report) -> str:
    """Return the name of a report's file without its suffix: what, from which source, of when.

    A store's has its agent in it, what a central told of one office that office: files of several
    go into one folder. What shows persons is told apart from what masks them.
    """
    when = report.facts.get("week", report.day)
    origin = report.origin
    named = origin.of if origin.source == OWN else origin.office
    whose = re.sub(r"[^0-9A-Za-z]+", "-", f"{origin.source} {named}").strip("-")
    seen = "-unmasked" if has_note(report, SHOWS_PERSONS) else ""
    return f"perisai-{report.name}-{whose}{seen}-{when}"


def write(report: Report, form: str, path: Path) -> int:
    """Write a report in one format; return how many rows there were.

    Raises:
        InvalidInput: ``report.extra``: the format needs a library that is not installed.
        DiskTrouble: the file can't be written; no half file is left under its name.
    """
    _needs(form)
    if form in FLAT:
        from perisai_cli.reports.formats import write_flat

        with whole_file(path) as file:
            return write_flat(flat_of(report), form, file)
    with whole_path(path) as unfinished:
        return _writer(form)(report if form != "parquet" else flat_of(report), unfinished)


def _needs(form: str) -> None:
    """Refuse a format whose library is not installed.

    Raises:
        InvalidInput: ``report.extra``.
    """
    library, extra = EXTRAS.get(form, (None, ""))
    if library is not None and importlib.util.find_spec(library) is None:
        raise InvalidInput("report.extra", extra=extra)


def _writer(form: str) -> Callable[[Report, Path], int]:
    if form == "xlsx":
        from perisai_cli.reports.workbook import write_xlsx

        return write_xlsx
    if form == "pdf":
        from perisai_cli.reports.pdf import write_pdf

        return write_pdf
    if form == "html":
        from perisai_cli.reports.page_html import write_html

        return write_html
    from perisai_cli.reports.parquet import write_parquet

    return write_parquet


def flat_of(report: Report) -> Report:
    """Return a report as a flat file holds it: one section, or all of them."""
    return report if report.flat is None else replace(report, sections=(report.flat,))


def has_note(report: Report, code: str) -> bool:
    """Tell whether a note stands below the first section of a report."""
    return any(note.code == code for note in report.sections[0].notes)
