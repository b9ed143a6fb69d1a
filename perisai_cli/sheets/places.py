"""Names of districts and regencies to their codes, and an address put together of its pieces."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache, lru_cache

from perisai_cli.domain.regions import Region, all_regions
from perisai_cli.sheets.draft import Draft
from perisai_cli.sheets.texts import plain

_KINDS = re.compile(
    r"^(?:kecamatan|kec|distrik|kabupaten|kab|kota madya|kodya|kota|provinsi|prov)\b ?"
)
_KIND_SAID = re.compile(r"^(kabupaten|kab|kota)\b")
_RT_RW = re.compile(
    r"(?:rt)?[ .]*([0-9]{1,3})[ .]*(?:/|-|\\|rw| )[ ./]*(?:rw)?[ .]*([0-9]{1,3})", re.I
)
_NUMBER = re.compile(r"(?:rt|rw)?[ .:]*([0-9]{1,3})", re.I)

POINTER = "/address/region"


def _bare(name: str) -> str:
    """Return a place's name without its kind, its words run together: ``Kec. Kuta Utara``."""
    return _KINDS.sub("", plain(name)).replace(" ", "")


@cache
def _index() -> dict[int, dict[str, list[Region]]]:
    """Return the current regions by length of code and name."""
    found: dict[int, dict[str, list[Region]]] = {2: {}, 4: {}, 6: {}}
    for region in all_regions().values():
        if not region.retired_after:
            found[len(region.code)].setdefault(_bare(region.name), []).append(region)
    return found


@lru_cache(maxsize=4096)
def region_of(district: str, regency: str, province: str) -> str | None:
    """Return the code of the smallest region that these names mean, if they mean only one.

    Codes stand for themselves. A district alone is enough where no other has its name.
    """
    for written in (district, regency):
        digits = written.replace(".", "").replace(" ", "")
        if digits.isascii() and digits.isdigit() and digits[:4] in all_regions():
            return digits[:6]
    provinces = {each.code for each in _named(2, province)}
    regencies = [each for each in _named(4, regency) if not provinces or each.code[:2] in provinces]
    districts = _named(6, district)
    if regencies:
        within = {each.code for each in regencies}
        inside = [each for each in districts if each.code[:4] in within]
        return _only(inside) or _only(regencies) or _only({each.code[:4] for each in inside})
    if provinces:
        districts = [each for each in districts if each.code[:2] in provinces]
    return _only(districts) if not regency else None


def _named(size: int, name: str) -> list[Region]:
    """Return the regions of this name, of the kind (Kabupaten, Kota) that is said with it."""
    found = _index()[size].get(_bare(name), []) if name else []
    said = _KIND_SAID.match(plain(name))
    if said and size == 4 and len(found) > 1:
        kind = "kota" if said[1] == "kota" else "kabupaten"
        found = [each for each in found if plain(each.name).startswith(kind)]
    return found


def _only(found: Iterable[Region | str]) -> str | None:
    codes = {each if isinstance(each, str) else each.code for each in found}
    return codes.pop() if len(codes) == 1 else None


def read_rt_rw(draft: Draft, text: str) -> None:
    """Read RT and RW out of one cell, such as ``003/005``."""
    found = _RT_RW.search(text)
    if found:
        draft.pieces["rt"], draft.pieces["rw"] = found[1].zfill(3), found[2].zfill(3)
    else:
        draft.pieces["more"] = text


def put_together(draft: Draft) -> None:
    """Make the address of its pieces; a name without a code stays in the text, nothing is lost."""
    pieces = draft.pieces
    district, regency = pieces.get("district", ""), pieces.get("regency", "")
    province = pieces.get("province", "")
    region = region_of(pieces.get("region", "") or district, regency, province)
    address: dict[str, str] = {}
    lost: list[str] = []
    if region:
        address["region"] = region
        lost = [district] if district and len(region) == 4 else []
    elif district or regency or pieces.get("region"):
        lost = [each for each in (pieces.get("region"), district, regency, province) if each]
        draft.warn("address.region_not_found", POINTER)
    for name in ("rt", "rw"):
        if name in pieces:
            found = _NUMBER.fullmatch(pieces[name])
            address[name] = found[1].zfill(3) if found else pieces[name]
    if "village" in pieces:
        address["village"] = pieces["village"]
    text = [pieces.get("text", ""), pieces.get("more", ""), *lost]
    address["text"] = ", ".join(each for each in text if each) or pieces.get("village", "")
    if not address["text"]:
        address["text"] = ", ".join(each for each in (district, regency) if each)
    draft.loose["address"] = {name: held for name, held in address.items() if held}
