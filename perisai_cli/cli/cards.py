"""People in words: a page of names, and one person's card, readable on sixty columns."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from perisai_cli.cli import names, output, tables
from perisai_cli.cli.bridge_lines import portal_lines
from perisai_cli.cli.guarding import worded
from perisai_cli.cli.queue_words import facts, short, state_name
from perisai_cli.domain.errors import Problem
from perisai_cli.domain.guard import Question
from perisai_cli.domain.money import rupiah
from perisai_cli.domain.regions import region_label
from perisai_cli.i18n import known, language, text

WIDE = 80
"""Columns from which a page of names has room for occupations."""

_VERDICT_STATES = {"rejected": "needs_fix", "unchanged": "accepted"}
_SHOWN_APART = ("attestation", "consent")


def list_lines(data: dict[str, Any]) -> Iterator[str]:
    """Yield a page of people with what leads to their cards."""
    if not data["count"]:
        yield text("book.nobody")
        return
    yield from _table(data["items"], [short(item["id"]) for item in data["items"]], "queue.col_id")
    yield text("book.count", **data)
    if data["page"] < data["pages"]:
        yield text("book.more", page=data["page"] + 1)
    yield "→ " + names.spoken("worker show", language()) + " " + text("queue.col_id").upper()


def numbered_lines(data: dict[str, Any]) -> Iterator[str]:
    """Yield who was found, numbered from 1."""
    if not data["count"]:
        yield text("book.nobody")
        return
    yield from _table(data["items"], [str(n) for n in range(1, len(data["items"]) + 1)], "book.no")
    if data["pages"] > 1:
        yield text("book.first_of", shown=len(data["items"]), count=data["count"])


def _table(items: list[dict[str, Any]], keys: list[str], key_name: str) -> Iterator[str]:
    wide = tables.width() >= WIDE
    heading = [text(key_name), text("field.name"), "NIK", text("queue.col_state")]
    heading += [text("field.occupations")] if wide else []
    rows = []
    for key, item in zip(keys, items, strict=True):
        jobs = ", ".join(_job(code) for code in item["occupations"])
        row = [key, item["name"] or "–", item["nik_masked"], state_name(item)]
        rows.append([*row, jobs] if wide else row)
    yield from tables.table(heading, rows, whole=(0, 2))


def _job(code: str) -> str:
    key = f"occupation.{code}"
    return text(f"occupation.{code}") if known(key) else code


def card_lines(data: dict[str, Any]) -> Iterator[str]:
    """Yield a person's card: cover first, then money, state, problems, data and history."""
    if data["erased"]:
        yield text("queue.record", id=data["id"], rev=data["rev"])
        yield "  " + text("queue.erased", **data["erased"])
    else:
        yield data["worker"].get("name") or text("book.no_name")
        yield f"NIK {data['nik_masked']}"
        yield text("queue.record", id=data["id"], rev=data["rev"])
        yield ""
        yield from _cover(data)
        yield from _money(data)
        yield from _said(data)
        yield ""
        yield text("book.data")
        told = {k: v for k, v in data["worker"].items() if k not in _SHOWN_APART}
        for label, value in facts(told):
            yield f"  {label}: {value}"
        yield from _place(data["worker"])
    yield from _history(data)


def _cover(data: dict[str, Any]) -> Iterator[str]:
    yield text(
        f"book.cover_{data['cover']}", until=data["covered_until"], last=data["lapses_after"]
    )
    if data["assigned"]:
        note = text("queue.sample") if data["assigned"].get("sample") else ""
        yield "  " + text("queue.assigned", **data["assigned"], note=note)


def _money(data: dict[str, Any]) -> Iterator[str]:
    if data["amount"] is None:
        return
    programs = ", ".join(code.upper() for code in data["programs"])
    yield text(
        "book.price", total=rupiah(data["amount"]), months=data["months"], start=data["start"],
        programs=programs,
    )  # fmt: skip
    for kind in ("reactivation", "payment"):
        for each in data[f"{kind}s"]:
            told = {name: each[name] for name in ("start", "months")}
            state = f"money.{each['money']}" if kind == "payment" else f"state.{each['state']}"
            yield "  " + text(
                f"book.{kind}", total=rupiah(each["amount"]), state=text(state), **told
            )


def _said(data: dict[str, Any]) -> Iterator[str]:
    yield f"{text('queue.col_state')}: {state_name(data)}"
    if data["canonical_id"]:
        yield "  " + text("queue.canonical", id=data["canonical_id"])
    for problem in data["problems"]:
        yield from (f"  {line}" for line in output.problem_lines(Problem(**problem)))
    for asked in data["questions"]:
        yield f"  ? {_question(asked)} ({asked['answer'] or text('book.unanswered')})"
    if data["photo"]:
        yield "  " + text(f"queue.photo_{data['photo']['state']}", size=data["photo"]["size"])
    yield from (f"  {line}" for line in portal_lines(data["portals"]))


def _question(asked: dict[str, Any]) -> str:
    """Return what was asked, in words."""
    return worded(Question(asked["code"], asked["facts"] or {}))


def _place(worker: dict[str, Any]) -> Iterator[str]:
    code = (worker.get("address") or {}).get("region")
    label = region_label(code) if code else None
    if label:
        yield f"  {text('field.region')}: {label}"


def _history(data: dict[str, Any]) -> Iterator[str]:
    yield ""
    yield text("book.history")
    for line in data["history"]:
        other = line["id"] != data["id"]
        whose = f"{text('kind.' + line['kind'])} {short(line['id'])}: " if other else ""
        yield f"  {line['local']}  {whose}{_happened(line)}"


def _happened(line: dict[str, Any]) -> str:
    """Return what a line of the journal says, in words where there are any for it."""
    key = happening(line["action"])
    if key is None:
        return str(line["action"])
    told = line["facts"]
    verdict = told.get("verdict", "")
    state = f"state.{_VERDICT_STATES.get(verdict, verdict)}"
    words = {
        "verdict": text(state) if known(state) else verdict,
        "reason": told.get("reason", ""),
        "portal": told.get("portal", ""),
        "rev": line["rev"],
    }
    said = text(key, **words)
    return f"{said}, {text('money.' + told['money'])}" if "money" in told else said


def happening(action: str) -> str | None:
    """Return the key of the words for an action of the journal: its own, or its family's."""
    own = f"history.{action.replace('.', '_')}"
    family = f"history.{action.rpartition('.')[2]}"
    return own if known(own) else family if known(family) else None
