"""What belongs beside a benefit: school years, care, who is paid, and what is due by when."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from typing import Any

from perisai_cli.domain.money import rupiah
from perisai_cli.i18n import text


def told(data: dict[str, Any]) -> Iterator[str]:
    """Yield the facts that the data of an event holds, each with its article."""
    if data.get("scholarship"):
        yield from schedule(data["scholarship"])
    if "care" in data:
        yield from _care(data)
    if "heirs" in data and data["event"] == "death":
        order = ", ".join(text(f"heir.{code}") for code in data["heirs"]["order"])
        yield text("award.heirs", order=order, law=_article(data["heirs"]["law"]))
    for due in data.get("deadlines", ()):
        late = data["late_payment"]["percent_a_day"]
        facts = {"count": due["count"], "late": late, "law": _article(due["law"])}
        yield text(f"award.due_{due['code']}", **facts)


def schedule(scholarship: dict[str, Any]) -> Iterator[str]:
    """Yield what is paid in each school year, equal years together."""
    yield text("award.schedule")
    for amount, rows in groupby(scholarship["schedule"], key=lambda row: row["amount"]):
        years = [row["year"] for row in rows]
        span = f"{years[0]}" if len(years) == 1 else f"{years[0]}–{years[-1]}"
        yield "  " + text("award.school_years", span=span, amount=rupiah(amount))


def _care(data: dict[str, Any]) -> Iterator[str]:
    given = data["care"]["given"]
    if not given or data["after_arrears"]:
        law = _article(data["care"]["law"])
        yield text("award.care_given" if given else "award.care_refused", law=law)
    entitled = data.get("entitlements")
    if entitled and data["event"] != "transport":
        yield text("award.besides")
        for each in entitled:
            facts = {
                "limit": rupiah(each["limit"] or 0),
                "years": each.get("years", ""),
                "percent": each.get("percent_over_price", ""),
                "law": _article(each["law"][0]),
            }
            yield "  " + text(f"award.entitled_{each['code']}", **facts)


def _article(cite: dict[str, Any]) -> str:
    return f"{cite['regulation']} {cite['at']}"
