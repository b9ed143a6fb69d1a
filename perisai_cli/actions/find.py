"""Finds occupations with what their sector costs, and regions: no store, no network."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from perisai_cli.actions.app import Result
from perisai_cli.domain.errors import InvalidInput, Problem
from perisai_cli.domain.occupation_search import find_occupations
from perisai_cli.domain.occupations import DOUBTFUL, OCCUPATIONS
from perisai_cli.domain.period import Month, local_day
from perisai_cli.domain.region_search import find_places, successor
from perisai_cli.domain.regions import Region, region_label
from perisai_cli.domain.search import CERTAIN
from perisai_cli.rules.law import load_law
from perisai_cli.rules.sector_prices import LOWEST_TIER, SectorPrice, sector_prices

_HOME_REGION = "51"  # the calculators' day is Bali's
_MOST = 30
_LEVELS = {2: "province", 4: "regency", 6: "district"}


def occupation_search(typed: str | None, labels: Mapping[str, str], now: datetime) -> Result:
    """Return the occupations that *typed* may mean (all without it), and both sectors' prices.

    Args:
        typed: What was typed, or None.
        labels: Code to the name that is shown.
        now: The present moment, whose month the prices are of.

    Raises:
        NoRuleInForce: there is no price for this month.
    """
    if typed is None:
        items = [_occupation(code, labels, 0, certain=True) for code in labels]
    else:
        found = find_occupations(typed, labels, _MOST)
        items = [
            _occupation(each.code, labels, each.score, certain=each.score > CERTAIN)
            for each in found
        ]
    month = Month.of(local_day(now, _HOME_REGION))
    prices = sector_prices(month, load_law()).values()
    doubtful = any(item["code"] in DOUBTFUL for item in items)
    doubts = {value.doubt: None for each in prices for line in each.lines for value in line.law}
    warnings = [Problem("sector.doubt", "/sector")] if doubtful else []
    warnings += [Problem(f"doubt.{code}") for code in doubts if code]
    data = {"count": len(items), "items": items, "sectors": [price_json(each) for each in prices]}
    return Result("occupation", data, warnings=tuple(warnings))


def _occupation(
    code: str, labels: Mapping[str, str], score: int, *, certain: bool
) -> dict[str, Any]:
    sector = OCCUPATIONS[code]
    named = {"code": code, "name": labels[code], "sector": sector, "doubtful": code in DOUBTFUL}
    return named | {"score": score, "certain": certain}


def price_json(price: SectorPrice) -> dict[str, Any]:
    """Return a sector's price as JSON values."""
    reliefs = sorted({line.relief for line in price.lines if line.relief})
    return {
        "sector": price.sector,
        "month": str(price.month),
        "tier": LOWEST_TIER,
        "base": price.base,
        "programs": [line.code for line in price.lines],
        "total": price.total,
        "full_total": price.full,
        "relief": reliefs[0] if reliefs else None,
        "until": None if price.until is None else str(price.until),
        "later_total": price.later,
    }


def region_search(typed: str | None) -> Result:
    """Return the regions that *typed* may mean, each with its successor where it is retired.

    Raises:
        InvalidInput: ``usage.missing``: nothing was typed.
    """
    if not typed or not typed.strip():
        raise InvalidInput("usage.missing", field="TEXT")
    places = find_places(typed, _MOST)
    items = [region_json(region) for region in places.regions]
    data = {"count": len(items), "items": items, "certain": places.certain}
    return Result("region", data | {"village": places.village})


def region_json(region: Region) -> dict[str, Any]:
    """Return a region as JSON values, with the regions that it lies in."""
    after = successor(region) if region.retired_after else None
    return {
        "code": region.code,
        "name": region.name,
        "level": _LEVELS[len(region.code)],
        "label": region_label(region.code),
        "retired_after": region.retired_after or None,
        "successor": after and {"code": after.code, "label": region_label(after.code)},
    }
