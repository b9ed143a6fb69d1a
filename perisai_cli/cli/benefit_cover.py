"""``manfaat kepesertaan``: whether the months that were paid cover a person on a day."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any

from perisai_cli import wiring
from perisai_cli.actions.benefit_cover import CoverOptions, cover_of_member
from perisai_cli.cli import benefits, output, quotes
from perisai_cli.cli.benefit_group import app
from perisai_cli.cli.framework import command, opt
from perisai_cli.i18n import text

_SPANS = "YYYY-MM[..YYYY-MM],…"
_FIRST_MONTHS = ("jkm_benefit.minimum_membership", "jkm_benefit.short_membership_total")

Paid = Annotated[str | None, opt("--dibayar", "--paid", key="cover_paid", metavar=_SPANS)]
Day = Annotated[str | None, opt("--pada", "--on", key="on", metavar="YYYY-MM-DD")]
Explain = Annotated[bool, opt("--jelaskan", "--explain", key="explain")]


@command(app, "benefit cover")
def cover(paid: Paid = None, on: Day = None, explain: Explain = False) -> int:
    """Tell whether the months that were paid cover a person on a day."""

    def lines(data: Any) -> Iterator[str]:
        yield from _told(data)
        cited = {"lines": [{"law": data["law"]}], "refused_by": ()}
        yield from quotes.bases_of(cited)
        if explain:
            yield from benefits.law(cited)

    return output.show(cover_of_member(CoverOptions(paid, on), wiring.now()), lines)


def _told(data: dict[str, Any]) -> Iterator[str]:
    """Yield the state, why, until when, what is unpaid, and what to do."""
    state, month = data["state"], data["date"][:7]
    first = [cite for cite in data["law"] if cite["parameter"] in _FIRST_MONTHS]
    reason = [cite for cite in data["law"] if cite not in first]
    facts = {**data, "month": month, "law": _articles(reason)}
    yield text(f"cover.state_{state}", **facts)
    yield "  " + text(f"cover.because_{state}", **facts)
    if data["cover_until"]:
        yield "  " + text("cover.until", **facts)
    if data["unpaid_months"]:
        span = " – ".join(dict.fromkeys((data["unpaid_from"], month)))
        yield "  " + text("cover.unpaid", count=data["unpaid_months"], span=span)
    yield "  " + text(f"cover.then_{state}", **facts)
    if state == "grace":
        yield "  " + text("cover.grace_short" if data["short_jkm"] else "cover.grace_funeral")
    if state in ("active", "grace"):
        if data["short_jkm"]:
            yield "  " + text("cover.short_jkm", law=_articles(first))
        else:
            yield "  " + text("cover.whole_jkm")


def _articles(cites: list[dict[str, Any]]) -> str:
    return "; ".join(dict.fromkeys(f"{cite['regulation']} {cite['at']}" for cite in cites))
