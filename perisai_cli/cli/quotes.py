"""A quote in words: what each month costs, and, for who asks, by which article."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from perisai_cli.cli.rule_values import said_doubt
from perisai_cli.domain.money import rupiah
from perisai_cli.i18n import known, text


def summary(data: dict[str, Any], *, enrolling: bool = False) -> Iterator[str]:
    """Yield the total and what each run of equal months costs.

    Whoever is *enrolling* has no option that explains, and hears which command does.
    """
    programs = ", ".join(code.upper() for code in data["totals"]["by_program"])
    yield text("quote.heading", tier=data["tier"], base=rupiah(data["base"]), programs=programs)
    yield from priced(data, enrolling=enrolling)


def priced(data: dict[str, Any], *, enrolling: bool = False) -> Iterator[str]:
    """Yield what each run of equal months costs, what a relief saves, the total, and its bases."""
    months = list(data["totals"]["by_month"])
    yield from spans(data)
    yield text("quote.total", total=rupiah(data["total"]), months=len(months))
    yield from bases_of(data, enrolling=enrolling)


def spans(data: dict[str, Any]) -> Iterator[str]:
    """Yield what each run of equal months costs, and what a relief saves."""
    for first, last, price, count in _runs(data["totals"]["by_month"]):
        span = first if first == last else f"{first} – {last}"
        facts = {"span": span, "price": rupiah(price), "count": count, "sum": rupiah(price * count)}
        yield "  " + text("quote.run" if count > 1 else "quote.month", **facts)
    yield from savings(data)


def savings(data: dict[str, Any]) -> Iterator[str]:
    """Yield what reliefs take off, if one does."""
    lines = data["lines"]
    saved = sum(line["full_amount"] - line["amount"] for line in lines)
    if saved:
        reliefs = sorted({line["relief"] for line in lines if line["relief"]})
        named = ", ".join(relief_name(code) for code in reliefs)
        yield "  " + text("quote.saved", saved=rupiah(saved), relief=named)


def bases_of(data: dict[str, Any], *, enrolling: bool = False) -> Iterator[str]:
    """Yield what the numbers come from, where that is less than the text of the law."""
    bases = {cite["basis"] for line in data["lines"] for cite in line["law"]} - {"law-text"}
    if bases:
        named = ", ".join(text(f"basis.{basis}") for basis in sorted(bases))
        yield text("quote.basis_enrolling" if enrolling else "quote.basis", bases=named)


def _runs(by_month: dict[str, int]) -> Iterator[tuple[str, str, int, int]]:
    """Yield (first month, last month, monthly price, number of months) of equal prices in a row."""
    months = list(by_month)
    start = 0
    for index in range(1, len(months) + 1):
        if index == len(months) or by_month[months[index]] != by_month[months[start]]:
            yield months[start], months[index - 1], by_month[months[start]], index - start
            start = index


def working(data: dict[str, Any]) -> Iterator[str]:
    """Yield each amount with its arithmetic, article, start, basis and date of checking."""
    yield ""
    yield text("quote.working")
    cited: dict[str, dict[str, Any]] = {}
    for line in (*data["lines"], *data.get("information", ())):
        yield "  " + _arithmetic(line)
    for line in (*data["lines"], *data.get("information", ()), *data.get("deferred", ())):
        for cite in line["law"]:
            cited.setdefault(f"{cite['parameter']}@{cite['since']}", cite)
    yield ""
    yield text("quote.law")
    for cite in cited.values():
        yield from citation(cite)


def _arithmetic(line: dict[str, Any]) -> str:
    facts = {
        "month": line["month"],
        "program": line_name(line["code"]),
        "amount": rupiah(line["amount"]),
        "full": rupiah(line["full_amount"]),
        "bearer": text(f"bearer.{line['borne_by']}"),
        "relief": relief_name(line["relief"]) if line["relief"] else "",
        "waived": rupiah(line["full_amount"] - line["amount"]),
    }
    if line.get("working"):
        working = line["working"]
        because = f" ({facts['relief']})" if line["relief"] else ""
        return text("quote.line_worked", working=working, because=because, **facts)
    return text("quote.line_relieved" if line["relief"] else "quote.line", **facts)


def line_name(code: str) -> str:
    """Return what a line is for: a programme's letters, or the words for a part of one."""
    key = f"bill_line.{code}"
    return text(f"bill_line.{code}") if known(key) else code.upper()


def citation(cite: dict[str, Any]) -> Iterator[str]:
    """Yield where a value comes from, then its doubt if it has one."""
    until = text("quote.until", until=cite["until"]) if cite["until"] else ""
    facts = {**cite, "until": until, "basis": text(f"basis.{cite['basis']}")}
    yield "  " + text("quote.citation", **facts)
    if cite["doubt"]:
        yield "    ! " + said_doubt(cite["doubt"])


def relief_name(code: str) -> str:
    """Return a relief's regulation as people cite it: ``pp-50-2025`` is PP 50/2025."""
    number, year = code.split("-")[1:3]
    return f"PP {number}/{year}"
