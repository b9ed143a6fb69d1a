"""A benefit in words: its parts and their sum, and, for who asks, the articles behind them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from perisai_cli.cli import quotes
from perisai_cli.domain.money import rupiah
from perisai_cli.i18n import text


def summary(data: dict[str, Any]) -> Iterator[str]:
    """Yield the parts, the total, what of it waits, and why something is not given."""
    for line in data["lines"]:
        yield "  " + part(line)
    if not data["lines"]:
        yield text("award.nothing")
    yield text("award.total", total=rupiah(data["total"]))
    if data["after_arrears"]:
        yield text("award.payable_now", amount=rupiah(data["payable_now"]))
        yield text("award.after_arrears", amount=rupiah(data["after_arrears"]))
    for cite in data["refused_by"]:
        yield text("award.refused", **cite)
    bases = {cite["basis"] for cite in citations(data)} - {"law-text"}
    if bases:
        named = ", ".join(text(f"basis.{basis}") for basis in sorted(bases))
        yield text("quote.basis", bases=named)


def part(line: dict[str, Any]) -> str:
    """Return a part with its arithmetic; one that is a plain amount of the law has none."""
    facts = {
        "name": text(f"benefit.{line['code']}"),
        "working": line["working"],
        "amount": rupiah(line["amount"]),
    }
    marks = text("award.estimate") if line["estimate"] else ""
    marks += text("award.waits") if line["after_arrears"] else ""
    return text("award.line_worked" if line["working"] else "award.line", **facts) + marks


def working(data: dict[str, Any]) -> Iterator[str]:
    """Yield each part with its articles, then every article once, with its basis and date."""
    yield ""
    yield text("quote.working")
    for line in data["lines"]:
        yield "  " + part(line)
        for regulation, at in dict.fromkeys((c["regulation"], c["at"]) for c in line["law"]):
            yield f"    {regulation} {at}"
    yield from law(data)


def law(data: dict[str, Any]) -> Iterator[str]:
    """Yield every article with its start, basis and date of checking, and the values it holds."""
    yield ""
    yield text("quote.law")
    alike: dict[tuple[Any, ...], list[dict[str, Any]]] = {}
    for cite in citations(data):
        key = tuple(value for name, value in cite.items() if name != "parameter")
        alike.setdefault(key, []).append(cite)
    for cites in alike.values():
        named = ", ".join(cite["parameter"] for cite in cites)
        yield from quotes.citation({**cites[0], "parameter": named})


def citations(data: dict[str, Any]) -> list[dict[str, Any]]:
    """Return every value that a benefit rests on, each once, in order of appearance."""
    found: dict[str, dict[str, Any]] = {}
    for cite in (*(cite for line in data["lines"] for cite in line["law"]), *data["refused_by"]):
        found.setdefault(f"{cite['parameter']}@{cite['since']}", cite)
    return list(found.values())
