"""What merging asks as a person reads it: the sides below each other, then field by field."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from perisai_cli.cli import names, tables
from perisai_cli.domain.facts import PENDING
from perisai_cli.domain.money import rupiah
from perisai_cli.i18n import known, language, text
from perisai_cli.reports.words import moment
from perisai_cli.storage.variants import BOTH

_NONE = "–"
_SHORT = 8  # letters of an id that tell it from another on one screen
_WORDS = {"code": "occupation", "occupations": "occupation", "relationship": "relationship"}


def lines(data: dict[str, Any]) -> Iterator[str]:
    """Yield the questions with all their sides."""
    if not data["items"]:
        yield text("merge.no_questions")
        return
    for item in data["items"]:
        yield from _question(item)
        yield ""
    if "answer" not in data["items"][0]:
        yield text("merge.how_to_answer", command=names.spoken("merge answer", language()))
    sides = [side for item in data["items"] for side in item["sides"]]
    if any(set(side["masked"]) - set(side["values"]) for side in sides):
        yield text("merge.how_to_unmask")


def _question(item: dict[str, Any]) -> Iterator[str]:
    kinds = {
        "conflict": text("merge.ask_conflict"),
        "same_person": text("merge.ask_same_person"),
        "month_twice": text("merge.ask_month_twice"),
    }
    sides = item["sides"]
    yield f"{item['id']}  {kinds[item['kind']]}"
    of_money = any("money" in side for side in sides)
    yield from _money(sides) if of_money else _people(sides)
    yield from (f"  {_from(side)}" for side in sides)
    if item["differs"]:
        labels = dict.fromkeys(_label(field) for field in item["differs"])
        yield "  " + text("merge.differs", fields=", ".join(labels))
        yield from _fields(item)
    elif item["compared"] > 1:
        yield "  " + text("merge.same_contents")
    if item["same"]:
        labels = dict.fromkeys(_label(field) for field in item["same"])
        yield "  " + text("merge.same", fields=", ".join(labels))
    if "answer" in item:
        yield "  " + _given(item["answer"])


def _from(side: dict[str, Any]) -> str:
    """Return from which book a side comes, and what there is of it."""
    number, agent = side["number"], side["agent"] or _NONE
    if side["gone"]:
        return text("merge.side_gone", number=number)
    if side["made_at"] is None:
        return text("merge.side_unknown", number=number)
    said = text(
        "merge.side_from",
        number=number,
        agent=side["author"] or agent,
        at=moment(side["made_at"]),
        device=side["device"][-_SHORT:],
        book=side["book"][-_SHORT:],
        rev=side["rev"],
    )
    if side["emptied"]:
        erased = side["emptied"] == "erased"
        return f"{said} {text('merge.side_erased' if erased else 'merge.side_withdrawn')}"
    return said if side["known"] else f"{said} {text('merge.side_bare')}"


def _fields(item: dict[str, Any]) -> Iterator[str]:
    """Yield the fields that differ, the sides beside each other in the order of their numbers."""
    told = set()
    for field in item["differs"]:
        found = (
            f"{side['number']}) {_said(field, side['values'] or {}, side['masked'])}"
            for side in item["sides"]
            if side["values"] or side["masked"]
        )
        line = f"    {_label(field)}: " + "   ".join(found)
        if line not in told:
            yield line
        told.add(line)


def _label(pointer: str) -> str:
    """Return the name of a field of a body; a strange one has none, and is never shown raw."""
    for whole in ("/worker/", "/payment/", "/event/"):
        if pointer.startswith(whole):
            pointer = pointer.removeprefix(whole)
    key = "field." + pointer.strip("/").replace("/", ".")
    return text(key) if known(key) else text("merge.other_field")


def _said(field: str, values: dict[str, Any], masked: dict[str, Any]) -> str:
    name = field.rsplit("/", maxsplit=1)[-1]
    if field in values:
        return tables.printable(_value(name, values[field]))
    hint = masked.get(field)
    if hint is None:
        return _NONE
    if name in _WORDS:
        *codes, letter = [each for each in hint.split(" ") if each != "+"]
        return " ".join((" + ".join(_value(name, each) for each in codes), letter)).strip()
    return tables.printable(str(hint))


def _value(name: str, value: Any) -> str:
    """Return a value of a field as a person reads it."""
    if isinstance(value, list):
        return " + ".join(_value(name, each) for each in value)
    if isinstance(value, dict):
        return ", ".join(_value(inner, each) for inner, each in value.items())
    if value is None or isinstance(value, bool):
        return _NONE if value is None else text("report.yes" if value else "report.no")
    if name in {"amount", "total", "income"} and isinstance(value, int):
        return rupiah(value)
    return str(value).upper() if name == "programs" else _word(name, str(value))


def _word(name: str, code: str) -> str:
    """Return what a code of a field means; anything else as it is."""
    for family in (_WORDS.get(name, name), f"{name}_value"):
        key = f"{family}.{code}"
        if known(key):
            return text(key)
    return code


def _given(given: dict[str, Any]) -> str:
    said = given | {"at": moment(given["at"])}
    return text("merge.given_both" if given["choice"] == BOTH else "merge.given", **said)


def _people(sides: list[dict[str, Any]]) -> Iterator[str]:
    heading = ["", text("merge.col_id"), text("merge.col_agent"), text("merge.col_day")]
    heading += [text("merge.col_standing"), text("merge.col_name"), text("queue.col_nik")]
    rows = [[*_head(side, "agent"), *_person(side)] for side in sides]
    yield from tables.table(heading, rows, whole=(1, 2, 6))


def _money(sides: list[dict[str, Any]]) -> Iterator[str]:
    heading = ["", text("merge.col_id"), text("merge.col_author"), text("merge.col_day")]
    heading += [text("merge.col_standing"), text("merge.col_start"), text("merge.col_months")]
    heading += [text("merge.col_amount"), text("payment.col_money"), text("merge.col_name")]
    rows = [
        [
            *_head(side, "author"),
            side.get("start") or _NONE,
            str(side.get("months") or _NONE),
            rupiah(side["amount"]) if side.get("amount") is not None else _NONE,
            text(f"money.{side['money']}") if side.get("money") else _NONE,
            _person(side)[0],
        ]
        for side in sides
    ]
    yield from tables.table(heading, rows, right=(6, 7), whole=(1, 2))


def _head(side: dict[str, Any], whose: str) -> list[str]:
    standing = text("merge.gone") if side["gone"] else _standing(side["standing"])
    who, day = side[whose] or side["agent"] or _NONE, side["day"] or _NONE
    return [str(side["number"]), side["id"][-_SHORT:], who, day, standing]


def _person(side: dict[str, Any]) -> tuple[str, str]:
    """Return name and NIK of a side: in full where they were unmasked."""
    name, nik = side.get("name", side["name_masked"]), side.get("nik", side["nik_masked"])
    return tables.printable(name or _NONE), tables.printable(nik or _NONE)


def _standing(standing: str | None) -> str:
    state = "queued" if standing == PENDING else standing
    return text(f"state.{state}") if state and known(f"state.{state}") else _NONE
