"""The summary of an import as a person reads it, narrow enough for a phone."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from perisai_cli.cli import names, output
from perisai_cli.domain.errors import Problem
from perisai_cli.domain.identity import mask_name, mask_nik
from perisai_cli.domain.money import rupiah
from perisai_cli.i18n import known, language, text

if TYPE_CHECKING:
    from perisai_cli.actions.import_rows import Seen

_MANY_DIGITS = re.compile(r"\d{4,}")
_MAX_HEADING = 40
_KINDS_SHOWN = 12


def lines(name: str, data: dict[str, Any], ready: list[str], mend: list[str]) -> Iterator[str]:
    """Yield the summary of an import of the file *name*, with rows as examples."""
    for table in data["tables"]:
        yield from _table_lines(name, table)
    yield from _for_all_lines(data["for_all"])
    yield ""
    yield from _count_lines(data)
    if data["faults"]:
        yield ""
        yield text("import.to_mend")
        yield from _fault_lines(data["faults"])
        yield text("import.mend_examples")
        yield from mend
    if ready and not data["accept"]:
        yield ""
        yield text("import.ready_examples")
        yield from ready
    yield ""
    yield from _next_lines(name, data)


def _table_lines(name: str, table: dict[str, Any]) -> Iterator[str]:
    first, last = table["heading_rows"]
    where = "import.table_heading" if first else "import.table_bare"
    sheet = f"{name}, {table['sheet']}" if table["sheet"] else name
    yield text(where, sheet=sheet, row=first if first == last else f"{first}–{last}")
    for column in table["columns"]:
        if column["field"]:
            field = output.field_label("/" + column["field"].replace(".", "/"))
            reason = text(f"import.reason_{column['reason']}")
            yield f"  {heading_shown(column['heading'])} → {field} ({reason})"
            if column["doubt"]:
                doubt = text(f"import.doubt_{column['doubt']}")
                yield f"    ! {doubt}"
    unread = [heading_shown(column["heading"]) for column in table["columns"]
              if not column["field"] and not _is_own(column["heading"])]  # fmt: skip
    if unread:
        yield "  " + text("import.unread", headings=", ".join(unread))


def _is_own(heading: str) -> bool:
    from perisai_cli.sheets.marked import OWN_HEADINGS

    return heading in OWN_HEADINGS


def heading_shown(heading: str) -> str:
    """Return a heading fit to show: a number in it might be a person's."""
    plain = "".join(each for each in heading if each.isprintable())
    return _MANY_DIGITS.sub("…", plain)[:_MAX_HEADING]


def _for_all_lines(for_all: dict[str, Any]) -> Iterator[str]:
    shown = []
    for name, value in for_all.items():
        told = value
        if name == "programs":
            told = ", ".join(code.upper() for code in value)
        elif name == "occupations":
            told = ", ".join(_occupation(work["code"]) for work in value)
        elif name == "income":
            told = rupiah(value)
        label = output.field_label("/occupations/place" if name == "place" else f"/{name}")
        shown.append(f"{label}: {told}")
    yield text("import.for_all", said="; ".join(shown))


def _occupation(code: str) -> str:
    key = f"occupation.{code}"
    return text(key) if known(key) else code


def _count_lines(data: dict[str, Any]) -> Iterator[str]:
    facts = {name: _grouped(value) for name, value in data.items() if isinstance(value, int)}
    facts["amount"] = rupiah(data["amount"])
    yield text("import.rows", **facts)
    done = "import.recorded" if data["accept"] else "import.ready"
    yield text(done, **facts)
    for name in ("mend", "here", "changed", "twice", "perhaps_members", "near_age_limit"):
        if data[name]:
            shown = name in ("changed", "twice", "perhaps_members", "near_age_limit")
            rows = _rows_shown(data["first_rows"][name], data[name]) if shown else ""
            yield text(f"import.{name}", **facts) + (f" ({rows})" if rows else "")
    skipped = ", ".join(
        f"{text(f'import.skipped_{reason}')} {_grouped(count)}"
        for reason, count in data["skipped"].items()
    )
    if skipped:
        count = _grouped(sum(data["skipped"].values()))
        yield text("import.skipped", count=count, reasons=skipped)


def _grouped(count: int) -> str:
    return f"{count:,}".replace(",", ".")


def _rows_shown(rows: list[int], count: int) -> str:
    shown = ", ".join(str(row) for row in rows)
    return text("import.in_rows", rows=shown + (", …" if count > len(rows) else ""))


def _fault_lines(faults: Iterable[dict[str, Any]]) -> Iterator[str]:
    kinds = list(faults)
    for kind in kinds[:_KINDS_SHOWN]:
        where = _rows_shown(kind["rows"], kind["count"])
        yield f"  {_grouped(kind['count'])} × {kind['message']} ({where})"
        yield f"      → {kind['remedy']}"
    if len(kinds) > _KINDS_SHOWN:
        yield "  " + text("import.more_kinds", count=len(kinds) - _KINDS_SHOWN)


def _next_lines(name: str, data: dict[str, Any]) -> Iterator[str]:
    if data["fix"]:
        yield text("import.fix_written", path=data["fix"], mend=_grouped(data["mend"]))
        yield text("import.after_fix")
    elif data["mend"]:
        yield text("import.use_fix", fix=_other_than(name))
    if data["accept"]:
        yield text("receipt.not_covered")
        yield text("receipt.pending", pending=_grouped(data["pending"]))
        if data["questions"]:
            line = names.spoken("worker answer", language())
            yield text("receipt.questions", count=_grouped(data["questions"]), command=line)
        return
    yield text("import.nothing_kept")
    if data["ready"]:
        yield text("import.use_accept")
        if data["needs"]:
            yield text("import.promises")


def _other_than(name: str) -> str:
    """Return a name for the workbook to mend that is not the imported file's own."""
    fix = text("import.fix_name")
    return f"{fix}.xlsx" if name.lower() != f"{fix}.xlsx" else f"{fix}-2.xlsx"


def words_of(problem: Problem) -> dict[str, str]:
    """Return what a kind of fault is called, and its cure."""
    message = place_shown(problem) + output.sentence("error", problem)
    return {"message": message, "remedy": output.sentence("remedy", problem)}


def place_shown(problem: Problem) -> str:
    """Return the name of the field that a problem is about, with a colon, if it is about one."""
    return f"{output.field_label(problem.field)}: " if problem.field else ""


def mending_lines(seen: Seen) -> list[str]:
    """Return the faults of a row as examples: masked, a line each."""
    head = text("output.row", row=seen.person.row)
    who = " ".join(part for part in (_masked(seen), _initials(seen)) if part)
    told = [f"{place_shown(fault)}{output.sentence('error', fault)}" for fault in seen.faults]
    return [f"  {head} {who}".rstrip(), *(f"    ✗ {line}" for line in told)]


def ready_line(seen: Seen) -> str:
    """Return a ready row as an example: masked, with what it costs."""
    assert seen.ready is not None
    total = rupiah(seen.ready.finished.amount)
    return f"  {text('output.row', row=seen.person.row)} {_masked(seen)} {_initials(seen)} {total}"


def _masked(seen: Seen) -> str:
    return mask_nik(seen.nik) if seen.nik else ""


def _initials(seen: Seen) -> str:
    return mask_name(str(seen.person.loose.get("name", "")))
