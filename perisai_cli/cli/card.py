"""The card of a worker: numbered lines, each of which can be asked again by its number."""

from __future__ import annotations

import copy
import sys
import textwrap
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from perisai_cli.cli import output
from perisai_cli.cli.questions import GoBack, Step, interview
from perisai_cli.domain.errors import InvalidInput
from perisai_cli.domain.identity import mask_nik
from perisai_cli.domain.money import rupiah
from perisai_cli.domain.occupations import OCCUPATIONS
from perisai_cli.i18n import text

if TYPE_CHECKING:
    from perisai_cli.cli.asking import Interview
    from perisai_cli.cli.asking_wish import Wish

_NONE = "-"

STEPS = {
    "nik": ("nik", "decoded", "birth_date", "sex"),
    "birth_date": ("decoded", "birth_date", "sex"),
    "name": ("name",),
    "phone": ("phone", "contact"),
    "address": ("address", "village", "region"),
    "occupations": ("occupations",),
    "occupations.place": ("place",),
    "income": ("income",),
    "programs": ("programs",),
    "start": ("start", "months"),
    "heirs": ("heir", "relationship"),
    "payer": ("payer",),
}
"""Each line of the card by the name of its field, and the questions that change it."""


def _values(worker: dict[str, Any]) -> dict[str, str]:
    """Return what stands on each line of the card of a worker, a half-answered one too."""
    job = (worker.get("occupations") or [{}])[0]
    address = worker.get("address") or {}
    heirs = worker.get("heirs") or []
    sex = worker.get("sex")
    return {
        "nik": mask_nik(str(worker.get("nik", ""))),
        "birth_date": f"{worker.get('birth_date', _NONE)}, "
        + (text(f"sex_value.{sex}") if sex else _NONE),
        "name": str(worker.get("name", _NONE)),
        "phone": str(worker.get("phone", _NONE)),
        "address": ", ".join(address[part] for part in ("text", "village") if part in address),
        "occupations": _job(job.get("code", "")),
        "occupations.place": job.get("place", ""),
        "income": _income(worker),
        "programs": ", ".join(code.upper() for code in worker.get("programs", [])),
        "start": text("same.months", start=worker.get("start"), months=worker.get("months")),
        "heirs": ", ".join(_heir(heir) for heir in heirs),
        "payer": text(f"payer_value.{worker.get('payer') or 'self'}"),
    }


def _heir(heir: dict[str, str]) -> str:
    """Return an heir's name with what makes one: who receives is the relationship's to say."""
    related = heir.get("relationship")
    return f"{heir['name']} ({text(f'relationship.{related}')})" if related else heir["name"]


def _job(code: str) -> str:
    if code not in OCCUPATIONS:
        return ""
    sector = text(f"sector_value.{OCCUPATIONS[code]}")
    return text("ask.occupation_is", name=text(f"occupation.{code}"), sector=sector)


def _income(worker: dict[str, Any]) -> str:
    if isinstance(worker.get("income"), int):
        return rupiah(worker["income"])
    return text("same.tier", tier=worker.get("tier"))


def lines(
    worker: dict[str, Any],
    fields: tuple[str, ...] = tuple(STEPS),
    more: Sequence[tuple[str, str]] = (),
) -> Iterator[str]:
    """Yield the numbered lines of a card, with what is long broken under its own column.

    *more* are the labels and values of further lines.
    """
    values = _values(worker)
    rows = [(output.field_label("/" + name.replace(".", "/")), values[name]) for name in fields]
    rows += more
    room = max(len(label) for label, _ in rows)
    width = output.columns(sys.stderr)
    for number, (label, value) in enumerate(rows, 1):
        begin = f" {number:>2} {label:<{room}}  "
        yield from textwrap.wrap(
            value or _NONE,
            max(width, len(begin) + 8),
            initial_indent=begin,
            subsequent_indent=" " * len(begin),
        )


def chosen(fields: tuple[str, ...], typed: str) -> str:
    """Return the field whose number was typed.

    Raises:
        InvalidInput: ``answer.line``: there is no such line.
    """
    if typed.isascii() and typed.isdigit() and 1 <= int(typed) <= len(fields):
        return fields[int(typed) - 1]
    raise InvalidInput("answer.line", last=len(fields))


def change(asking: Interview | Wish, field: str, after: Callable[[], None] | None = None) -> bool:
    """Ask a line's questions again; return whether all were answered.

    ``<`` at the first of them leaves the line as it was. *after* is called at each answer.
    """
    steps: list[Step] = [_or_leave(getattr(asking, STEPS[field][0]))]
    steps += [getattr(asking, name) for name in STEPS[field][1:]]
    before = copy.deepcopy(asking.answers)
    try:
        interview(steps, after=None if after is None else lambda _next: after())
    except Left:
        asking.answers.clear()
        asking.answers.update(before)
        return False
    return True


class Left(Exception):
    """The person went back out of a line."""


def _or_leave(step: Step) -> Step:
    def asked() -> bool | None:
        try:
            return step()
        except GoBack:
            raise Left from None

    return asked
