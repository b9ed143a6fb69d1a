"""Finds provinces, regencies and districts by code or name, old ones with what they became."""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

from perisai_cli.domain.regions import BANUSPA, Region, all_regions
from perisai_cli.domain.search import CERTAIN, best, fit, least_worth_showing, plain

LIMIT = 9
_LEVELS = {
    "prov": 2, "provinsi": 2, "province": 2,
    "kab": 4, "kabupaten": 4, "regency": 4, "kota": 4, "city": 4,
    "kec": 6, "kecamatan": 6, "distrik": 6, "district": 6,
}  # fmt: skip
_VILLAGE = ("desa ", "kelurahan ", "kel ", "kampung ", "village ")
_MOST_PARTS = 4


class Places(NamedTuple):
    """What typed words may mean.

    Attributes:
        village: Words before the first that named a region, as they were typed; else empty.
        regions: The regions, the best first.
        certain: Whether they fit as typed, with no slip of a key guessed.
    """

    village: str
    regions: list[Region]
    certain: bool


class _Named(NamedTuple):
    """A region with its names in plain letters: bare, and with the word of its level."""

    region: Region
    names: tuple[str, ...]
    above: tuple[str, ...]


def successor(region: Region) -> Region | None:
    """Return the region in force that took a retired one's place, where the source names it."""
    regions, seen = all_regions(), {region.code}
    while region.retired_after:
        follower = regions.get(region.successor)
        if follower is None or follower.code in seen:
            return None
        region = follower
        seen.add(region.code)
    return region


def find_regions(typed: str, limit: int = LIMIT) -> list[Region]:
    """Return the regions that *typed* may mean, the best first: see ``find_places``."""
    return find_places(typed, limit).regions


def find_places(typed: str, limit: int = LIMIT) -> Places:
    """Return the regions that *typed* may mean, and the village before them.

    A code gives its region and those below it. Words find a name or a part of it, «Kab.», «Kota»
    and «Kec.» their level; what follows a comma is where it lies («Kuta, Badung»). Where a first
    part is no region, it is a village: villages are not listed here. A retired region is
    found by its old code or by a name that no region in force has.
    """
    code = typed.strip().replace(".", "")
    if code.isascii() and code.isdigit():
        return Places("", _by_code(code)[:limit], certain=True)
    parts = [part.strip() for part in typed.split(",")][:_MOST_PARTS]
    for guess in (False, True):
        for start in range(len(parts)):
            found = _by_name(parts[start], parts[start + 1 :], guess=guess)
            if found and not _is_village(parts[start]):
                village = ", ".join(parts[:start])
                return Places(village, found[:limit], certain=not guess)
    return Places("", [], certain=True)


def _is_village(part: str) -> bool:
    return f"{plain(part)} ".startswith(_VILLAGE)


def _by_code(code: str) -> list[Region]:
    below = [
        region
        for region in all_regions().values()
        if region.code.startswith(code) and len(region.code) <= len(code) + 2
    ]
    return sorted(below, key=lambda region: (len(region.code), bool(region.retired_after)))


def _by_name(part: str, above: list[str], *, guess: bool) -> list[Region]:
    wanted, level = _without_level(plain(part))
    around = [_without_level(plain(each))[0] for each in above if plain(each)]
    if not wanted:
        return []
    scored = []
    for named in _all_named():
        if level is not None and not _has_level(named, level):
            continue
        score = best(wanted, named.names, guess=guess)
        if not score and not guess:
            score = _with_those_above(wanted, named)
        if score and all(_lies_in(each, named, guess=guess) for each in around):
            scored.append((-score, _order(named.region), named.region))
    least = least_worth_showing(-min(row[0] for row in scored)) if scored else 0
    ranked = sorted((row for row in scored if -row[0] >= least), key=lambda row: row[:2])
    return _without_doubles([region for *_, region in ranked])


def _without_level(words: str) -> tuple[str, str | None]:
    """Return words without the one that says the level, and that word."""
    first, _, rest = words.partition(" ")
    return (rest, first) if rest and first in _LEVELS else (words, None)


def _has_level(named: _Named, level: str) -> bool:
    """Tell whether a region is of a level; «kota» also begins the names of some districts."""
    code, city = named.region.code, named.names[-1].startswith("kota ")
    if level in ("kota", "city"):
        return city
    return len(code) == _LEVELS[level] and not (level in ("kab", "kabupaten", "regency") and city)


def _with_those_above(wanted: str, named: _Named) -> int:
    """Return a score where every word fits the region or one above it: «kuta badung»."""
    words = wanted.split()
    if len(words) < 2 or not fit(words[0], named.names[0]):
        return 0
    names = (*named.names, *named.above)
    return CERTAIN + 5 if all(best(word, names, guess=False) for word in words) else 0


def _lies_in(wanted: str, named: _Named, *, guess: bool) -> bool:
    return best(wanted, named.above, guess=False) > 0 or (
        guess and best(wanted, named.above, guess=True) > 0
    )


def _order(region: Region) -> tuple[bool, bool, int, str]:
    """Order equal scores: in force first, then the office's own provinces, then the larger."""
    away = region.code[:2] not in BANUSPA
    return bool(region.retired_after), away, len(region.code), region.code


def _without_doubles(found: list[Region]) -> list[Region]:
    """Leave out retired regions whose successor was found too."""
    codes = {region.code for region in found if not region.retired_after}
    kept = []
    for region in found:
        follower = successor(region) if region.retired_after else None
        if follower is None or follower.code not in codes:
            kept.append(region)
    return kept


@cache
def _all_named() -> tuple[_Named, ...]:
    regions = all_regions()
    bare = {code: _names_of(region) for code, region in regions.items()}
    return tuple(
        _Named(
            region,
            bare[code],
            tuple(
                name for size in (4, 2) if size < len(code) for name in bare.get(code[:size], ())
            ),
        )
        for code, region in regions.items()
    )


def _names_of(region: Region) -> tuple[str, ...]:
    """Return a region's name without the word of its level, then with it, in plain letters."""
    whole = plain(region.name)
    if len(region.code) != 4:
        return (whole,)
    return _without_level(whole)[0], whole
