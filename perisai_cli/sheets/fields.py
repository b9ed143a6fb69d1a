"""How the cells of each field are read, but for NIK, phone, days and sums, which have own files."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from perisai_cli.domain.terms import MAX_MONTHS
from perisai_cli.sheets.days import read_start
from perisai_cli.sheets.draft import Draft
from perisai_cli.sheets.identities import read_phone
from perisai_cli.sheets.model import Cell
from perisai_cli.sheets.places import read_rt_rw
from perisai_cli.sheets.sums import read_income
from perisai_cli.sheets.texts import plain, written
from perisai_cli.sheets.words import (
    SEXES,
    answer_in,
    method_in,
    occupations_in,
    payer_in,
    programs_in,
    relationship_in,
    sector_in,
)

Reader = Callable[[Draft, Cell], None]

_IDENTITY = re.compile(r"[0-9a-f][0-9a-f-]{7,63}", re.I)
_MONTHS = re.compile(r"([0-9]{1,3})(?:[.,]0+)? ?(?:bulan|bln|months?|x)?", re.ASCII)
_TIER = re.compile(r"(?:lapisan |tier )?([0-9]{1,3})(?:[.,]0+)?", re.ASCII)
_POINTERS = {"birth": "/birth_date", "occupations.code": "/occupations/0/code",
             "occupations.place": "/occupations/0/place", "heirs.name": "/heirs/0/name",
             "heirs.relationship": "/heirs/0/relationship", "address.rt_rw": "/address/rt",
             "address.district": "/address/region", "address.regency": "/address/region",
             "address.province": "/address/region", "identity": ""}  # fmt: skip


def pointer_of(field: str) -> str:
    """Return the JSON pointer of the member that a column's field belongs to."""
    return _POINTERS.get(field, "/" + field.replace(".", "/"))


def _read_name(draft: Draft, cell: Cell) -> None:
    text = written(cell)
    if any(map(str.isalpha, text)):
        draft.loose["name"] = text
    else:
        draft.fault("name.no_letters", "/name")


def _read_sex(draft: Draft, cell: Cell) -> None:
    word = plain(written(cell))
    sex = "M" if draft.doubt == "p_is_man" and word == "p" else SEXES.get(word)
    if sex is None:
        draft.fault("sex.unknown", "/sex")
    else:
        draft.loose["sex"] = sex


def _read_email(draft: Draft, cell: Cell) -> None:
    draft.loose["email"] = written(cell)


def _read_birth_place(draft: Draft, cell: Cell) -> None:
    draft.loose["birth_place"] = written(cell)


def _piece(name: str) -> Reader:
    """Return a reader of a piece of the address."""

    def read(draft: Draft, cell: Cell) -> None:
        draft.pieces[name] = written(cell)

    return read


def _read_rt_rw(draft: Draft, cell: Cell) -> None:
    read_rt_rw(draft, written(cell))


def _inner(draft: Draft, member: str) -> dict[str, Any]:
    """Return the first object of a member that is a list."""
    first: dict[str, Any] = draft.loose.setdefault(member, [{}])[0]
    return first


def _read_occupation(draft: Draft, cell: Cell) -> None:
    codes, understood = occupations_in(written(cell))
    first = _inner(draft, "occupations")
    if not codes:
        draft.fault("occupation.not_recognised", "/occupations/0/code")
        return
    if not understood:
        draft.warn("occupation.part", "/occupations")
    first["code"] = codes[0]
    draft.loose["occupations"] += [{"code": code} for code in codes[1:]]


def _read_place(draft: Draft, cell: Cell) -> None:
    _inner(draft, "occupations")["place"] = written(cell)


def _read_heir(draft: Draft, cell: Cell) -> None:
    _inner(draft, "heirs")["name"] = written(cell)


def _read_relationship(draft: Draft, cell: Cell) -> None:
    code = relationship_in(written(cell))
    if code is None:
        draft.fault("relationship.not_recognised", "/heirs/0/relationship")
    else:
        _inner(draft, "heirs")["relationship"] = code


def _read_programs(draft: Draft, cell: Cell) -> None:
    codes = programs_in(written(cell))
    if codes is None:
        draft.fault("programs.not_recognised", "/programs")
    else:
        draft.loose["programs"] = list(codes)


def _read_months(draft: Draft, cell: Cell) -> None:
    found = _MONTHS.fullmatch(written(cell).lower())
    if found is None:
        draft.fault("months.value", "/months", low=1, high=MAX_MONTHS)
    else:
        draft.loose["months"] = int(found[1])


def _read_tier(draft: Draft, cell: Cell) -> None:
    found = _TIER.fullmatch(written(cell).lower())
    if found is None:
        draft.fault("tier.value", "/tier", low=1, high=33)
    else:
        draft.loose["tier"] = int(found[1])


def _coded(member: str, code_in: Callable[[str], str | None], fault: str) -> Reader:
    """Return a reader of a member that is one of a list of codes."""

    def read(draft: Draft, cell: Cell) -> None:
        code = code_in(written(cell))
        if code is None:
            draft.fault(fault, f"/{member}")
        else:
            draft.loose[member] = code

    return read


def _answer(outer: str, inner: str) -> Reader:
    """Return a reader of a yes or no inside a promise."""

    def read(draft: Draft, cell: Cell) -> None:
        said = answer_in(written(cell))
        promise = draft.loose.setdefault(outer, {})
        if said is None:
            draft.fault("answer.not_recognised", f"/{outer}/{inner}")
        else:
            promise[inner] = said

    return read


def _read_method(draft: Draft, cell: Cell) -> None:
    code = method_in(written(cell))
    promise = draft.loose.setdefault("consent", {})
    if code is None:
        draft.fault("answer.not_recognised", "/consent/method")
    else:
        promise["method"] = code


def _read_identity(draft: Draft, cell: Cell) -> None:
    text = written(cell)
    if _IDENTITY.fullmatch(text):
        draft.identity = text
    else:
        draft.warn("identity.unusable", None)


READERS: dict[str, Reader] = {
    "name": _read_name,
    "sex": _read_sex,
    "birth_place": _read_birth_place,
    "phone": read_phone,
    "email": _read_email,
    **{f"address.{name}": _piece(name) for name in (
        "text", "rt", "rw", "village", "district", "regency", "province", "region",
    )},
    "address.rt_rw": _read_rt_rw,
    "occupations.code": _read_occupation,
    "occupations.place": _read_place,
    "income": read_income,
    "tier": _read_tier,
    "programs": _read_programs,
    "sector": _coded("sector", sector_in, "sector.not_recognised"),
    "payer": _coded("payer", payer_in, "payer.not_recognised"),
    "start": read_start,
    "months": _read_months,
    "heirs.name": _read_heir,
    "heirs.relationship": _read_relationship,
    "attestation.working": _answer("attestation", "working"),
    "attestation.critically_ill": _answer("attestation", "critically_ill"),
    "consent.given": _answer("consent", "given"),
    "consent.method": _read_method,
    "identity": _read_identity,
}  # fmt: skip
"""A field to how its cells are read into a draft."""
