"""Takes an occupation or a region as it is typed, and shows numbered hits where it may be several.

A hit that fits as typed and stands alone is taken at once; a guess is always shown first.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from perisai_cli.cli import quotes
from perisai_cli.cli.output import tell
from perisai_cli.domain.errors import InvalidInput
from perisai_cli.domain.money import rupiah
from perisai_cli.domain.occupation_search import LIMIT, find_occupations
from perisai_cli.domain.occupations import OCCUPATIONS
from perisai_cli.domain.period import Month
from perisai_cli.domain.region_search import find_places, successor
from perisai_cli.domain.regions import find_region, region_exists, region_label
from perisai_cli.domain.search import CERTAIN, EXACT
from perisai_cli.i18n import text


class _Hit(NamedTuple):
    """What can be picked: its code, how it is shown, and whether it may be taken unasked."""

    code: str
    shown: str
    certain: bool


def occupation_labels() -> dict[str, str]:
    """Return each occupation's name in the user's language, by its code."""
    return {code: text(f"occupation.{code}") for code in OCCUPATIONS}


def picked_occupation() -> Callable[[str], str]:
    """Return a check that takes words or a number of the last hits, and gives a code.

    Raises (the check):
        InvalidInput: ``occupation.unknown``, or ``occupation.pick`` once hits were shown.
    """
    return _picking(_occupations, "occupation", "/occupations/0/code")


def picked_region() -> Callable[[str], str]:
    """Return a check that takes a code, words, or a number of the last hits, and gives a code.

    Raises (the check):
        InvalidInput: ``region.unknown``, or ``region.pick`` once hits were shown.
    """
    return _picking(_regions, "region", "/address/region")


def _picking(search: Callable[[str], list[_Hit]], name: str, field: str) -> Callable[[str], str]:
    last: list[_Hit] = []

    def check(typed: str) -> str:
        words = typed.strip()
        if words.isascii() and words.isdigit() and 1 <= int(words) <= len(last):
            return last[int(words) - 1].code
        found = search(words)
        if not found:
            raise InvalidInput(f"{name}.unknown", field=field, choices=_some_names(name))
        if found[0].certain and (len(found) == 1 or not found[1].certain):
            return found[0].code
        last[:] = found[:LIMIT]
        tell(*(f"  {number} {hit.shown}" for number, hit in enumerate(last, 1)))
        raise InvalidInput(f"{name}.pick", field=field, count=len(last))

    return check


def _some_names(name: str) -> str:
    """Return a few occupations as examples; for regions the sentence itself has some."""
    return ", ".join(list(occupation_labels().values())[:LIMIT]) if name == "occupation" else ""


def _occupations(typed: str) -> list[_Hit]:
    found = find_occupations(typed, occupation_labels())
    alone = len(found) == 1 and found[0].score > CERTAIN
    return [
        _Hit(each.code, _occupation_shown(each.code), alone or each.score == EXACT)
        for each in found
    ]


def _occupation_shown(code: str) -> str:
    sector = text(f"sector_value.{OCCUPATIONS[code]}")
    return text("ask.occupation_is", name=text(f"occupation.{code}"), sector=sector)


def _regions(typed: str) -> list[_Hit]:
    code = typed.replace(".", "")
    if region_exists(code):
        return [_Hit(_in_force(code), region_label(code), certain=True)]
    places = find_places(typed)
    alone = len(places.regions) == 1 and places.certain
    return [
        _Hit(now := _in_force(each.code), f"{region_label(now)} ({now})", certain=alone)
        for each in places.regions
    ]


def _in_force(code: str) -> str:
    """Return the code that took a retired one's place, else the code itself."""
    region = find_region(code)
    after = successor(region) if region is not None and region.retired_after else None
    return code if after is None else after.code


def village_apart(words: str) -> tuple[str, str] | None:
    """Return the village and the region's code in «village, district», or None where it is none.

    Only where exactly one region fits as typed; anything else stays the village as it was typed.
    """
    if "," not in words:
        return None
    places = find_places(words)
    if not (places.village and places.certain and len(places.regions) == 1):
        return None
    return places.village, _in_force(places.regions[0].code)


def said_price_now(code: str, month: Month) -> str:
    """Return what an occupation's sector costs in *month*, in one line."""
    from perisai_cli.actions.find import price_json
    from perisai_cli.rules.law import load_law
    from perisai_cli.rules.sector_prices import sector_prices

    return said_price(price_json(sector_prices(month, load_law())[OCCUPATIONS[code]]))


def said_price(price: dict[str, Any]) -> str:
    """Return a sector's price: what it is, what it is without relief, and when it changes."""
    facts = {
        "sector": text(f"sector_value.{price['sector']}"),
        "total": rupiah(price["total"]),
        "full": rupiah(price["full_total"]),
        "relief": quotes.relief_name(price["relief"]) if price["relief"] else "",
        "until": price["until"],
    }
    line = text("finding.price_relieved" if price["relief"] else "finding.price", **facts)
    if price["later_total"] is None:
        return line
    return line + text("finding.price_later", later=rupiah(price["later_total"]), **facts)
